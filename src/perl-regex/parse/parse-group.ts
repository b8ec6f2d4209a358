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

/** perlre: a lookbehind looks at most so many characters back. */
const LONGEST_LOOKBEHIND = 255;

/** What follows `(?` and what it opens. The longer ones first. */
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

/** What begins with a `(`, at `offset`; null for what only changes the modifiers. */
export function parseGroup(grammar: Grammar, offset: number): Node | null {
  const { reading } = grammar;
  const kind = reading.peek(1);
  if (kind !== '?' && kind !== '*') return parsePlainGroup(grammar, offset);
  for (const [opening, toward, negative] of LOOKS)
    if (reading.skip(opening)) return parseLook(grammar, toward, negative, offset);
  for (const opening of ATOMICS)
    if (reading.skip(opening)) return { kind: 'atomic', body: grammar.readBody(offset) };
  if (reading.looksAt('(*')) return parseVerb(grammar, offset);
  if (reading.skip('(?|'))
    return grammar.groups.resetEachBranch((beforeBranch) => grammar.readBody(offset, beforeBranch));
  if (reading.skip('(?(')) return parseConditional(grammar, offset, (start) => parseGroup(grammar, start));
  if (reading.skip('(?P=')) return nameBackreference(grammar, parseGroupName(reading, ')', offset), offset);
  if (reading.skip('(?&') || reading.skip('(?P>')) return parseNamedRecursion(grammar, offset);
  for (const [opening, end] of NAMINGS)
    if (reading.skip(opening)) return parseCapture(grammar, offset, parseGroupName(reading, end, offset));
  return parseNumberedRecursion(grammar, offset) ?? parseModified(grammar, offset);
}

function parsePlainGroup(grammar: Grammar, offset: number): Node {
  grammar.reading.at++;
  return grammar.reading.modifiers.n ? grammar.readBody(offset) : parseCapture(grammar, offset, null);
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

/** How far a lookbehind looks back. Of a recursion that is known when all groups are, unless it comes to itself. */
function reachOf({ reading, groups }: Grammar, body: Node, offset: number): Width {
  const entered: number[] = [];
  const widthOfGroup = (group: number): Width => {
    const node = groups.bodyOf(group);
    if (!node || entered.includes(group))
      return reading.refuse(
        offset,
        'a lookbehind with a recursion that comes to itself, so that its length has no bound',
        'write out what it is to find, with a length of its own',
      );
    entered.push(group);
    const width = widthOf(node, widthOfGroup);
    entered.pop();
    return width;
  };
  const reach = widthOf(body, widthOfGroup);
  if (reach.max <= LONGEST_LOOKBEHIND) return reach;
  if (some(body, ({ kind }) => kind === 'backreference'))
    return reading.refuse(
      offset,
      'a lookbehind with a backreference, whose length has no bound',
      'write out what the group may hold, with a bound: (?<=[a-z]{1,20})',
    );
  return reading.refuse(
    offset,
    `a lookbehind that may be longer than ${LONGEST_LOOKBEHIND} characters`,
    'bound it, as in (?<=x{1,20}), or match the text before and put \\K behind it',
  );
}

const SCRIPT_RUNS: readonly string[] = ['(*sr:', '(*script_run:', '(*asr:', '(*atomic_script_run:'];

/** `(*FAIL)`, `(*F:arg)`; the argument says something to Perl code only. */
function parseVerb({ reading }: Grammar, offset: number): Node {
  if (SCRIPT_RUNS.some((opening) => reading.looksAt(opening)))
    return reading.refuse(
      offset,
      'a script run, "(*sr:...)"',
      'write a group (?:...); a class, [a-z], says which characters may stand there',
    );
  const text = reading.takeUntil(')');
  if (text !== null && /^\(\*F(?:AIL)?(?::|$)/.test(text)) return FAIL;
  return reading.refuse(
    offset,
    `"${text ?? '(*'}${text === null ? '' : ')'}"`,
    'write the regex without control verbs; of these only (*FAIL) is known, \\(\\* is the text',
  );
}

const FAIL: Node = { kind: 'fail' };

/** `(?i)`, `(?i:...)`, `(?^...)`. The first stays in force to the end of the group around it. */
function parseModified(grammar: Grammar, offset: number): Node | null {
  const { reading } = grammar;
  reading.at += 2;
  const outer = reading.modifiers;
  const inner = parseModifiers(reading, offset);
  if (reading.skip(')')) {
    reading.modifiers = inner;
    grammar.skipIgnored();
    if (/^[*+?]$/.test(reading.peek()))
      reading.refuse(
        reading.at,
        `a "${reading.peek()}" with nothing before it to repeat`,
        `write \\${reading.peek()} for the character itself`,
      );
    return null;
  }
  reading.at++;
  reading.modifiers = inner;
  const body = grammar.nested(offset, () => grammar.readChoice());
  reading.modifiers = outer;
  return body;
}
