import type { Backreference, Recursion } from './ast.js';
import type { Cursor } from './cursor.js';
import type { Grammar } from './grammar.js';
import { isDigit, isOctal } from './parse-escape.js';

const NAME = /^[A-Za-z_][A-Za-z0-9_]*$/;

/** Reads the name of a group and `end`. */
export function parseGroupName(cursor: Cursor, end: string, offset: number): string {
  const start = cursor.at;
  const name = cursor.takeUntil(end);
  if (name !== null && NAME.test(name)) return name;
  return cursor.refuse(
    name === null ? offset : start,
    name === null ? `a group name without its "${end}"` : `the group name "${name}"`,
    'write letters, digits and _, and no digit first: (?<name>...)',
  );
}

/** `\1`, after its backslash; null if another kind of escape follows. */
export function parseBackreference(grammar: Grammar, offset: number): Backreference | null {
  const { cursor } = grammar;
  if (cursor.skip('g')) return parseGroupReference(grammar, offset);
  if (cursor.skip('k')) return parseNamedReference(grammar, offset);
  const number = parseNumber(grammar);
  return number === null ? null : numberedBackreference(grammar, number, offset);
}

/** `\1` to `\9` are groups; `\10` and above are groups if so many precede it, else octal characters. */
function parseNumber({ cursor, groups }: Grammar): number | null {
  const start = cursor.at;
  const digits = cursor.peek() === '0' ? '' : cursor.takeWhile(isDigit);
  const number = Number(digits);
  if (digits !== '' && (number < 10 || number <= groups.opened || !isOctal(digits.charAt(0)))) return number;
  cursor.at = start;
  return null;
}

/** `\g1`, `\g-1`, `\g{1}`, `\g{-1}`, `\g{name}`. */
function parseGroupReference(grammar: Grammar, offset: number): Backreference {
  const { cursor, groups } = grammar;
  const braced = cursor.skip('{');
  const text = braced ? (cursor.takeUntil('}') ?? '') : cursor.takeWhile((char) => /^[-\d]$/.test(char));
  const name = text.trim();
  if (NAME.test(name)) return nameBackreference(grammar, name, offset);
  if (!/^-?\d+$/.test(name))
    return cursor.refuse(offset, `"\\g" without a group`, 'write \\g{1}, \\g{-1} or \\g{name}');
  const number = Number(name);
  return numberedBackreference(grammar, number < 0 ? groups.opened + 1 + number : number, offset);
}

const NAME_BRACKETS: ReadonlyMap<string, string> = new Map([
  ['<', '>'],
  ["'", "'"],
  ['{', '}'],
]);

/** `\k<name>`, `\k'name'`, `\k{name}`. */
function parseNamedReference(grammar: Grammar, offset: number): Backreference {
  const { cursor } = grammar;
  const end = NAME_BRACKETS.get(cursor.take());
  const name = end === undefined ? null : (cursor.takeUntil(end)?.trim() ?? null);
  if (name === null || !NAME.test(name))
    return cursor.refuse(offset, '"\\k" without a name', 'write \\k<name>, or k for the letter');
  return nameBackreference(grammar, name, offset);
}

function numberedBackreference({ cursor, groups }: Grammar, number: number, offset: number): Backreference {
  groups.mustExist(number, offset);
  return { kind: 'backreference', groups: [number], ignoreCase: cursor.modifiers.i };
}

export function nameBackreference({ cursor, groups }: Grammar, name: string, offset: number): Backreference {
  return { kind: 'backreference', groups: groups.named(name, offset), ignoreCase: cursor.modifiers.i };
}

/** `(?R)`, `(?0)`, `(?1)`, `(?+1)`, `(?-1)`; null if it is none of them. */
export function parseNumberedRecursion({ cursor, groups }: Grammar, offset: number): Recursion | null {
  const [text, sign, digits] = /^\(\?(?:R|([+-]?)(\d+))\)/.exec(cursor.slice(offset, offset + 20)) ?? [];
  if (text === undefined) return null;
  const number = Number(digits ?? 0);
  if (sign && number === 0)
    cursor.refuse(offset, `"${text}" is not a group`, 'write (?R) for the whole regex, or (?-1), (?+1)');
  cursor.at += text.length;
  const group = sign === '+' ? groups.opened + number : sign === '-' ? groups.opened + 1 - number : number;
  if (digits !== undefined && (group !== 0 || sign !== '')) groups.mustExist(group, offset);
  return { kind: 'recursion', group };
}

/** `(?&name)`, `(?P>name)`, from the name on. */
export function parseNamedRecursion({ cursor, groups }: Grammar, offset: number): Recursion {
  const name = parseGroupName(cursor, ')', offset);
  const node = { kind: 'recursion' as const, group: 0 };
  groups.afterwards(() => {
    node.group = groups.groupsNamed(name, offset)[0] ?? 0;
  });
  return node;
}
