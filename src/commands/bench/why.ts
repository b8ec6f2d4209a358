import { renderLocation } from '../../base/place.js';
import { escapeControl } from '../../base/text/escape.js';
import { columnsOf } from '../../letter/render/columns.js';
import type { Entry } from '../../line/entry.js';
import type { Mismatch } from '../../perl-regex/perl-regex.js';
import type { Rule } from '../../rule/rule.js';
import { type PlacedRule, whyNot } from '../../rule/why-not.js';

/** Why a rule did not take an entry, in lines for a terminal. */
export function describeWhy(placed: PlacedRule, entry: Entry, rules: readonly Rule[]): string[] {
  const why = whyNot(placed, entry, rules);
  const at = renderLocation(placed.rule.place);
  switch (why.kind) {
    case 'taken':
      return [placed.rule.kind === 'group' ? `${at}: the group matches` : `${at}: it takes the line`];
    case 'earlier':
      return [
        `${at}: it matches, but an earlier rule takes the line first:`,
        `  ${renderLocation(why.winner.place)}  ${escapeControl(why.winner.pattern.source)}`,
      ];
    case 'mismatch': {
      const inGroup = why.of === placed.rule ? '' : `: the group around it, ${renderLocation(why.of.place)}`;
      const subject = why.of.kind === 'group' ? why.of.on : 'text';
      if (why.subject === null) return [`${at}${inGroup}: the line has no ${subject}`];
      const { explanation } = why;
      const { source } = why.of.pattern;
      if (explanation.kind === 'mismatch')
        return [`${at}${inGroup}: it does not match`, ...pointAt(source, why.subject, explanation.mismatch)];
      const reason =
        explanation.kind === 'unknown' && explanation.why === 'limit'
          ? 'a match takes too long and is given up, which counts as no match'
          : 'it does not match; it enters itself, so nobody can say where it fails';
      return [`${at}${inGroup}: ${reason}`, `  ${escapeControl(source)}`];
    }
  }
}

/** The regex and the text, each with a mark below the place where they part. */
function pointAt(source: string, text: string, { from, to, reached }: Mismatch): string[] {
  const chars = Array.from(source);
  const [before, part, after] = [chars.slice(0, from), chars.slice(from, to), chars.slice(to)].map((one) =>
    escapeControl(one.join('')),
  ) as [string, string, string];
  const [got, rest] = [text.slice(0, reached), text.slice(reached)].map(escapeControl) as [string, string];
  const failed = part === '' ? 'such text' : `"${part}"`;
  return [
    ...marked(before, part, after, '^ finds nothing'),
    ...marked(got, '', rest, got === '' ? `^ no ${failed} anywhere` : `^ no ${failed} here`),
  ];
}

/** How much of a line is shown before its mark, and behind it (characters). */
const MAX_BEFORE = 60;
const MAX_AFTER = 60;

function marked(before: string, part: string, after: string, mark: string): string[] {
  const head = before.length > MAX_BEFORE ? `...${before.slice(-MAX_BEFORE)}` : before;
  const behind = part + after;
  const tail = behind.length > MAX_AFTER ? `${behind.slice(0, MAX_AFTER)}...` : behind;
  return [`  ${head}${tail}`, `  ${' '.repeat(columnsOf(head))}${mark}`];
}
