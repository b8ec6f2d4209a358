import type { SourceLocation } from '../../base/place.js';

/** A piece of a config's text that knows where it stands. */
export interface SourceText {
  /** Where it begins. */
  readonly place: SourceLocation;
  /** Blanks at its end belong to it: a regex may need them. */
  readonly text: string;
}

/** What Perl calls `\s` within a line; other blanks of Unicode are text. */
const WORD = /^([^ \t\r\f\v]*)[ \t\r\f\v]*/;
const BLANKS = /^[ \t\r\f\v]*/;
const BLANK = ' \t\r\f\v';

/** The rest of a statement from `offset` on, which counts as JavaScript does. */
export function from({ place, text }: SourceText, offset: number): SourceText {
  const { file, line, column } = place;
  const passed = countCharacters(text.slice(0, offset));
  return { place: { file, line, column: column + passed }, text: text.slice(offset) };
}

/** The place of a statement's character number `index`, from 0; for what counts in characters, as patterns do. */
export function placeOf({ place }: SourceText, index: number): SourceText {
  return { place: { ...place, column: place.column + index }, text: '' };
}

/** Cuts a statement at its first blanks: the word before them and what stands behind. */
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

/** Characters as people count them: one beyond U+FFFF is one. */
function countCharacters(text: string): number {
  if (!HIGH_HALF.test(text)) return text.length;
  let count = 0;
  for (const _ of text) count++;
  return count;
}
