import { endianness } from 'node:os';
import { roomFor } from './room.js';

/**
 * A text that holds lines, and its UTF-16 units in an array: `charCodeAt` makes V8 check the representation of the string
 * each time. A block is reused for many texts; `set` replaces the text before.
 */
export class TextBlock {
  text = '';
  /** The units of the text; after them are those of an earlier one. */
  units = new Uint16Array();
  #bytes = Buffer.alloc(0);

  set(text: string): this {
    if (text.length > this.units.length || this.units.length > MAX_KEPT_UNITS) this.#makeRoom(text.length);
    this.text = text;
    this.#bytes.write(text, 0, 2 * text.length, 'utf16le');
    if (IS_BIG_ENDIAN) this.#bytes.subarray(0, 2 * text.length).swap16();
    return this;
  }

  #makeRoom(length: number): void {
    this.units = new Uint16Array(roomFor(length));
    this.#bytes = Buffer.from(this.units.buffer);
  }
}

/** Room for so many units is kept for the next text; larger arrays are freed. */
const MAX_KEPT_UNITS = 2 ** 20;

/** The text of so many units. */
export function textOf(units: Uint16Array, start: number, length: number): string {
  if (IS_BIG_ENDIAN) return String.fromCharCode(...units.subarray(start, start + length));
  return Buffer.from(units.buffer, units.byteOffset + 2 * start, 2 * length).toString('utf16le');
}

const IS_BIG_ENDIAN = endianness() === 'BE';
