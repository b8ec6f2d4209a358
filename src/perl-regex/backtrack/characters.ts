import { contains, WORD } from '../parse/char-set.js';
import { foldCase } from '../parse/letter-case.js';
import { AssertionCode, type FastSet } from './program.js';

/** A text as characters: offsets count UTF-16 units, and a surrogate pair is one character. */

/** The code point of the character at `at`. */
export function codeAt(text: string, at: number): number {
  const unit = text.charCodeAt(at);
  return unit >= 0xd800 && unit <= 0xdbff ? (text.codePointAt(at) ?? unit) : unit;
}

/** The offset after the character at `at`. */
export function placeAfter(text: string, at: number): number {
  return codeAt(text, at) > 0xffff ? at + 2 : at + 1;
}

/** The offset of the character that ends at `at`; -1 at the start of the text. */
export function placeBefore(text: string, at: number): number {
  const unit = text.charCodeAt(at - 1);
  if (unit < 0xdc00 || unit > 0xdfff || at < 2) return at - 1;
  return placeAfter(text, at - 2) === at ? at - 2 : at - 1;
}

export function isIn({ low, set }: FastSet, code: number): boolean {
  return code < low.length ? low[code] === 1 : contains(set, code);
}

/** The offset after the character at `at` if it is in the set, or -1. */
export function takeOne(text: string, set: FastSet, at: number): number {
  if (at >= text.length) return -1;
  const code = codeAt(text, at);
  if (!isIn(set, code)) return -1;
  return code > 0xffff ? at + 2 : at + 1;
}

/** The offset after a run of characters of the set from `from` on, at most `most`. */
export function endOfRun(text: string, set: FastSet, from: number, most: number, stop: number): number {
  let at = from;
  for (let count = 0; count < most && at < stop; count++) {
    const code = codeAt(text, at);
    if (!isIn(set, code)) break;
    at += code > 0xffff ? 2 : 1;
  }
  return at;
}

/** How many UTF-16 units are equal from both offsets on, at most `length`. */
export function sameUnits(text: string, a: number, b: number, length: number): number {
  let same = 0;
  while (same < length && text.charCodeAt(a + same) === text.charCodeAt(b + same)) same++;
  return same;
}

/** The same for characters in any case. */
export function sameInAnyCase(text: string, a: number, b: number, length: number): number {
  let same = 0;
  while (same < length) {
    const code = codeAt(text, a + same);
    const other = b + same < text.length ? codeAt(text, b + same) : -1;
    if (code !== other && (other < 0 || foldCase(code) !== foldCase(other))) break;
    same += code > 0xffff ? 2 : 1;
  }
  return same;
}

/** Whether an assertion holds at an offset. */
export function holdsAt(assertion: number, text: string, at: number): boolean {
  switch (assertion) {
    case AssertionCode.textStart:
      return at === 0;
    case AssertionCode.textEnd:
      return at === text.length;
    case AssertionCode.end:
      return at === text.length || (at === text.length - 1 && text.charCodeAt(at) === 10);
    case AssertionCode.lineStart:
      return at === 0 || (at < text.length && text.charCodeAt(at - 1) === 10);
    case AssertionCode.lineEnd:
      return at === text.length || text.charCodeAt(at) === 10;
    case AssertionCode.boundary:
      return isWord(text.charCodeAt(at - 1)) !== isWord(text.charCodeAt(at));
    default:
      return isWord(text.charCodeAt(at - 1)) === isWord(text.charCodeAt(at));
  }
}

/** NaN, beyond either end of the text, is not a word character. */
function isWord(unit: number): boolean {
  return unit >= 0 && contains(WORD, unit);
}
