import { secretNumbers } from '../base/hash-units.js';
import { textOf } from '../base/text/text-block.js';

/**
 * A row (one value): its mask (`~mask` when it was let go), hash and counts, the length of its text, and the row of the
 * mask before it. Its text lies behind it, two units to a word. A row is named by the word where it begins.
 */
export const MASK = 0;
export const HASH = 1;
export const SURE = 2;
export const ERROR = 3;
export const LENGTH = 4;
export const OLDER = 5;
const TEXT = 6;

/** No row begins here: 0 is a free slot. */
const FIRST_ROW = 2;

/** Initial room, in words. */
const FIRST_ROOM = 16 * 1024;
const FIRST_SLOT_BITS = 11;

/**
 * So many values of a mask that have the same hash are tracked at a time. Two are rare. More were chosen by somebody, and
 * each look-up compares with all of them: a further one is not tracked.
 */
export const MAX_EQUAL_HASHES = 8;

/** There is no slot for a value: as many others have its hash as may be. */
export const CROWDED = -1;

/** Odd, secret and new at each start, so that nobody can choose values that come to lie in slots side by side. */
const [OF_SLOT = 1, OF_MASK = 1] = secretNumbers(2).map((word) => word | 1);

/** The rows of many masks with the texts of their values, found by mask, hash and text. */
export class ValueRows {
  words: Int32Array<ArrayBuffer> = new Int32Array(FIRST_ROOM);
  /** How many there are, also of those that were let go. */
  count = 0;
  /** Of all texts, in UTF-16 units. */
  textLength = 0;
  /** The units of `words`. */
  #texts: Uint16Array = new Uint16Array(this.words.buffer);
  #end = FIRST_ROW;
  /** Open addressing by mask and hash: a row, or 0. Never more than half full. */
  #slots: Int32Array = new Int32Array(2 ** FIRST_SLOT_BITS);
  #slotBits = FIRST_SLOT_BITS;

  clear(): void {
    this.#end = FIRST_ROW;
    this.count = 0;
    this.textLength = 0;
    this.#slots.fill(0);
  }

  /** The row in a slot; 0: none. */
  in(slot: number): number {
    return this.#slots[slot] as number;
  }

  /**
   * The slot that holds the row of a value, or that it may take: a free one, or that of a row of its mask and hash that was
   * let go, so that these do not pile up.
   */
  slotOf(mask: number, hash: number, units: Uint16Array, start: number, end: number): number {
    const slots = this.#slots;
    const rows = this.words;
    const last = slots.length - 1;
    let usable = CROWDED;
    let equal = 0;
    for (let slot = firstSlot(mask, hash, this.#slotBits); ; slot = (slot + 1) & last) {
      const row = slots[slot] as number;
      if (row === 0) return equal < MAX_EQUAL_HASHES ? (usable === CROWDED ? slot : usable) : CROWDED;
      if (rows[row + HASH] !== hash) continue;
      const owner = rows[row + MASK] as number;
      if (owner === ~mask) usable = slot;
      if (owner !== mask) continue;
      if (rows[row + LENGTH] === end - start && this.#hasText(row, units, start, end)) return slot;
      equal += 1;
    }
  }

  #hasText(row: number, units: Uint16Array, start: number, end: number): boolean {
    const texts = this.#texts;
    const ahead = 2 * (row + TEXT) - start;
    for (let i = start; i < end; i++) if (units[i] !== texts[i + ahead]) return false;
    return true;
  }

  /** Adds a row to a slot that `slotOf` gave; its counts and the row before it are for the caller to set. */
  add(slot: number, mask: number, hash: number, units: Uint16Array, start: number, end: number): number {
    const row = this.#end;
    this.count += 1;
    this.#end = endOfRow(row, end - start);
    this.textLength += end - start;
    if (this.#end > this.words.length) {
      this.words = doubled(this.words);
      this.#texts = new Uint16Array(this.words.buffer);
    }
    const words = this.words;
    words[row + MASK] = mask;
    words[row + HASH] = hash;
    words[row + LENGTH] = end - start;
    const texts = this.#texts;
    const ahead = 2 * (row + TEXT) - start;
    for (let i = start; i < end; i++) texts[i + ahead] = units[i] as number;
    this.#slots[slot] = row;
    if (2 * this.count > this.#slots.length) this.#makeSlots();
    return row;
  }

  #makeSlots(): void {
    const slots = new Int32Array(2 * this.#slots.length);
    const rows = this.words;
    this.#slotBits += 1;
    for (let row = FIRST_ROW; row < this.#end; row = endOfRow(row, rows[row + LENGTH] as number)) {
      const mask = rows[row + MASK] as number;
      if (mask < 0) continue;
      let slot = firstSlot(mask, rows[row + HASH] as number, this.#slotBits);
      while (slots[slot] !== 0) slot = (slot + 1) & (slots.length - 1);
      slots[slot] = row;
    }
    this.#slots = slots;
  }

  textOf(row: number): string {
    return textOf(this.#texts, 2 * (row + TEXT), this.words[row + LENGTH] as number);
  }
}

function firstSlot(mask: number, hash: number, bits: number): number {
  return Math.imul(hash ^ Math.imul(mask, OF_MASK), OF_SLOT) >>> (32 - bits);
}

function endOfRow(row: number, length: number): number {
  return row + TEXT + ((length + 1) >> 1);
}

/** The same words in an array of twice the length. */
export function doubled(words: Int32Array): Int32Array<ArrayBuffer> {
  const larger = new Int32Array(2 * words.length);
  larger.set(words);
  return larger;
}
