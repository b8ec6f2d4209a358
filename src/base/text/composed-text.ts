import { randomBytes } from 'node:crypto';
import { textOf } from './text-block.js';

/** Units of the first text that is composed; more are made when a text needs them. */
const FIRST_ROOM = 512;

/** Where hashes begin: secret and new at each start, so that nobody can choose texts whose hashes are alike. */
const SEEDS = new Int32Array(Uint8Array.from(randomBytes(8)).buffer);
const [EVEN_SEED = 0, ODD_SEED = 0] = SEEDS;

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
    const end = this.end;
    this.#makeRoom(end + to - from);
    const own = this.#own;
    for (let at = from; at < to; at++) own[end + at - from] = units[at] as number;
    this.end = end + to - from;
    return this;
  }

  /** Its units in an array of their own. */
  copy(): Uint16Array {
    return this.units.slice(this.start, this.end);
  }

  #makeRoom(length: number): void {
    if (length <= this.#own.length) return;
    const larger = new Uint16Array(Math.max(FIRST_ROOM, 2 ** Math.ceil(Math.log2(length))));
    larger.set(this.#own.subarray(0, this.end));
    this.#own = larger;
    this.units = larger;
  }

  /** FNV-1a over even and odd units apart, so that no step waits for the one before; MurmurHash3's mix joins them. */
  #measure(): void {
    const { units, start, end } = this;
    let even = EVEN_SEED;
    let odd = ODD_SEED ^ (end - start);
    let seen = 0;
    let at = start;
    for (; at + 1 < end; at += 2) {
      const first = units[at] as number;
      const second = units[at + 1] as number;
      even = Math.imul(even ^ first, 0x01000193);
      odd = Math.imul(odd ^ second, 0x01000193);
      seen |= first | second;
    }
    if (at < end) {
      even = Math.imul(even ^ (units[at] as number), 0x01000193);
      seen |= units[at] as number;
    }
    let hash = even ^ Math.imul(odd, 0x85ebca6b);
    hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
    hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
    this.#hash = hash ^ (hash >>> 16);
    this.#isWide = seen > 0xff;
    this.#isMeasured = true;
  }
}

let bytes = Buffer.alloc(0);

/** The text of units of a byte each, which takes half the room of others in V8. */
function narrowTextOf(units: Uint16Array, start: number, end: number): string {
  if (end - start > bytes.length) bytes = Buffer.alloc(2 ** Math.ceil(Math.log2(end - start)));
  for (let at = start; at < end; at++) bytes[at - start] = units[at] as number;
  return bytes.toString('latin1', 0, end - start);
}
