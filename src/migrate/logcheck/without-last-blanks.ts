import { compile } from '../../perl-regex/perl-regex.js';
import type { Branch, RegexNode } from '../regex/regex-node.js';

/*
 * logcheck takes blanks off the end of each line before it asks its rules, and tayori does not. So `$` becomes `\s*$`,
 * and what a rule matches must not end within these blanks.
 */

/** Behind what may be a blank: it is none of the last ones of the line. */
const NOT_LAST: RegexNode = { kind: 'place', perl: '(?:(?<!\\s)|(?=.*\\S))' };
const SOMETHING: RegexNode = { kind: 'unit', perl: '\\S' };

/** The same regex for lines that may end with blanks. */
export function withoutLastBlanks(branch: Branch): Branch {
  const nodes = branch.map((node, at) => atLineEnd(node, branch.slice(0, at)));
  const last = nodes.at(-1);
  if (!last || hasEnd(last) || !mayEndBlank(nodes)) return nodes;
  if (!isWild(last)) return isBlank(last) ? [...nodes, ANYTHING, SOMETHING] : [...nodes, NOT_LAST];
  const before = nodes.slice(0, -1);
  if (!mayEndBlank(before)) return nodes;
  return isBlank(before.at(-1)) ? [...nodes, SOMETHING] : [...nodes, NOT_LAST];
}

const ANYTHING: RegexNode = { kind: 'repeat', item: { kind: 'unit', perl: '.' }, least: 0, most: null };

function atLineEnd(node: RegexNode, before: Branch): RegexNode {
  if (node.kind === 'end') return { kind: 'place', perl: mayEndBlank(before) ? '(?<!\\s)\\s*$' : '\\s*$' };
  if (node.kind === 'repeat') return { ...node, item: atLineEnd(node.item, before) };
  if (node.kind !== 'group') return node;
  const branches = node.branches.map((branch) =>
    branch.map((inner, at) => atLineEnd(inner, [...before, ...branch.slice(0, at)])),
  );
  return { ...node, branches };
}

function hasEnd(node: RegexNode): boolean {
  if (node.kind === 'group') return node.branches.every((branch) => branch.some(hasEnd));
  return node.kind === 'place' && node.perl.endsWith('$');
}

/** Whether the last character that nodes match may be a blank, or is one before them. */
function mayEndBlank(nodes: Branch): boolean {
  const last = nodes.at(-1);
  if (!last) return true;
  const before = (): boolean => mayEndBlank(nodes.slice(0, -1));
  switch (last.kind) {
    case 'unit':
      return mayBeBlank(last.perl);
    case 'group':
      return last.branches.some((branch) => mayEndBlank([...nodes.slice(0, -1), ...branch]));
    case 'repeat':
      return mayEndBlank([...nodes.slice(0, -1), last.item]) || (last.least === 0 && before());
    default:
      return before();
  }
}

const known = new Map<string, boolean>();
/** Characters and classes that rules are made of; there are some hundreds. */
const MAX_KNOWN = 10_000;

function mayBeBlank(perl: string): boolean {
  const found = known.get(perl);
  if (found !== undefined) return found;
  const compiled = compile(`^${perl}$`);
  const answer = !compiled.ok || [' ', '\t'].some((blank) => compiled.pattern.test(blank));
  if (known.size < MAX_KNOWN) known.set(perl, answer);
  return answer;
}

function isWild(node: RegexNode): boolean {
  return (
    node.kind === 'repeat' &&
    node.least === 0 &&
    node.most === null &&
    node.item.kind === 'unit' &&
    node.item.perl === '.'
  );
}

function isBlank(node: RegexNode | undefined): boolean {
  return node?.kind === 'unit' && node.perl === ' ';
}
