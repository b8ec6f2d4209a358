import type { SourceLocation } from '../../base/place.js';

/** A part of a config's text with its location. */
export interface SourceText {
  /** Where it begins. */
  readonly place: SourceLocation;
  /** With the blanks at its end: a regex may need them. */
  readonly text: string;
}

/** The blanks of Perl's `\s` within a line; other blanks of Unicode are text. */
const WORD = /^([^ \t\r\f\v]*)[ \t\r\f\v]*/;
const BLANKS = /^[ \t\r\f\v]*/;
const BLANK = ' \t\r\f\v';

/** The rest of a statement from `offset` on, in UTF-16 units. */
export function from({ place, text }: SourceText, offset: number): SourceText {
  const { file, line, column } = place;
  const passed = countCharacters(text.slice(0, offset));
  return { place: { file, line, column: column + passed }, text: text.slice(offset) };
}

/** The place of character `index` of a statement, from 0, in whole characters, as patterns count them. */
export function placeOf({ place }: SourceText, index: number): SourceText {
  return { place: { ...place, column: place.column + index }, text: '' };
}

/** Cuts a statement at its first blanks: the word before them, and the rest behind them. */
export function splitWord(statement: SourceText): { readonly word: SourceText; readonly rest: SourceText } {
  const [passed = '', word = ''] = WORD.exec(statement.text) ?? [];
  return { word: { place: statement.place, text: word }, rest: from(statement, passed.length) };
}

/** A statement without the blanks in front of it. */
export function skipBlanks(statement: SourceText): SourceText {
  return from(statement, BLANKS.exec(statement.text)?.[0].length ?? 0);
}

/** A text without blanks at its end. */
export function trimEnd(text: string): string {
  let end = text.length;
  while (end > 0 && BLANK.includes(text.charAt(end - 1))) end--;
  return text.slice(0, end);
}

const HIGH_HALF = /[\ud800-\udbff]/;

/** The number of characters (code points): one beyond U+FFFF counts as one. */
function countCharacters(text: string): number {
  if (!HIGH_HALF.test(text)) return text.length;
  let count = 0;
  for (const _ of text) count++;
  return count;
}
