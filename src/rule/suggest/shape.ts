import { flatten } from '../../base/text/flatten.js';
import { type Cell, cellsOf } from './cells.js';
import type { ShapeReader, Slots } from './read-shape.js';
import type { Place, Row } from './rows.js';
import { TokenKind, type Tokens } from './tokens.js';

/** Messages that differ in values only, and what was seen in the places of these. */
export class Shape {
  readonly number: number;
  /** Its first message, or as much of it as is looked at. */
  readonly #text: string;
  /** Of each slot: where it begins and ends in the first message, its bits, its form, and 1 when its text varies. */
  readonly #slots: number[] = [];
  #count = 1;

  /** `number`: any, to name it. The reader has just read `message`. */
  constructor(number: number, message: string, { slots, tokens }: ShapeReader) {
    this.number = number;
    this.#text = flatten(lookedAt(message, tokens));
    const { starts, ends, bits, forms } = slots;
    for (let at = 0; at < slots.count; at++)
      this.#slots.push(starts[at] as number, ends[at] as number, bits[at] as number, forms[at] as number, 0);
  }

  get count(): number {
    return this.#count;
  }

  /** Counts anew from 0; what was seen in the slots stays. */
  restart(): void {
    this.#count = 0;
  }

  /** Counts another message of this shape, whose slots these are. */
  add(message: string, slots: Slots): void {
    this.#count += 1;
    const mine = this.#slots;
    for (let at = 0, place = 0; at < slots.count; at++, place += SIZE) {
      mine[place + BITS] = (mine[place + BITS] as number) | (slots.bits[at] as number);
      if (mine[place + FORM] !== slots.forms[at]) mine[place + FORM] = MIXED;
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
    const text = this.#text;
    reader.read(text);
    const cells = cellsOf(reader.tokens);
    const places: Place[] = [];
    let slot = 0;
    let end = 0;
    for (const cell of cells) {
      const next = cell.kind === 'mark' ? slot : this.#slotBehind(slot, cell.end);
      places.push(this.#place(cell, text.slice(end, cell.start), slot, next));
      slot = next;
      end = cell.end;
    }
    return {
      keys: cells.map(({ key }) => key),
      places,
      tail: text.slice(end),
      samples: [text],
      count: this.#count,
      shapes: [this.number],
    };
  }

  /** The first slot from `slot` on that does not end in a cell that ends at `end`. */
  #slotBehind(slot: number, end: number): number {
    let next = slot;
    while (next < this.#slots.length && (this.#slots[next + END] as number) <= end) next += SIZE;
    return next;
  }

  /** A cell with the slots in it. */
  #place(cell: Cell, gap: string, from: number, to: number): Place {
    let { bits } = cell;
    let form: string | null = cell.form;
    let varies = false;
    for (let slot = from; slot < to; slot += SIZE) {
      bits |= this.#slots[slot + BITS] as number;
      if (this.#slots[slot + FORM] === MIXED) form = null;
      varies ||= this.#slots[slot + VARIES] === 1;
    }
    return { cell, bits, varies, form, spread: 1, gap };
  }
}

const [START, END, BITS, FORM, VARIES, SIZE] = [0, 1, 2, 3, 4, 5] as const;

/** Several forms in one slot. */
const MIXED = -1;

/** A message without most of what is behind its last token that is looked at. */
function lookedAt(message: string, tokens: Tokens): string {
  const last = tokens.count - 1;
  return tokens.kind(last) === TokenKind.rest ? message.slice(0, tokens.start(last) + 1) : message;
}
