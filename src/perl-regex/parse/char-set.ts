/** A set of characters as ranges of code points, both ends included; sorted, neither overlapping nor adjacent. */
export type CharSet = readonly Range[];
export type Range = readonly [first: number, last: number];

export const LAST_CHARACTER = 0x10ffff;
/** The first code point that takes two UTF-16 units. */
export const FIRST_ASTRAL = 0x10000;

/** Sorts and joins ranges into a set. */
export function charSet(ranges: Iterable<Range>): CharSet {
  const sorted = [...ranges].sort((a, b) => a[0] - b[0]);
  const joined: [number, number][] = [];
  for (const [first, last] of sorted) {
    const before = joined.at(-1);
    if (before && first <= before[1] + 1) before[1] = Math.max(before[1], last);
    else joined.push([first, last]);
  }
  return joined;
}

/** The complement of a set. */
export function invert(set: CharSet): CharSet {
  const gaps: Range[] = [];
  let next = 0;
  for (const [first, last] of set) {
    if (first > next) gaps.push([next, first - 1]);
    next = last + 1;
  }
  if (next <= LAST_CHARACTER) gaps.push([next, LAST_CHARACTER]);
  return gaps;
}

export function contains(set: CharSet, code: number): boolean {
  let low = 0;
  let high = set.length - 1;
  while (low <= high) {
    const middle = (low + high) >> 1;
    const range = set[middle];
    if (range === undefined || code < range[0]) high = middle - 1;
    else if (code > range[1]) low = middle + 1;
    else return true;
  }
  return false;
}

/** Whether a character is one UTF-16 unit that cannot be half of a pair. */
export function isUnit(code: number): boolean {
  return code < FIRST_ASTRAL && (code < FIRST_SURROGATE || code > LAST_SURROGATE);
}

const FIRST_SURROGATE = 0xd800;
const LAST_SURROGATE = 0xdfff;

/** Whether no character is in both sets. */
export function disjoint(a: CharSet, b: CharSet): boolean {
  return a.every(([first, last]) => b.every((range) => range[1] < first || last < range[0]));
}

export function sameSet(a: CharSet, b: CharSet): boolean {
  return a.length === b.length && a.every((range, i) => range[0] === b[i]?.[0] && range[1] === b[i]?.[1]);
}

const range = (first: string | number, last: string | number = first): Range => [codeOf(first), codeOf(last)];
const codeOf = (char: string | number): number =>
  typeof char === 'number' ? char : (char.codePointAt(0) ?? 0);

export const DIGIT = charSet([range('0', '9')]);
export const WORD = charSet([range('0', '9'), range('A', 'Z'), range('_'), range('a', 'z')]);
/** ASCII only: U+00A0 and U+3000 are not blanks. */
export const SPACE = charSet([range('\t', '\r'), range(' ')]);
/** `\h`, perlrebackslash: whatever Unicode calls a horizontal blank. */
export const HORIZONTAL = charSet([
  range('\t'),
  range(' '),
  range(0xa0),
  range(0x1680),
  range(0x2000, 0x200a),
  range(0x202f),
  range(0x205f),
  range(0x3000),
]);
/** `\v`, perlrebackslash: line ends of every kind. */
export const VERTICAL = charSet([range('\n', '\r'), range(0x85), range(0x2028, 0x2029)]);
export const NOT_NEWLINE = invert(charSet([range('\n')]));
export const ANY = invert([]);

/** The POSIX classes inside brackets, `[:alpha:]`; ASCII, as Perl's byte strings have them. */
export const POSIX: ReadonlyMap<string, CharSet> = new Map([
  ['alpha', charSet([range('A', 'Z'), range('a', 'z')])],
  ['digit', DIGIT],
  ['alnum', charSet([range('0', '9'), range('A', 'Z'), range('a', 'z')])],
  ['ascii', charSet([range(0, 0x7f)])],
  ['blank', charSet([range('\t'), range(' ')])],
  ['cntrl', charSet([range(0, 0x1f), range(0x7f)])],
  ['graph', charSet([range('!', '~')])],
  ['lower', charSet([range('a', 'z')])],
  ['print', charSet([range(' ', '~')])],
  ['punct', charSet([range('!', '/'), range(':', '@'), range('[', '`'), range('{', '~')])],
  ['space', SPACE],
  ['upper', charSet([range('A', 'Z')])],
  ['word', WORD],
  ['xdigit', charSet([range('0', '9'), range('A', 'F'), range('a', 'f')])],
]);
