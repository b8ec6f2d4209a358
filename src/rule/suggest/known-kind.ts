import type { Cell } from './cells.js';
import { isPlain, MAX_SAMPLES, mergeGaps, type Place, type Row, widened } from './rows.js';

/** A kind that was found, and goes on counting. */
export class KnownKind {
  /** That of its first shape. */
  readonly number: number;
  readonly #keys: readonly string[];
  readonly #places: Place[];
  readonly #samples: [string, ...string[]];
  #tail: string;
  #count: number;

  constructor({ keys, places, tail, samples, count, shapes }: Row) {
    this.number = shapes[0];
    this.#keys = keys;
    this.#places = [...places];
    this.#samples = [...samples];
    this.#tail = tail;
    this.#count = count;
  }

  /** Takes a message, whose cells its keys take. */
  take(message: string, cells: readonly Cell[]): void {
    this.#count += 1;
    let end = 0;
    for (let at = 0; at < cells.length; at++) {
      const cell = cells[at] as Cell;
      this.#see(at, message, end, cell);
      end = cell.end;
    }
    if (message.length - end !== this.#tail.length || !message.endsWith(this.#tail))
      this.#tail = mergeGaps(this.#tail, message.slice(end));
  }

  #see(at: number, message: string, before: number, cell: Cell): void {
    const place = this.#places[at] as Place;
    const key = this.#keys[at] as string;
    const isSameGap = cell.start - before === place.gap.length && message.startsWith(place.gap, before);
    if (isSameGap && cell.key === key && isPlain(cell, key) && isPlain(place.cell, key)) return;
    const gap = isSameGap ? place.gap : mergeGaps(place.gap, message.slice(before, cell.start));
    const varies = place.varies || !this.#isSameText(place.cell, message, cell);
    this.#places[at] = widened(place, cell.bits, cell.form, { varies, spread: place.spread, gap });
  }

  #isSameText(mine: Cell, message: string, { start, end }: Cell): boolean {
    return this.#samples[0].slice(mine.start, mine.end) === message.slice(start, end);
  }

  /** Takes a row of messages, whose cells its keys take. */
  takeRow(row: Row): void {
    this.#count += row.count;
    this.#tail = mergeGaps(this.#tail, row.tail);
    const [sample] = row.samples;
    if (this.#samples.length < MAX_SAMPLES && !this.#samples.includes(sample)) this.#samples.push(sample);
    for (const [at, other] of row.places.entries()) {
      const place = this.#places[at] as Place;
      const varies = place.varies || other.varies || !this.#isSameText(place.cell, sample, other.cell);
      const gap = mergeGaps(place.gap, other.gap);
      this.#places[at] = widened(place, other.bits, other.form, { varies, spread: place.spread, gap });
    }
  }

  /** The kind as it is now. */
  toRow(): Row {
    return {
      keys: this.#keys,
      places: [...this.#places],
      tail: this.#tail,
      samples: [...this.#samples],
      count: this.#count,
      shapes: [this.number],
    };
  }
}
