/**
 * Buffered lines, up to 32 million characters, are not joined into one text, nor are a hundred datagrams of 60 kB
 * that came at once. A single line may be longer.
 */
const MAX_LINES_AT_ONCE = 1000;
const MAX_CHARACTERS_AT_ONCE = 500_000;

/** Lines as texts of some of them each. */
export function* inPieces(lines: readonly string[]): Generator<string> {
  let from = 0;
  let characters = 0;
  for (const [at, { length }] of lines.entries()) {
    if (at > from && (at - from >= MAX_LINES_AT_ONCE || characters + length > MAX_CHARACTERS_AT_ONCE)) {
      yield lines.slice(from, at).join('\n');
      from = at;
      characters = 0;
    }
    characters += length;
  }
  if (from < lines.length) yield lines.slice(from).join('\n');
}
