import { type Lookaround, type Node, some, type Width, widthOf } from './ast.js';
import type { Grammar } from './grammar.js';
import { parseConditional } from './parse-condition.js';
import { parseModifiers } from './parse-modifiers.js';
import {
  nameBackreference,
  parseGroupName,
  parseNamedRecursion,
  parseNumberedRecursion,
} from './parse-reference.js';

/** The longest lookbehind (perlre), in characters. */
const MAX_LOOKBEHIND = 255;

/** Openings of lookarounds, the longer ones first. */
const LOOKS: readonly (readonly [opening: string, toward: Lookaround['toward'], negative: boolean])[] = [
  ['(?<=', 'behind', false],
  ['(?<!', 'behind', true],
  ['(?=', 'ahead', false],
  ['(?!', 'ahead', true],
  ['(*positive_lookbehind:', 'behind', false],
  ['(*negative_lookbehind:', 'behind', true],
  ['(*positive_lookahead:', 'ahead', false],
  ['(*negative_lookahead:', 'ahead', true],
  ['(*plb:', 'behind', false],
  ['(*nlb:', 'behind', true],
  ['(*pla:', 'ahead', false],
  ['(*nla:', 'ahead', true],
];
const ATOMICS: readonly string[] = ['(?>', '(*atomic:'];
const NAMINGS: readonly (readonly [opening: string, end: string])[] = [
  ['(?P<', '>'],
  ['(?<', '>'],
  ["(?'", "'"],
];

/** Parses a group whose `(` is at `offset`; null if it only changes the modifiers. */
export function parseGroup(grammar: Grammar, offset: number): Node | null {
  const { cursor } = grammar;
  const kind = cursor.peek(1);
  if (kind !== '?' && kind !== '*') return parsePlainGroup(grammar, offset);
  for (const [opening, toward, negative] of LOOKS)
    if (cursor.skip(opening)) return parseLook(grammar, toward, negative, offset);
  for (const opening of ATOMICS)
    if (cursor.skip(opening)) return { kind: 'atomic', body: grammar.readBody(offset) };
  if (cursor.looksAt('(*')) return parseVerb(grammar, offset);
  if (cursor.skip('(?|'))
    return grammar.groups.resetEachBranch((beforeBranch) => grammar.readBody(offset, beforeBranch));
  if (cursor.skip('(?(')) return parseConditional(grammar, offset, (start) => parseGroup(grammar, start));
  if (cursor.skip('(?P=')) return nameBackreference(grammar, parseGroupName(cursor, ')', offset), offset);
  if (cursor.skip('(?&') || cursor.skip('(?P>')) return parseNamedRecursion(grammar, offset);
  for (const [opening, end] of NAMINGS)
    if (cursor.skip(opening)) return parseCapture(grammar, offset, parseGroupName(cursor, end, offset));
  return parseNumberedRecursion(grammar, offset) ?? parseModified(grammar, offset);
}

function parsePlainGroup(grammar: Grammar, offset: number): Node {
  grammar.cursor.at++;
  return grammar.cursor.modifiers.n ? grammar.readBody(offset) : parseCapture(grammar, offset, null);
}

function parseCapture(grammar: Grammar, offset: number, name: string | null): Node {
  const { group, body } = grammar.groups.capture(name, () => grammar.readBody(offset));
  return { kind: 'capture', group, name, body };
}

function parseLook(
  grammar: Grammar,
  toward: Lookaround['toward'],
  negative: boolean,
  offset: number,
): Lookaround {
  grammar.looking++;
  const body = grammar.readBody(offset);
  grammar.looking--;
  if (toward === 'ahead') return { kind: 'look', toward, negative, body };
  const look = { kind: 'look' as const, toward, negative, body, reach: NO_REACH };
  grammar.groups.afterwards(() => {
    look.reach = reachOf(grammar, body, offset);
  });
  return look;
}

const NO_REACH: Width = { min: 0, max: 0 };

/** The width of a lookbehind. With a recursion it is known after all groups, unless the recursion reaches itself. */
function reachOf({ cursor, groups }: Grammar, body: Node, offset: number): Width {
  const entered: number[] = [];
  const widthOfGroup = (group: number): Width => {
    const node = groups.bodyOf(group);
    if (!node || entered.includes(group))
      return cursor.refuse(
        offset,
        'a lookbehind whose recursion reaches itself: its length has no limit',
        'write out the text that it is to find, with a limited length',
      );
    entered.push(group);
    const width = widthOf(node, widthOfGroup);
    entered.pop();
    return width;
  };
  const reach = widthOf(body, widthOfGroup);
  if (reach.max <= MAX_LOOKBEHIND) return reach;
  if (some(body, ({ kind }) => kind === 'backreference'))
    return cursor.refuse(
      offset,
      'a lookbehind with a backreference: its length has no limit',
      'write out what the group may match, with a limit: (?<=[a-z]{1,20})',
    );
  return cursor.refuse(
    offset,
    `a lookbehind that may be longer than ${MAX_LOOKBEHIND} characters`,
    'limit it, as in (?<=x{1,20}), or match the text before and write \\K after it',
  );
}

const SCRIPT_RUNS: readonly string[] = ['(*sr:', '(*script_run:', '(*asr:', '(*atomic_script_run:'];

/** `(*FAIL)`, `(*F:arg)`; only Perl code can use the argument. */
function parseVerb({ cursor }: Grammar, offset: number): Node {
  if (SCRIPT_RUNS.some((opening) => cursor.looksAt(opening)))
    return cursor.refuse(
      offset,
      'a script run, "(*sr:...)"',
      'write a group (?:...); a class, [a-z], limits the characters',
    );
  const text = cursor.takeUntil(')');
  if (text !== null && /^\(\*F(?:AIL)?(?::|$)/.test(text)) return FAIL;
  return cursor.refuse(
    offset,
    `"${text ?? '(*'}${text === null ? '' : ')'}"`,
    'write the regex without control verbs; only (*FAIL) is supported, and \\(\\* is the text',
  );
}

const FAIL: Node = { kind: 'fail' };

/** `(?i)`, `(?i:...)`, `(?^...)`. The first holds to the end of the group around it. */
function parseModified(grammar: Grammar, offset: number): Node | null {
  const { cursor } = grammar;
  cursor.at += 2;
  const outer = cursor.modifiers;
  const inner = parseModifiers(cursor, offset);
  if (cursor.skip(')')) {
    cursor.modifiers = inner;
    grammar.skipIgnored();
    if (/^[*+?]$/.test(cursor.peek()))
      cursor.refuse(
        cursor.at,
        `a "${cursor.peek()}" with nothing before it to repeat`,
        `write \\${cursor.peek()} for the character itself`,
      );
    return null;
  }
  cursor.at++;
  cursor.modifiers = inner;
  const body = grammar.nested(offset, () => grammar.readChoice());
  cursor.modifiers = outer;
  return body;
}
