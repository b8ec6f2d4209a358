import type { Place } from '../place.js';

/** A piece of a config's text that knows where it stands. */
export interface Statement {
  /** Where it begins. */
  readonly place: Place;
  /** Blanks at its end belong to it: a regex may need them. */
  readonly text: string;
}

/** The rest of a statement from `offset` on. */
export function from({ place, text }: Statement, offset: number): Statement {
  return { place: { ...place, column: place.column + offset }, text: text.slice(offset) };
}

/** Cuts a statement at its first blanks: the word before them and what stands behind. */
export function splitWord(statement: Statement): { readonly word: Statement; readonly rest: Statement } {
  const word = /^[^ \t]*/.exec(statement.text)?.[0] ?? '';
  const blanks = /^[ \t]*/.exec(statement.text.slice(word.length))?.[0] ?? '';
  return { word: { ...statement, text: word }, rest: from(statement, word.length + blanks.length) };
}
