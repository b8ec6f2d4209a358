/**
 * Cells of a row before it goes on as another one: no terminal is so wide, and each deletion moves what is behind it.
 */
export const MAX_CELLS = 4096;

/** Characters that fill two cells (UAX #11: wide and fullwidth, roughly), and those that fill none. */
const WIDE =
  /^[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe4f\uff00-\uff60\uffe0-\uffe6\u{1f300}-\u{1faff}\u{20000}-\u{3fffd}]/u;
const COMBINING = /^(?:\p{Mn}|\p{Me}|\u200d)/u;

/** One row of a terminal: cells and a cursor. What is left of it is kept, so that nothing that was seen is lost. */
export class TerminalRow {
  /** '' is the second cell of a wide character. */
  #cells: string[] = [];
  #column = 0;
  readonly #rows: string[] = [];

  get column(): number {
    return this.#column;
  }

  get isAtEnd(): boolean {
    return this.#column === this.#cells.length;
  }

  /** Writes a character over what stands under the cursor. */
  write(character: string): void {
    if (COMBINING.test(character) && this.#column > 0) {
      const before = this.#cells[this.#column - 1] === '' ? this.#column - 2 : this.#column - 1;
      this.#cells[before] = `${this.#cells[before] ?? ''}${character}`;
      return;
    }
    if (this.#column + 2 > MAX_CELLS) this.leave();
    while (this.#cells.length < this.#column) this.#cells.push(' ');
    this.#cells[this.#column] = character;
    this.#column += 1;
    if (!WIDE.test(character)) return;
    this.#cells[this.#column] = '';
    this.#column += 1;
  }

  /** Moves the cursor to a column; it stays in the row. */
  moveTo(column: number): void {
    this.#column = Math.max(0, Math.min(column, MAX_CELLS - 2));
  }

  /** Blanks (`count` of them) push what is under the cursor to the right. */
  insert(count: number): void {
    const room = Math.max(0, Math.min(count, MAX_CELLS - this.#cells.length));
    if (this.#column < this.#cells.length)
      this.#cells.splice(this.#column, 0, ...Array.from({ length: room }, () => ' '));
  }

  /** Takes characters out; those behind come nearer. */
  remove(count: number): void {
    this.#cells.splice(this.#column, Math.min(count, MAX_CELLS));
  }

  /** Takes out what stands before the cursor. */
  removeBefore(): void {
    this.#cells.splice(0, this.#column);
    this.#column = 0;
  }

  /** Takes out the word before the cursor, and the blanks behind it. */
  removeWord(): void {
    const isBlank = (at: number): boolean => (this.#cells[at] ?? ' ') === ' ';
    let from = this.#column;
    while (from > 0 && isBlank(from - 1)) from -= 1;
    while (from > 0 && !isBlank(from - 1)) from -= 1;
    this.#cells.splice(from, this.#column - from);
    this.#column = from;
  }

  /** Blanks in the place of characters. */
  erase(from: number, to: number): void {
    if (to >= this.#cells.length) this.#cells.length = Math.min(this.#cells.length, from);
    else this.#cells.fill(' ', from, to);
  }

  /** Goes on elsewhere on the screen: what stands here is kept as a row. */
  leave(): void {
    const text = this.#cells.join('').trim();
    if (text !== '') this.#rows.push(text);
    this.#cells = [];
    this.#column = 0;
  }

  /** All rows as one text. */
  end(): string {
    const row = this.#cells.join('').trimEnd();
    return this.#rows.length === 0 ? row : [...this.#rows, row.trim()].filter((one) => one !== '').join(' ');
  }
}
