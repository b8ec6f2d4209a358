import stringWidth from 'string-width';

/** What mail programs show without folding. */
export const MAX_LINE_COLUMNS = 78;

/** How many columns a text takes where characters stand in columns: Japanese ones take two. */
export function columnsOf(text: string): number {
  return stringWidth(text);
}

/** Pads a text on the left to `columns`. */
export function alignRight(text: string, columns: number): string {
  return ' '.repeat(Math.max(0, columns - columnsOf(text))) + text;
}

/** A text, or its beginning and `…`, in at most `columns`. */
export function shorten(text: string, columns: number): string {
  if (text.length * 2 <= columns) return text;
  if (text.length <= columns * MAX_CHARACTERS_PER_COLUMN && columnsOf(text) <= columns) return text;
  let shown = '';
  let width = 1; // of the ellipsis
  for (const { segment } of SEGMENTER.segment(text.slice(0, columns * MAX_CHARACTERS_PER_COLUMN))) {
    width += columnsOf(segment);
    if (width > columns) break;
    shown += segment;
  }
  return `${shown}…`;
}

/** More characters in a column are not meant for reading. */
const MAX_CHARACTERS_PER_COLUMN = 4;
const SEGMENTER = new Intl.Segmenter('en', { granularity: 'grapheme' });

/** Fills lines of at most `columns` with pieces. No piece is broken; a longer one makes a longer line. */
export function fill(pieces: readonly string[], between: string, columns: number): string[] {
  const lines: string[] = [];
  let line: string | null = null;
  for (const piece of pieces) {
    const longer: string = line === null ? piece : `${line}${between}${piece}`;
    if (line === null || columnsOf(longer) <= columns) line = longer;
    else {
      lines.push(`${line}${between}`.trimEnd());
      line = piece;
    }
  }
  return line === null ? lines : [...lines, line];
}
