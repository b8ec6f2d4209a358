/** A regex with its `\Q...\E` expanded, as Perl does for a regex in a program. */
export interface Unquoted {
  readonly chars: readonly string[];
  /** For each of `chars`, and for the end, its offset in the regex as written (characters). */
  readonly offsets: readonly number[];
  /** Offsets of `\Q`. */
  readonly quotes: readonly number[];
  /** Offsets of `\E` without a `\Q`. */
  readonly strays: readonly number[];
}

const QUOTE_ESCAPES = /\\[QE]/;
const WORD_CHARACTER = /^[A-Za-z0-9_]$/;

/** Each nesting level doubles the number of backslashes. */
const MAX_QUOTE_LEVELS = 8;

/**
 * Puts a backslash before every character but letters, digits and `_` between `\Q` and `\E` (perlfunc, quotemeta), and
 * removes these two; null if there are none. A nested `\Q` quotes everything once more.
 */
export function unquote(source: string): Unquoted | null {
  if (!QUOTE_ESCAPES.test(source)) return null;
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
      const backslashes = WORD_CHARACTER.test(char) ? 0 : 2 ** level - 1;
      for (let count = 0; count < backslashes; count++) add('\\', at);
      add(char, at);
    } else {
      add(char, at);
      if (next !== undefined) add(next, ++at);
    }
  }
  offsets.push(written.length);
  return { chars, offsets, quotes, strays };
}
