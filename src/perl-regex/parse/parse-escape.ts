import {
  type CharSet,
  DIGIT,
  HORIZONTAL,
  invert,
  LAST_CHARACTER,
  SPACE,
  VERTICAL,
  WORD,
} from './char-set.js';
import type { Cursor } from './cursor.js';
import { closeOverCase } from './letter-case.js';
import { unicodeProperty } from './unicode-property.js';

/** An escape with the same meaning inside and outside of brackets. */
export type Escaped =
  | { readonly kind: 'char'; readonly code: number }
  | { readonly kind: 'set'; readonly set: CharSet };

const SETS: Readonly<Record<string, CharSet>> = {
  d: DIGIT,
  D: invert(DIGIT),
  w: WORD,
  W: invert(WORD),
  s: SPACE,
  S: invert(SPACE),
  h: HORIZONTAL,
  H: invert(HORIZONTAL),
  v: VERTICAL,
  V: invert(VERTICAL),
};
const CONTROLS: Readonly<Record<string, number>> = { a: 7, e: 27, f: 12, n: 10, r: 13, t: 9 };

const isHex = (char: string): boolean => /^[0-9A-Fa-f]$/.test(char);
export const isOctal = (char: string): boolean => char >= '0' && char <= '7';
export const isDigit = (char: string): boolean => char >= '0' && char <= '9';

/**
 * Reads one escape after its backslash (at `offset`): `\d`, `\x{41}`, `\101`, `\cI`, `\p{Lu}`, `\n`; any other
 * character stands for itself, a letter with a notice.
 */
export function parseEscape(cursor: Cursor, offset: number): Escaped {
  const letter = cursor.peek();
  if (isOctal(letter)) return char(parseOctal(cursor));
  cursor.at++;
  const set = SETS[letter];
  if (set) return { kind: 'set', set };
  const control = CONTROLS[letter];
  if (control !== undefined) return char(control);
  switch (letter) {
    case '':
      return cursor.refuse(offset, 'a "\\" at the end', 'write \\\\ for a backslash, or remove it');
    case 'x':
      return char(parseHex(cursor, offset));
    case 'o':
      return char(parseBracedOctal(cursor, offset));
    case 'c':
      return char(parseControl(cursor, offset));
    case 'N':
      return char(parseNamed(cursor, offset));
    case 'p':
    case 'P':
      return { kind: 'set', set: parseProperty(cursor, offset, letter) };
    default:
      return char(parseItself(cursor, offset, letter));
  }
}

const char = (code: number): Escaped => ({ kind: 'char', code });

function parseItself(cursor: Cursor, offset: number, letter: string): number {
  if (/^[A-Za-z]$/.test(letter))
    cursor.notice(
      offset,
      `"\\${letter}" has no special meaning in Perl and matches the letter ${letter}`,
      `write ${letter} if you mean the letter`,
    );
  if (letter === '\\' && /^[dwsDWS]$/.test(cursor.peek()) && !/^[A-Za-z0-9]$/.test(cursor.peek(1)))
    cursor.notice(
      offset,
      `"\\\\${cursor.peek()}" matches a literal backslash and the letter ${cursor.peek()}`,
      `write \\${cursor.peek()}${/^[+*?]$/.test(cursor.peek(1)) ? cursor.peek(1) : ''}`,
    );
  return letter.codePointAt(0) ?? 0;
}

function parseOctal(cursor: Cursor): number {
  return Number.parseInt(cursor.takeWhile(isOctal, 3), 8);
}

/** `\x4`, `\x41`, `\x{1F600}`; as in Perl, any other character ends the number, and no digits mean 0. */
function parseHex(cursor: Cursor, offset: number): number {
  if (!cursor.skip('{')) return Number.parseInt(cursor.takeWhile(isHex, 2) || '0', 16);
  const text = cursor.takeUntil('}');
  if (text === null) return cursor.refuse(offset, '"\\x{" without its "}"', 'write it as \\x{41}');
  const digits = /^[0-9A-Fa-f_]*/.exec(text.trim())?.[0].replaceAll('_', '') ?? '';
  return checked(cursor, offset, Number.parseInt(digits || '0', 16));
}

function parseBracedOctal(cursor: Cursor, offset: number): number {
  const text = cursor.skip('{') ? cursor.takeUntil('}') : null;
  const digits = text === null ? '' : (/^[0-7_]*/.exec(text.trim())?.[0].replaceAll('_', '') ?? '');
  if (text === null || text.trim() === '')
    return cursor.refuse(
      offset,
      '"\\o" without a number in braces',
      'write it as \\o{101}, or o for the letter',
    );
  return checked(cursor, offset, Number.parseInt(digits || '0', 8));
}

function parseControl(cursor: Cursor, offset: number): number {
  const letter = cursor.take();
  if (!/^[\x20-\x7e]$/.test(letter) || letter === '{')
    return cursor.refuse(offset, `"\\c${letter}"`, 'name the control character by a letter, as in \\cI');
  return (letter.toUpperCase().codePointAt(0) ?? 0) ^ 0x40;
}

function parseNamed(cursor: Cursor, offset: number): number {
  const text = cursor.skip('{') ? cursor.takeUntil('}') : null;
  const hex = /^\s*U\+([0-9A-Fa-f_]+)\s*$/.exec(text ?? '')?.[1];
  if (hex === undefined)
    return cursor.refuse(
      offset,
      `"\\N${text === null ? '' : `{${text}}`}" ${text === null ? 'inside brackets' : 'names a character'}`,
      text === null ? 'write [^\\n] outside of brackets' : 'write its number: \\x{...}',
    );
  return checked(cursor, offset, Number.parseInt(hex.replaceAll('_', ''), 16));
}

function checked(cursor: Cursor, offset: number, code: number): number {
  if (code <= LAST_CHARACTER) return code;
  return cursor.refuse(offset, `"${cursor.slice(offset)}"`, 'the last character is \\x{10FFFF}');
}

/** Under `(?i)` these match letters of any case. */
const ONE_CASE = /^(?:is_?)?(?:lu|ll|lt|uppercase_?letter|lowercase_?letter|upper|lower)$/i;

/** `\pL`, `\p{Lu}`, `\P{Lu}`, `\p{^Lu}`, `\p{Script=Greek}`. */
function parseProperty(cursor: Cursor, offset: number, letter: 'p' | 'P'): CharSet {
  const braced = cursor.skip('{');
  const text = braced ? cursor.takeUntil('}') : cursor.take();
  const name = (text ?? '').trim();
  const inverted = name.startsWith('^') !== (letter === 'P');
  const bare = name.replace(/^\^\s*/, '');
  const set = unicodeProperty(cursor.modifiers.i && ONE_CASE.test(bare) ? 'LC' : bare);
  if (!set)
    return cursor.refuse(
      offset,
      `unknown Unicode property "${cursor.slice(offset)}"`,
      'write a category such as \\p{Lu}, a script such as \\p{Script=Greek}, or a class such as [A-Z]',
    );
  const closed = cursor.modifiers.i ? closeOverCase(set) : set;
  return inverted ? invert(closed) : closed;
}
