import { isDigit } from '../is-digit.js';
import type { ValueCounts } from './value-counts.js';
import { NONE, ValueTable } from './value-table.js';

/** Of a longer text its beginning counts, in UTF-16 units: enough to see which line it is. */
const MAX_TEXT = 120;

const NUMBER = '#'.charCodeAt(0);

/** A text in pieces, as `Excerpt` has it: from where to where in these units, by turns. */
export interface TextPieces {
  readonly units: Uint16Array;
  readonly spans: readonly number[];
}

/**
 * Which texts come most often, in bounded memory: their beginnings, with `#` for each number, so that lines that differ
 * in pids, ports and times alone are one.
 */
export class FrequentTexts {
  readonly #table = new ValueTable();
  readonly #text = new Uint16Array(MAX_TEXT);
  #first = NONE;

  add({ units, spans }: TextPieces): void {
    this.#first = this.#table.addText(this.#first, this.#text, this.#lay(units, spans));
  }

  /** What was counted since the last `clear`; null when there was nothing. */
  read(): ValueCounts | null {
    return this.#first === NONE ? null : (this.#table.read(this.#first)[0]?.values ?? null);
  }

  clear(): void {
    if (this.#first === NONE) return;
    this.#table.clear();
    this.#first = NONE;
  }

  /** Writes a text into `#text`, and returns how long it is. */
  #lay(units: Uint16Array, spans: readonly number[]): number {
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

/** Both together; either may grow. */
export function mergeTexts(a: ValueCounts | null, b: ValueCounts | null): ValueCounts | null {
  if (!a || !b) return a ?? b;
  a.merge(b);
  return a;
}
