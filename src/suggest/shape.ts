import { flatten } from '../base/text/flatten.js';
import { type Cell, cellsOf } from './cells.js';
import type { ShapeReader, Slots } from './read-shape.js';
import type { Row } from './rows.js';
import { TokenKind, type Tokens } from './tokens.js';

/** Messages that differ in values only, and what was seen in the places of these. */
export class Shape {
  readonly number: number;
  /** Its first message, or as much of it as is looked at. */
  readonly #text: string;
  /** Of each slot: where it begins and ends in the first message, its bits, and 1 when its text varies. */
  readonly #slots: number[] = [];
  #count = 1;

  /** `number`: any, to name it. The reader has just read `message`. */
  constructor(number: number, message: string, { slots, tokens }: ShapeReader) {
    this.number = number;
    this.#text = flatten(lookedAt(message, tokens));
    for (let at = 0; at < slots.count; at++)
      this.#slots.push(slots.starts[at] as number, slots.ends[at] as number, slots.bits[at] as number, 0);
  }

  /** Counts another message of this shape, whose slots these are. */
  add(message: string, slots: Slots): void {
    this.#count += 1;
    const mine = this.#slots;
    for (let at = 0; at < slots.count; at++) {
      const place = 4 * at;
      mine[place + BITS] = (mine[place + BITS] as number) | (slots.bits[at] as number);
      if (
        mine[place + VARIES] === 0 &&
        !this.#isSame(place, message, slots.starts[at] as number, slots.ends[at] as number)
      )
        mine[place + VARIES] = 1;
    }
  }

  #isSame(place: number, message: string, from: number, to: number): boolean {
    const start = this.#slots[place + START] as number;
    if (to - from !== (this.#slots[place + END] as number) - start) return false;
    for (let at = 0; at < to - from; at++)
      if (message.charCodeAt(from + at) !== this.#text.charCodeAt(start + at)) return false;
    return true;
  }

  /** The shape as a row. */
  toRow(reader: ShapeReader): Row {
    reader.read(this.#text);
    const cells = cellsOf(reader.tokens);
    const bits = cells.map((cell) => cell.bits);
    const varies = cells.map(() => false);
    let at = 0;
    for (let place = 0; place < this.#slots.length; place += 4) {
      while (at < cells.length - 1 && !holds(cells[at] as Cell, this.#slots[place + END] as number)) at += 1;
      bits[at] = (bits[at] as number) | (this.#slots[place + BITS] as number);
      varies[at] ||= this.#slots[place + VARIES] === 1;
    }
    return {
      cells,
      keys: cells.map(({ key }) => key),
      bits,
      varies,
      gaps: cells.map(({ start }, at) => this.#text.slice(cells[at - 1]?.end ?? 0, start)),
      samples: [this.#text],
      count: this.#count,
      shapes: [this.number],
    };
  }
}

const [START, END, BITS, VARIES] = [0, 1, 2, 3] as const;

/** Whether a slot that ends there, and is in no cell before, is in this one. */
function holds({ kind, end }: Cell, slotEnd: number): boolean {
  return kind !== 'mark' && slotEnd <= end;
}

/** A message without most of what is behind its last token that is looked at. */
function lookedAt(message: string, tokens: Tokens): string {
  const last = tokens.count - 1;
  return tokens.kind(last) === TokenKind.rest ? message.slice(0, tokens.start(last) + 1) : message;
}
