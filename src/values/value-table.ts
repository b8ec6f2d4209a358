import type { TextBlock } from '../base/text/text-block.js';
import { hashOf } from './hyperloglog.js';
import type { MaskedCounts } from './row-stats.js';
import { Sketches } from './sketches.js';
import { keepBest, MAX_TRACKED_VALUES, MAX_VALUE_LENGTH, ValueCounts } from './space-saving.js';
import { CROWDED, doubled, ERROR, HASH, MASK, OLDER, SURE, ValueRows } from './value-rows.js';

/**
 * The masked values of one line: start and end in its text, in turn, in UTF-16 units. `names`: those of the named
 * groups; empty when there is none.
 */
export interface ValueSpans {
  readonly whole: TextBlock;
  readonly spans: ArrayLike<number>;
  readonly names: readonly (string | null)[];
}

/** No mask, no row. */
export const NONE = -1;

/** Rows of a mask before all but the most frequent are evicted: so sorting costs little for each value. */
const MAX_MASK_ROWS = 128;

/**
 * What is known of a mask, side by side: its newest row, how many it has, what those that were let go had counted at
 * most, the next mask of the message, its sketch, and the row of its first value.
 */
const NEWEST = 0;
const ROWS = 1;
const FLOOR = 2;
const NEXT_MASK = 3;
const SKETCH = 4;
const FIRST = 5;
const MASK_WIDTH = 6;

/** Initial room for masks. */
const FIRST_ROOM = 1024;

/** What a mask, and a row with its slots, take beside the text, in UTF-16 units. */
const MASK_UNITS = 14;
const ROW_UNITS = 18;

/** Memory that is kept across a commit, in UTF-16 units: as much as a busy log fills. */
const MAX_RETAINED_UNITS = 4_000_000;

/**
 * Counts the values of many masks between two commits, as `ValueCounts` says. Each line brings a few new
 * values. An object for each cost more than all other work on a line, so all values lie in a few arrays of numbers.
 */
export class ValueTable {
  #masks: Int32Array = new Int32Array(FIRST_ROOM * MASK_WIDTH);
  #maskCount = 0;
  readonly #names: (string | null)[] = [];
  #sketches = new Sketches();
  #rows = new ValueRows();

  /** Memory taken, in UTF-16 units. */
  get size(): number {
    const fixed = this.#maskCount * MASK_UNITS + this.#rows.count * ROW_UNITS;
    return this.#rows.textLength + fixed + this.#sketches.size;
  }

  /** Counts the masked values of a line. `first`: the result for the first line of the message; NONE for that line. */
  add(first: number, { whole, spans, names }: ValueSpans): number {
    let mask = NONE;
    for (let at = 0; 2 * at < spans.length; at++) {
      const next = mask === NONE ? first : this.#mask(mask, NEXT_MASK);
      mask = next === NONE ? this.#addMask(mask, at < names.length ? (names[at] ?? null) : null) : next;
      if (first === NONE) first = mask;
      this.#count(mask, whole.units, spans[2 * at] as number, spans[2 * at + 1] as number);
    }
    return first;
  }

  /** Counts the text in the first `length` units of `units`. `first`: as in `add`. */
  addText(first: number, units: Uint16Array, length: number): number {
    const mask = first === NONE ? this.#addMask(NONE, null) : first;
    this.#count(mask, units, 0, length);
    return mask;
  }

  /** The counts of a message, mask by mask. */
  read(first: number): MaskedCounts[] {
    const masked: MaskedCounts[] = [];
    for (let mask = first; mask !== NONE; mask = this.#mask(mask, NEXT_MASK))
      masked.push({
        name: this.#names[mask] ?? null,
        values: this.#valuesOf(mask),
        first: this.#rows.textOf(this.#mask(mask, FIRST)),
      });
    return masked;
  }

  clear(): void {
    if (this.size > MAX_RETAINED_UNITS) this.#shrink();
    this.#maskCount = 0;
    this.#names.length = 0;
    this.#sketches.clear();
    this.#rows.clear();
  }

  #shrink(): void {
    this.#masks = new Int32Array(FIRST_ROOM * MASK_WIDTH);
    this.#sketches = new Sketches();
    this.#rows = new ValueRows();
  }

