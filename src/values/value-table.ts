import { type TextBlock, textOf } from '../base/text/text-block.js';
import { hashOf } from './hyperloglog.js';
import type { MaskedCounts } from './row-stats.js';
import { Sketches } from './sketches.js';
import { keepBest, MAX_TRACKED_VALUES, MAX_VALUE_LENGTH, ValueCounts } from './space-saving.js';

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
 * most, the next mask of the message, its sketch, and where the text of its first value lies.
 */
const NEWEST = 0;
const ROWS = 1;
const FLOOR = 2;
const NEXT_MASK = 3;
const SKETCH = 4;
const FIRST_START = 5;
const FIRST_LENGTH = 6;
const MASK_WIDTH = 7;

/** Fields of a row (one value): its mask, hash and counts, where its text lies, and the row of the mask before it. */
const MASK = 0;
const HASH = 1;
const SURE = 2;
const ERROR = 3;
const START = 4;
const LENGTH = 5;
const OLDER = 6;
const ROW_WIDTH = 7;

/** Initial room for masks and values; a power of two. */
const FIRST_ROOM = 1024;

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
  #rows: Int32Array = new Int32Array(FIRST_ROOM * ROW_WIDTH);
  #rowCount = 0;
  /** Open addressing by mask and hash: the number of a row, plus one. Never more than half full. */
  #slots: Int32Array = new Int32Array(2 * FIRST_ROOM);
  #texts: Uint16Array = new Uint16Array(16 * FIRST_ROOM);
  #textLength = 0;

  /** Memory taken, in UTF-16 units. */
  get size(): number {
    const words = this.#maskCount * MASK_WIDTH + this.#rowCount * (ROW_WIDTH + 2);
    return this.#textLength + 2 * words + this.#sketches.size;
  }

  /** Counts the masked values of a line. `first`: the result for the first line of the message; NONE for that line. */
  add(first: number, { whole, spans, names }: ValueSpans): number {
    let mask = NONE;
    for (let at = 0; 2 * at < spans.length; at++) {
      const next = mask === NONE ? first : this.#mask(mask, NEXT_MASK);
      mask = next === NONE ? this.#addMask(mask, at < names.length ? (names[at] ?? null) : null) : next;
      first = first === NONE ? mask : first;
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
        first: textOf(this.#texts, this.#mask(mask, FIRST_START), this.#mask(mask, FIRST_LENGTH)),
      });
    return masked;
  }

  clear(): void {
    if (this.size > MAX_RETAINED_UNITS) this.#shrink();
    this.#maskCount = 0;
    this.#names.length = 0;
    this.#sketches.clear();
    this.#rowCount = 0;
    this.#textLength = 0;
    this.#slots.fill(0);
  }

  #shrink(): void {
    this.#masks = new Int32Array(FIRST_ROOM * MASK_WIDTH);
    this.#sketches = new Sketches();
    this.#rows = new Int32Array(FIRST_ROOM * ROW_WIDTH);
    this.#slots = new Int32Array(2 * FIRST_ROOM);
    this.#texts = new Uint16Array(16 * FIRST_ROOM);
  }

  #mask(mask: number, field: number): number {
    return this.#masks[mask * MASK_WIDTH + field] as number;
  }

  #addMask(before: number, name: string | null): number {
    const mask = this.#maskCount++;
    if (this.#maskCount * MASK_WIDTH > this.#masks.length) this.#masks = doubled(this.#masks);
    this.#masks.fill(0, mask * MASK_WIDTH, (mask + 1) * MASK_WIDTH);
    for (const field of [NEWEST, NEXT_MASK, SKETCH, FIRST_START])
      this.#masks[mask * MASK_WIDTH + field] = NONE;
    if (before !== NONE) this.#masks[before * MASK_WIDTH + NEXT_MASK] = mask;
    this.#names.push(name);
    return mask;
  }

  #count(mask: number, units: Uint16Array, start: number, end: number): void {
    const last = end - start > MAX_VALUE_LENGTH ? shortenedEnd(units, start) : end;
    const hash = hashOf(units, start, last);
    const sketch = this.#mask(mask, SKETCH);
    // If there are many values, almost each one is new: the sketch says so without a look-up in the table.
    if (sketch !== NONE && !this.#sketches.isTrackedOrSeen(sketch, hash)) return;
    const slot = this.#slotOf(mask, hash, units, start, last);
    const row = (this.#slots[slot] as number) - 1;
    if (row >= 0) this.#rows[row * ROW_WIDTH + SURE] = (this.#rows[row * ROW_WIDTH + SURE] as number) + 1;
    else if (sketch === NONE || this.#sketches.isSeen(sketch, hash))
      this.#track(mask, hash, units, start, last, slot);
  }

  /** The slot that holds the row of a value, or that is free for it. */
  #slotOf(mask: number, hash: number, units: Uint16Array, start: number, end: number): number {
    const slots = this.#slots;
    let slot = firstSlot(mask, hash) & (slots.length - 1);
    for (;;) {
      const row = (slots[slot] as number) - 1;
      if (row < 0 || this.#isRow(row, mask, hash, units, start, end)) return slot;
      slot = (slot + 1) & (slots.length - 1);
    }
  }

  #isRow(row: number, mask: number, hash: number, units: Uint16Array, start: number, end: number): boolean {
    const rows = this.#rows;
    const at = row * ROW_WIDTH;
    if (rows[at + HASH] !== hash || rows[at + MASK] !== mask || rows[at + LENGTH] !== end - start)
      return false;
    const ahead = (rows[at + START] as number) - start;
    for (let i = start; i < end; i++) if (units[i] !== this.#texts[i + ahead]) return false;
    return true;
  }

  #track(mask: number, hash: number, units: Uint16Array, start: number, end: number, slot: number): void {
    const sketch = this.#mask(mask, SKETCH);
    if (sketch !== NONE) this.#sketches.markTracked(sketch, hash);
    const row = this.#rowCount++;
    if (this.#rowCount * ROW_WIDTH > this.#rows.length) this.#rows = doubled(this.#rows);
    const at = row * ROW_WIDTH;
    const rows = this.#rows;
    rows[at + MASK] = mask;
    rows[at + HASH] = hash;
    rows[at + SURE] = sketch === NONE ? 1 : 2;
    rows[at + ERROR] = this.#mask(mask, FLOOR);
    rows[at + START] = this.#keepText(units, start, end);
    rows[at + LENGTH] = end - start;
    if (this.#mask(mask, FIRST_START) === NONE) {
      this.#masks[mask * MASK_WIDTH + FIRST_START] = rows[at + START] as number;
      this.#masks[mask * MASK_WIDTH + FIRST_LENGTH] = end - start;
    }
    rows[at + OLDER] = this.#mask(mask, NEWEST);
    const rowsNow = this.#mask(mask, ROWS) + 1;
    this.#masks[mask * MASK_WIDTH + NEWEST] = row;
    this.#masks[mask * MASK_WIDTH + ROWS] = rowsNow;
    this.#slots[slot] = row + 1;
    if (2 * this.#rowCount > this.#slots.length) this.#makeSlots();
    if (sketch === NONE && rowsNow > MAX_TRACKED_VALUES) this.#startSketch(mask);
    else if (rowsNow > MAX_MASK_ROWS) this.#evict(mask);
  }

  #keepText(units: Uint16Array, start: number, end: number): number {
    const place = this.#textLength;
    this.#textLength += end - start;
    while (this.#textLength > this.#texts.length) this.#texts = doubledTexts(this.#texts);
    for (let i = start; i < end; i++) this.#texts[place + i - start] = units[i] as number;
    return place;
  }

  #makeSlots(): void {
    const slots = new Int32Array(2 * this.#slots.length);
    for (let row = 0; row < this.#rowCount; row++) {
      const at = row * ROW_WIDTH;
      let slot =
        firstSlot(this.#rows[at + MASK] as number, this.#rows[at + HASH] as number) & (slots.length - 1);
      while (slots[slot] !== 0) slot = (slot + 1) & (slots.length - 1);
      slots[slot] = row + 1;
    }
    this.#slots = slots;
  }

  #startSketch(mask: number): void {
    const sketch = this.#sketches.add();
    this.#masks[mask * MASK_WIDTH + SKETCH] = sketch;
    for (const row of this.#rowsOf(mask)) {
      const hash = this.#rows[row * ROW_WIDTH + HASH] as number;
      this.#sketches.observe(sketch, hash);
      this.#sketches.markTracked(sketch, hash);
    }
  }

  /** Newest first. */
  #rowsOf(mask: number): number[] {
    const rows: number[] = [];
    for (
      let row = this.#mask(mask, NEWEST);
      row !== NONE;
      row = this.#rows[row * ROW_WIDTH + OLDER] as number
    )
      rows.push(row);
    return rows;
  }

  /** Keeps the rows whose count may be largest. An evicted row belongs to no mask until the table is cleared. */
  #evict(mask: number): void {
    const { best, floor } = keepBest(this.#rowsOf(mask).map((row) => ({ ...this.#countOf(row), row })));
    for (const row of this.#rowsOf(mask)) this.#rows[row * ROW_WIDTH + MASK] = NONE;
    const fields = this.#masks.subarray(mask * MASK_WIDTH, (mask + 1) * MASK_WIDTH);
    fields[FLOOR] = Math.max(fields[FLOOR] ?? 0, floor);
    fields[ROWS] = best.length;
    fields[NEWEST] = NONE;
    const sketch = this.#mask(mask, SKETCH);
    this.#sketches.clearTracked(sketch);
    for (const { row, hash } of best) {
      this.#sketches.markTracked(sketch, hash);
      this.#rows[row * ROW_WIDTH + MASK] = mask;
      this.#rows[row * ROW_WIDTH + OLDER] = fields[NEWEST] ?? NONE;
      fields[NEWEST] = row;
    }
  }

  #countOf(row: number): { value: string; hash: number; sure: number; error: number } {
    const at = row * ROW_WIDTH;
    const rows = this.#rows;
    return {
      value: textOf(this.#texts, rows[at + START] as number, rows[at + LENGTH] as number),
      hash: rows[at + HASH] as number,
      sure: rows[at + SURE] as number,
      error: rows[at + ERROR] as number,
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

function firstSlot(mask: number, hash: number): number {
  return hash ^ Math.imul(mask, 0x9e3779b1);
}

function doubled(words: Int32Array): Int32Array {
  const larger = new Int32Array(2 * words.length);
  larger.set(words);
  return larger;
}

function doubledTexts(texts: Uint16Array): Uint16Array {
  const larger = new Uint16Array(2 * texts.length);
  larger.set(texts);
  return larger;
}

/** Not in the middle of a surrogate pair. */
function shortenedEnd(units: Uint16Array, start: number): number {
  const end = start + MAX_VALUE_LENGTH;
  const last = units[end - 1] ?? 0;
  return last >= 0xd800 && last < 0xdc00 ? end - 1 : end;
}
