import type { JoinLines } from '../base/text/joiner.js';

/** Whole lines that are held, and bytes of them. Joiners end entries long before; these hold for any joiner. */
export const MAX_HELD_LINES = 1000;
export const MAX_HELD_BYTES = 1024 * 1024;

/** Joins the lines of one log to entries, and holds those that are not in one yet. */
export class EntryJoiner {
  readonly #join: JoinLines;
  readonly #onEntryCut: (entries: number) => void;
  #lines: string[] = [];
  /** How many bytes each is long, with the empty lines behind it. */
  #lengths: number[] = [];

  /** `onEntryCut`: so many entries were too long. */
  constructor(join: JoinLines, onEntryCut: (entries: number) => void) {
    this.#join = join;
    this.#onEntryCut = onEntryCut;
  }

  /** Bytes of what is held. */
  get heldLength(): number {
    return this.#lengths.reduce((sum, length) => sum + length, 0);
  }

  /** Takes a whole line of so many bytes. */
  add(line: string, length: number): void {
    if (line !== '') {
      this.#lines.push(line);
      this.#lengths.push(length);
      return;
    }
    const last = this.#lengths.pop();
    if (last !== undefined) this.#lengths.push(last + length);
  }

  /** The entries that are complete; `isEnd`: all that is held. */
  take(isEnd: boolean): string[] {
    if (this.#lines.length === 0) return [];
    const entries = this.#joined(isEnd);
    if (this.#lines.length <= MAX_HELD_LINES && this.heldLength <= MAX_HELD_BYTES) return entries;
    this.#onEntryCut(1);
    return [...entries, ...this.#joined(true)];
  }

  #joined(isEnd: boolean): string[] {
    const { entries, held, cut = 0 } = this.#join(this.#lines, isEnd);
    const left = isEnd ? 0 : Math.min(held, this.#lines.length);
    this.#lines = this.#lines.slice(this.#lines.length - left);
    this.#lengths = this.#lengths.slice(this.#lengths.length - left);
    if (cut > 0) this.#onEntryCut(cut);
    return entries.filter((entry) => entry !== '').map((entry) => entry.replaceAll('\n', ' '));
  }
}
