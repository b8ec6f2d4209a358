import { FNV_PRIME, joinHashes, secretNumbers } from '../hash-units.js';
import { roomFor } from './room.js';
import { textOf } from './text-block.js';

/** Units of the first text that is composed; more are made when a text needs them. */
const FIRST_ROOM = 512;

/** Where hashes begin: secret and new at each start, so that nobody can choose texts whose hashes are alike. */
const [EVEN_SEED = 0, ODD_SEED = 0] = secretNumbers(2);

/**
 * A text in UTF-16 units: a part of a block, in place, or composed of several parts. It is made once and set for each
 * line, so that a message that is only counted never becomes a string; `text` makes one. Its units are valid until the
 * block or the text is set again.
 */
export class ComposedText {
  units: Uint16Array = new Uint16Array();
  start = 0;
  end = 0;
  #own = new Uint16Array();
  #text: string | null = null;
  #isMeasured = false;
  #hash = 0;
  #isWide = false;

  /** In units. */
  get length(): number {
    return this.end - this.start;
  }

  /** 32 bits, signed; of other seeds at each start of the program. */
  get hash(): number {
    if (!this.#isMeasured) this.#measure();
    return this.#hash;
  }

  /** Whether a unit takes more than a byte. */
  get isWide(): boolean {
    if (!this.#isMeasured) this.#measure();
    return this.#isWide;
  }

  /** A copy that shares nothing with the block. */
  get text(): string {
    this.#text ??= this.isWide
      ? textOf(this.units, this.start, this.length)
      : narrowTextOf(this.units, this.start, this.end);
    return this.#text;
  }

  /** The units from `start` to `end` in place. */
  view(units: Uint16Array, start: number, end: number): this {
    this.units = units;
    this.start = start;
    this.end = end;
    this.#text = null;
    this.#isMeasured = false;
    return this;
  }

  set(text: string): this {
    this.begin();
    this.#makeRoom(text.length);
    const own = this.#own;
    for (let at = 0; at < text.length; at++) own[at] = text.charCodeAt(at);
    this.end = text.length;
    this.#text = text;
    return this;
  }

  /** Begins a text of parts, which `add` appends. */
  begin(): this {
    return this.view(this.#own, 0, 0);
  }

  /** Appends the units from `from` to `to`; only behind `begin`. */
  add(units: Uint16Array, from: number, to: number): this {
    const ahead = this.end - from;
    this.#makeRoom(to + ahead);
    const own = this.#own;
    for (let at = from; at < to; at++) own[at + ahead] = units[at] as number;
    this.end = to + ahead;
    this.#isMeasured = false;
    return this;
  }

  /** Its units in an array of their own. */
  copy(): Uint16Array {
    return this.units.slice(this.start, this.end);
  }

  #makeRoom(length: number): void {
    if (length <= this.#own.length) return;
    const larger = new Uint16Array(Math.max(FIRST_ROOM, roomFor(length)));
    larger.set(this.#own.subarray(0, this.end));
    this.#own = larger;
    this.units = larger;
  }

  /** Even and odd units apart, so that no step waits for the one before. */
  #measure(): void {
    const { units, start, end } = this;
    let even = EVEN_SEED;
    let odd = ODD_SEED;
    let bits = 0;
    for (let at = start; at < end; at += 2) {
      const unit = units[at] as number;
      even = Math.imul(even ^ unit, FNV_PRIME);
      bits |= unit;
      if (at + 1 === end) break;
      const next = units[at + 1] as number;
      odd = Math.imul(odd ^ next, FNV_PRIME);
      bits |= next;
    }
    this.#hash = joinHashes(even, odd ^ (end - start));
    this.#isWide = bits > 0xff;
    this.#isMeasured = true;
  }
}

let bytes = Buffer.alloc(0);

/** The text of units of a byte each, which takes half the room of others in V8. */
function narrowTextOf(units: Uint16Array, start: number, end: number): string {
  if (end - start > bytes.length) bytes = Buffer.alloc(roomFor(end - start));
  for (let at = start; at < end; at++) bytes[at - start] = units[at] as number;
  return bytes.toString('latin1', 0, end - start);
}
