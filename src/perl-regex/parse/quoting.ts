/** A regex whose `\Q...\E` are written out, as Perl does before it reads one that stands in a program. */
export interface Unquoted {
  readonly chars: readonly string[];
  /** For each of `chars`, and for the end, the place in the regex as it was written, in characters. */
  readonly offsets: readonly number[];
  /** Where a `\Q` stands. */
  readonly quotes: readonly number[];
  /** Where a `\E` stands that ends no `\Q`. */
  readonly strays: readonly number[];
}

const MARKS = /\\[QE]/;
const WORD_CHARACTER = /^[A-Za-z0-9_]$/;

/** Each level doubles what is written out. */
const MAX_QUOTE_LEVELS = 8;

/**
 * Puts a backslash before all but the letters, digits and `_` between `\Q` and `\E` (perlfunc, quotemeta), wherever
 * they stand, and takes these two out; null when there are none. A `\Q` within quotes all of it once more.
 */
export function unquote(source: string): Unquoted | null {
  if (!MARKS.test(source)) return null;
  const written = Array.from(source);
  const chars: string[] = [];
  const offsets: number[] = [];
  const quotes: number[] = [];
  const strays: number[] = [];
  let level = 0;
  const add = (char: string, offset: number): void => {
    chars.push(char);
    offsets.push(offset);
  };
  for (let at = 0; at < written.length; at++) {
    const char = written[at] ?? '';
    const next = char === '\\' ? written[at + 1] : undefined;
    if (next === 'E') {
      if (level === 0) strays.push(at);
      level = Math.max(0, level - 1);
      at++;
    } else if (next === 'Q') {
      if (level === 0) quotes.push(at);
      level = Math.min(MAX_QUOTE_LEVELS, level + 1);
      at++;
    } else if (level > 0) {
      const marks = WORD_CHARACTER.test(char) ? 0 : 2 ** level - 1;
      for (let mark = 0; mark < marks; mark++) add('\\', at);
      add(char, at);
    } else {
      add(char, at);
      if (next !== undefined) add(next, ++at);
    }
  }
  offsets.push(written.length);
  return { chars, offsets, quotes, strays };
}
