import type { TextBlock } from '../base/text/text-block.js';
import { createRegisters, estimate, hashOf, observe, type Registers } from './hyperloglog.js';

/** How many different texts there were. */
export interface Distinct {
  readonly count: number;
  /** There were too many for an exact count: it is right within about 3 %. */
  readonly about: boolean;
}

/** So many texts are told apart for sure; each costs about 30 bytes. */
const MAX_EXACT = 512;

/** Counts different texts in at most 20 kB: exactly up to `MAX_EXACT`, then by HyperLogLog. */
export class DistinctCount {
  /** The 32-bit hashes of the texts; null once there were too many. */
  #hashes: Set<number> | null = new Set();
  #registers: Registers | null = null;

  /** A text from one UTF-16 unit to another. */
  add({ units }: TextBlock, start: number, end: number): void {
    const hash = hashOf(units, start, end);
    if (this.#registers) observe(this.#registers, hash);
    else if (this.#hashes) this.#addExact(this.#hashes, hash);
  }

  #addExact(hashes: Set<number>, hash: number): void {
    hashes.add(hash);
    if (hashes.size <= MAX_EXACT) return;
    const registers = createRegisters();
    for (const one of hashes) observe(registers, one);
    this.#registers = registers;
    this.#hashes = null;
  }

  read(): Distinct {
    if (this.#registers) return { count: estimate(this.#registers), about: true };
    return { count: this.#hashes?.size ?? 0, about: false };
  }
}
