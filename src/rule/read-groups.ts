import { flatten } from '../base/text/flatten.js';
import type { Entry } from '../line/entry.js';
import { Excerpt } from '../line/excerpt.js';
import type { MaskedSpans, Match, Pattern } from '../perl-regex/perl-regex.js';
import type { GroupValues } from './verdict.js';

/** Reads the named groups of an entry that the rule has won; `spans`: its masked spans, if they are known. */
export type GroupReader = (entry: Entry, spans: PlacedSpans | null) => GroupValues;

export interface PlacedSpans {
  /** The text that the spans count in. */
  readonly text: string;
  readonly masked: MaskedSpans;
}

/**
 * Makes the reader of named groups of a rule. A group within another is not among the masked spans: `exec` is called for
 * it, and returns null where the regex exceeds its match limit.
 */
export function groupReaderOf(
  pattern: Pattern,
  names: readonly string[],
  exec: (text: string) => Match | null,
): GroupReader {
  const { groupNames } = pattern;
  const wanted = names
    .map((name) => ({ name, groups: groupNames.flatMap((one, at) => (one === name ? [at] : [])) }))
    .filter(({ groups }) => groups.length > 0);
  if (wanted.length === 0) return () => NO_GROUPS;
  return (entry, known) => {
    const placed = known ?? spansIn(pattern, entry);
    const values = new Map<string, string | null>();
    let match: Match | null | undefined;
    for (const { name, groups } of wanted) {
      let value = placed && valueAmong(placed, groups);
      if (value === null) {
        match ??= exec(entry.text);
        value = match && valueIn(match, groups, entry.text);
      }
      values.set(name, value === null ? null : flatten(value));
    }
    return values;
  };
}

const NO_GROUPS: GroupValues = new Map();

function spansIn(pattern: Pattern, entry: Entry): PlacedSpans | null {
  const masked = entry instanceof Excerpt ? pattern.maskedSpansIn(entry) : null;
  return masked && entry instanceof Excerpt ? { text: entry.whole.text, masked } : null;
}

function valueAmong({ text, masked }: PlacedSpans, groups: readonly number[]): string | null {
  for (const group of groups) {
    const at = masked.groups.indexOf(group);
    if (at >= 0) return text.slice(masked.spans[at * 2], masked.spans[at * 2 + 1]);
  }
  return null;
}

function valueIn(match: Match, groups: readonly number[], text: string): string | null {
  for (const group of groups) {
    const span = match.groups[group];
    if (span) return text.slice(span.start, span.end);
  }
  return null;
}
