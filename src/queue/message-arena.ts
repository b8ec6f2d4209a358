import type { ComposedText } from '../base/text/composed-text.js';
import { roomFor } from '../base/text/room.js';
import { textOf } from '../base/text/text-block.js';

const FIRST_ROOM = 16_384;

/** Room is kept for the next texts where so much of it was filled: a quiet log needs little. */
export const MIN_FILLED = 1 / 16;

/**
 * The texts of messages, one behind another: in bytes where no unit takes more, else in UTF-16 units. A place is the
 * offset of a text, `~offset` in the wide array.
 */
export class MessageArena {
  #narrow: Buffer = Buffer.alloc(FIRST_ROOM);
  #narrowEnd = 0;
  #wide = new Uint16Array();
  #wideEnd = 0;

  /** Keeps a text; returns its place. */
  add(text: ComposedText): number {
    return text.isWide ? ~this.#addWide(text) : this.#addNarrow(text);
  }

  /** Whether the text at a place, which has as many units, is this one. */
  holds(place: number, text: ComposedText): boolean {
    return place < 0 ? standsAt(this.#wide, ~place, text) : standsAt(this.#narrow, place, text);
  }

  read(place: number, length: number): string {
    if (place < 0) return textOf(this.#wide, ~place, length);
    return this.#narrow.toString('latin1', place, place + length);
  }

  /** A unit of the text at a place. */
  unitAt(place: number, at: number): number {
    return (place < 0 ? this.#wide[~place + at] : this.#narrow[place + at]) as number;
  }

  clear(): void {
    if (this.#narrowEnd < MIN_FILLED * this.#narrow.length) this.#narrow = Buffer.alloc(FIRST_ROOM);
    if (this.#wideEnd < MIN_FILLED * this.#wide.length) this.#wide = new Uint16Array();
    this.#narrowEnd = 0;
    this.#wideEnd = 0;
  }

  #addNarrow({ units, start, end }: ComposedText): number {
    const place = this.#narrowEnd;
    this.#narrowEnd = place + end - start;
    if (this.#narrowEnd > this.#narrow.length) {
      const larger = Buffer.alloc(sizeFor(this.#narrowEnd));
      this.#narrow.copy(larger, 0, 0, place);
      this.#narrow = larger;
    }
    const narrow = this.#narrow;
    for (let at = start; at < end; at++) narrow[place + at - start] = units[at] as number;
    return place;
  }

  #addWide({ units, start, end }: ComposedText): number {
    const place = this.#wideEnd;
    this.#wideEnd = place + end - start;
    if (this.#wideEnd > this.#wide.length) {
      const larger = new Uint16Array(sizeFor(this.#wideEnd));
      larger.set(this.#wide.subarray(0, place));
      this.#wide = larger;
    }
    this.#wide.set(units.subarray(start, end), place);
    return place;
  }
}

function standsAt(
  kept: Uint8Array | Uint16Array,
  place: number,
  { units, start, end }: ComposedText,
): boolean {
  const ahead = place - start;
  for (let at = start; at < end; at++) if (kept[at + ahead] !== units[at]) return false;
  return true;
}

function sizeFor(length: number): number {
  return Math.max(FIRST_ROOM, roomFor(length));
}