  #mask(mask: number, field: number): number {
    return this.#masks[mask * MASK_WIDTH + field] as number;
  }

  #addMask(before: number, name: string | null): number {
    const mask = this.#maskCount++;
    if (this.#maskCount * MASK_WIDTH > this.#masks.length) this.#masks = doubled(this.#masks);
    const masks = this.#masks;
    const at = mask * MASK_WIDTH;
    masks[at + NEWEST] = NONE;
    masks[at + ROWS] = 0;
    masks[at + FLOOR] = 0;
    masks[at + NEXT_MASK] = NONE;
    masks[at + SKETCH] = NONE;
    masks[at + FIRST] = NONE;
    if (before !== NONE) masks[before * MASK_WIDTH + NEXT_MASK] = mask;
    this.#names.push(name);
    return mask;
  }

  #count(mask: number, units: Uint16Array, start: number, whole: number): void {
    const end = shortenedEnd(units, start, whole);
    const hash = hashOf(units, start, end);
    const sketch = this.#masks[mask * MASK_WIDTH + SKETCH] as number;
    // If there are many values, almost each one is new: the sketch says so without a look-up in the table.
    if (sketch !== NONE && !this.#sketches.isTrackedOrSeen(sketch, hash)) return;
    const slot = this.#rows.slotOf(mask, hash, units, start, end);
    if (slot === CROWDED) {
      if (sketch === NONE) this.#startSketch(mask);
      return;
    }
    const row = this.#rows.in(slot);
    const { words } = this.#rows;
    if (row > 0 && words[row + MASK] === mask) words[row + SURE] = (words[row + SURE] as number) + 1;
    else if (sketch === NONE || this.#sketches.isSeen(sketch, hash))
      this.#track(mask, hash, units, start, end, slot);
  }

  #track(mask: number, hash: number, units: Uint16Array, start: number, end: number, slot: number): void {
    const row = this.#rows.add(slot, mask, hash, units, start, end);
    const { words } = this.#rows;
    const masks = this.#masks;
    const of = mask * MASK_WIDTH;
    const sketch = masks[of + SKETCH] as number;
    if (sketch !== NONE) this.#sketches.markTracked(sketch, hash);
    words[row + SURE] = sketch === NONE ? 1 : 2;
    words[row + ERROR] = masks[of + FLOOR] as number;
    words[row + OLDER] = masks[of + NEWEST] as number;
    const rowsNow = (masks[of + ROWS] as number) + 1;
    if (masks[of + FIRST] === NONE) masks[of + FIRST] = row;
    masks[of + NEWEST] = row;
    masks[of + ROWS] = rowsNow;
    if (sketch === NONE && rowsNow > MAX_TRACKED_VALUES) this.#startSketch(mask);
    else if (rowsNow > MAX_MASK_ROWS) this.#evict(mask);
  }

  #startSketch(mask: number): void {
    const sketch = this.#sketches.add();
    this.#masks[mask * MASK_WIDTH + SKETCH] = sketch;
    for (const row of this.#rowsOf(mask)) {
      const hash = this.#rows.words[row + HASH] as number;
      this.#sketches.observe(sketch, hash);
      this.#sketches.markTracked(sketch, hash);
    }
  }

  /** Newest first. */
  #rowsOf(mask: number): number[] {
    const rows: number[] = [];
    for (let row = this.#mask(mask, NEWEST); row !== NONE; row = this.#rows.words[row + OLDER] as number)
      rows.push(row);
    return rows;
  }

  /** Keeps the rows whose count may be largest. An evicted row belongs to no mask until the table is cleared. */
  #evict(mask: number): void {
    const { best, floor } = keepBest(this.#rowsOf(mask).map((row) => ({ ...this.#countOf(row), row })));
    for (const row of this.#rowsOf(mask)) this.#rows.words[row + MASK] = ~mask;
    const fields = this.#masks.subarray(mask * MASK_WIDTH, (mask + 1) * MASK_WIDTH);
    fields[FLOOR] = Math.max(fields[FLOOR] ?? 0, floor);
    fields[ROWS] = best.length;
    fields[NEWEST] = NONE;
    const sketch = this.#mask(mask, SKETCH);
    this.#sketches.clearTracked(sketch);
    for (const { row, hash } of best) {
      this.#sketches.markTracked(sketch, hash);
      this.#rows.words[row + MASK] = mask;
      this.#rows.words[row + OLDER] = fields[NEWEST] ?? NONE;
      fields[NEWEST] = row;
    }
  }

  #countOf(row: number): { value: string; hash: number; sure: number; error: number } {
    const { words: rows } = this.#rows;
    return {
      value: this.#rows.textOf(row),
      hash: rows[row + HASH] as number,
      sure: rows[row + SURE] as number,
      error: rows[row + ERROR] as number,
    };
  }

  #valuesOf(mask: number): ValueCounts {
    const counts = this.#rowsOf(mask)
      .reverse()
      .map((row) => this.#countOf(row));
    const sketch = this.#mask(mask, SKETCH);
    const registers = sketch === NONE ? null : this.#sketches.registers(sketch);
    return new ValueCounts(counts, this.#mask(mask, FLOOR), registers);
  }
}

/** Where a value ends that may be too long: not in the middle of a surrogate pair. */
function shortenedEnd(units: Uint16Array, start: number, end: number): number {
  if (end - start <= MAX_VALUE_LENGTH) return end;
  const cut = start + MAX_VALUE_LENGTH;
  const last = units[cut - 1] ?? 0;
  return last >= 0xd800 && last < 0xdc00 ? cut - 1 : cut;
}
