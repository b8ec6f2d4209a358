import type { Cursor } from './cursor.js';

export interface Quantifier {
  readonly min: number;
  readonly max: number;
  readonly how: 'greedy' | 'lazy' | 'possessive';
}

/** The largest count (perlre, "Quantifiers"). */
const MAX_REPEAT_COUNT = 65_534;
/** `{3}`, `{3,}`, `{,5}`, `{ 3, 5 }` as of perl 5.34; any other `{` is a brace. */
const BRACES = /^\{[ \t]*(?:(\d+)[ \t]*|(\d*)[ \t]*(,)[ \t]*(\d*)[ \t]*)\}/;
/** Longer than any valid count in braces, with a few blanks. */
const MAX_BRACES_LENGTH = 64;

/** Reads the quantifier that follows, or null. `skipIgnored` skips comments and blanks before its `?` or `+`. */
export function parseQuantifier(cursor: Cursor, skipIgnored: () => void): Quantifier | null {
  const range = parseRange(cursor);
  if (!range) return null;
  skipIgnored();
  const how = cursor.skip('+') ? 'possessive' : cursor.skip('?') ? 'lazy' : 'greedy';
  skipIgnored();
  const offset = cursor.at;
  if (parseRange(cursor))
    cursor.refuse(
      offset,
      `the quantifier "${cursor.slice(offset)}" directly after another one`,
      'group what the first one repeats: (?:x+)*',
    );
  return { ...range, how };
}

function parseRange(cursor: Cursor): { readonly min: number; readonly max: number } | null {
  const char = cursor.peek();
  if (char === '{') return parseBraces(cursor);
  if (char !== '*' && char !== '+' && char !== '?') return null;
  cursor.at++;
  return { min: char === '+' ? 1 : 0, max: char === '?' ? 1 : Number.POSITIVE_INFINITY };
}

function parseBraces(cursor: Cursor): { readonly min: number; readonly max: number } | null {
  const offset = cursor.at;
  const match = BRACES.exec(cursor.slice(offset, offset + MAX_BRACES_LENGTH));
  const [text = '', exactly, least = '', comma, most = ''] = match ?? [];
  if (!match || (comma !== undefined && least === '' && most === '')) return null;
  cursor.at += text.length;
  const min = Number(exactly ?? least);
  const max = exactly !== undefined ? min : most === '' ? Number.POSITIVE_INFINITY : Number(most);
  if (min > MAX_REPEAT_COUNT || (max > MAX_REPEAT_COUNT && max !== Number.POSITIVE_INFINITY))
    cursor.refuse(offset, `the quantifier "${text}"`, `count to at most ${MAX_REPEAT_COUNT}, or write {n,}`);
  return { min, max };
}
