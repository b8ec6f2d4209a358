import { isDigit } from '../base/text/is-digit.js';
import type { ValueCounts } from './space-saving.js';
import { NONE, ValueTable } from './value-table.js';

/** Longer texts are cut (UTF-16 units): this is enough to recognise a line. */
const MAX_TEXT = 120;

/** Up to this many texts are counted one by one; then each SHARE-th stands for SHARE: a backlog must not wait for this. */
const MAX_ONE_BY_ONE = 10_000;
/** A prime, so that periodic logs are sampled at every phase. */
const SHARE = 17;

const NUMBER = '#'.charCodeAt(0);

/** A text in pieces, as in `Excerpt`: start and end of each in `units`, in turn. */
export interface TextPieces {
  readonly units: Uint16Array;
  readonly spans: readonly number[];
}

/**
 * Finds the most frequent texts in bounded memory: their beginnings, with `#` for each number, so that lines that differ
 * only in pids, ports and times count as one. If there are many, counts are estimates.
 */
export class FrequentTexts {
  readonly #table = new ValueTable();
  readonly #text = new Uint16Array(MAX_TEXT);
  #first = NONE;
  #sampled = NONE;
  #added = 0;

  /** To be asked for each text: whether it is to be added. */
  takesNext(): boolean {
    this.#added += 1;
    return this.#added <= MAX_ONE_BY_ONE || this.#added % SHARE === 0;
  }

  add(pieces: TextPieces): void {
    if (this.#added <= MAX_ONE_BY_ONE) this.#first = this.#count(this.#first, pieces);
    else this.#sampled = this.#count(this.#sampled, pieces);
  }

  /** The counts since the last `clear`; null if there are none. */
  read(): ValueCounts | null {
    const sampled = this.#valuesOf(this.#sampled)?.times(SHARE) ?? null;
    return mergeTexts(this.#valuesOf(this.#first), sampled);
  }

  clear(): void {
    this.#added = 0;
    if (this.#first === NONE) return;
    this.#table.clear();
    this.#first = NONE;
    this.#sampled = NONE;
  }

  #count(first: number, { units, spans }: TextPieces): number {
    return this.#table.addText(first, this.#text, this.#normalise(units, spans));
  }

  #valuesOf(first: number): ValueCounts | null {
    return first === NONE ? null : (this.#table.read(first)[0]?.values ?? null);
  }

  /** Writes a text with `#` for its numbers into `#text`; returns its length. */
  #normalise(units: Uint16Array, spans: readonly number[]): number {
    let length = 0;
    let inNumber = false;
    for (let span = 0; span < spans.length; span += 2)
      for (let at = spans[span] as number; at < (spans[span + 1] as number); at++) {
        const unit = units[at] as number;
        const isNumber = isDigit(unit);
        if (isNumber && inNumber) continue;
        if (length === MAX_TEXT) return isHighHalf(this.#text[length - 1] as number) ? length - 1 : length;
        inNumber = isNumber;
        this.#text[length++] = isNumber ? NUMBER : unit;
      }
    return length;
  }
}

function isHighHalf(unit: number): boolean {
  return unit >= 0xd800 && unit < 0xdc00;
}

/** Merges both; changes either. */
export function mergeTexts(a: ValueCounts | null, b: ValueCounts | null): ValueCounts | null {
  if (!a || !b) return a ?? b;
  a.merge(b);
  return a;
}
