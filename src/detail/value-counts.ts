import { compare } from '../compare.js';
import { ownText } from '../own-text.js';
import {
  createRegisters,
  estimate,
  hashOf,
  mergeRegisters,
  observe,
  type Registers,
  renderRegisters,
} from './registers.js';

/** So many different values are counted exactly; beyond, as many of the most frequent ones are kept. */
export const MOST_VALUES = 50;

/** Values that are held at once before all but the most frequent are let go: sorting then costs little a value. */
const MOST_HELD = 128;

/** Of so many values is known at once that they came before. A power of two. */
const DOORS = 256;

/** Room for signs of held values: eight for each, so that few others are taken for them. A power of two. */
const SIGNS = 1024;

/** Of a longer value its beginning counts, in UTF-16 units: values may be whole lines. */
export const LONGEST_VALUE = 200;

/** A value's count: `sure` lines since it was held, and at most `error` before. */
interface Count {
  readonly value: string;
  readonly hash: number;
  readonly sure: number;
  readonly error: number;
}

/** As it is kept in the state (JSON). `v`: value, sure, error by turns, most frequent first. */
export interface StoredValues {
  readonly v: readonly (string | number)[];
  readonly floor?: number;
  readonly registers?: string;
}

/**
 * Counts values in bounded memory: exactly while there are no more than MOST_VALUES different ones; then by
 * Space-Saving (Metwally et al., 2005; merged as in Agarwal et al., "Mergeable summaries", 2012), and the number of
 * different ones by HyperLogLog. The counts it tells are never too high.
 */
export class ValueCounts {
  /**
   * What is held, row by row. There may be many thousands of these with a few dozen values each: an object and an entry
   * of a map for each value would cost more than all else that is done with it.
   */
  readonly #values: string[] = [];
  readonly #hashes: number[] = [];
  readonly #sure: number[] = [];
  readonly #errors: number[] = [];
  /** null as long as all is exact. */
  #registers: Registers | null;
  /** What the last one that was let go had counted at most; one that is held anew may have counted as much. */
  #floor: number;
  /** Hashes of values that came once, each where its last bits say; a later one takes the place of an earlier. */
  #doorkeeper: Int32Array | null = null;
  /** 1 where the last bits of some held value's hash say, once there are many: else none need be looked for. */
  #signs: Uint8Array | null = null;

  constructor(stored?: StoredValues) {
    this.#registers = stored?.registers === undefined ? null : createRegisters(stored.registers);
    this.#floor = stored?.floor ?? 0;
    const { v = [] } = stored ?? {};
    for (let i = 0; i < v.length; i += 3) {
      const value = String(v[i]);
      this.#hold({ value, hash: hashOf(value), sure: Number(v[i + 1]), error: Number(v[i + 2]) });
    }
  }

  /** Counts a value once more: what stands in `text` from `start` to `end`. */
  add(text: string, start = 0, end = text.length): void {
    const last = end - start > LONGEST_VALUE ? shortenedEnd(text, start) : end;
    const hash = hashOf(text, start, last);
    const row = this.#rowOf(hash, text, start, last);
    if (row >= 0) this.#sure[row] = (this.#sure[row] ?? 0) + 1;
    else if (this.#isNew(hash)) this.#enter(ownText(text.slice(start, last)), hash);
  }

  /** How many values are held. */
  get held(): number {
    return this.#values.length;
  }

  /** Takes over what another one has counted. In whichever order two are merged, the outcome is the same. */
  merge(other: ValueCounts): void {
    this.#letGo();
    other.#letGo();
    const mine = new Map(this.#counts().map((count) => [count.value, count]));
    const theirs = other.#counts();
    const both = new Map(mine);
    for (const [value, count] of mine) both.set(value, { ...count, error: count.error + other.#floor });
    for (const { value, hash, sure, error } of theirs) {
      const known = mine.get(value) ?? { sure: 0, error: this.#floor };
      both.set(value, { value, hash, sure: known.sure + sure, error: known.error + error });
    }
    this.#floor += other.#floor;
    this.#holdOnly(both.values());
    if (this.#registers || other.#registers || this.held > MOST_VALUES) {
      const registers = this.#sketched();
      if (other.#registers) mergeRegisters(registers, other.#registers);
      for (const { hash } of theirs) observe(registers, hash);
      this.#letGo();
    }
  }

  summary(): { distinct: number; about: boolean; top: { value: string; count: number }[] } {
    this.#letGo();
    const top = this.#counts().map(({ value, sure }) => ({ value, count: sure }));
    return {
      distinct: this.#registers ? Math.max(estimate(this.#registers), top.length) : top.length,
      about: this.#registers !== null,
      top: top.sort((a, b) => b.count - a.count || compare(a.value, b.value)),
    };
  }

  stored(): StoredValues {
    this.#letGo();
    const v = this.#counts().flatMap(({ value, sure, error }) => [value, sure, error]);
    if (!this.#registers) return { v };
    return { v, floor: this.#floor, registers: renderRegisters(this.#registers) };
  }

  /** The row of what stands in `text` from `start` to `end`, found without a copy of it; -1: it is not held. */
  #rowOf(hash: number, text: string, start: number, end: number): number {
    if (this.#signs?.[hash & (SIGNS - 1)] === 0) return -1;
    for (let row = this.#hashes.indexOf(hash); row >= 0; row = this.#hashes.indexOf(hash, row + 1)) {
      const value = this.#values[row] ?? '';
      if (value.length === end - start && text.startsWith(value, start)) return row;
    }
    return -1;
  }

  #hold({ value, hash, sure, error }: Count): void {
    this.#values.push(value);
    this.#hashes.push(hash);
    this.#sure.push(sure);
    this.#errors.push(error);
    if (this.#signs) this.#signs[hash & (SIGNS - 1)] = 1;
  }

  #holdOnly(counts: Iterable<Count>): void {
    for (const column of [this.#values, this.#hashes, this.#sure, this.#errors]) column.length = 0;
    this.#signs?.fill(0);
    for (const count of counts) this.#hold(count);
  }

  #counts(): Count[] {
    return this.#values.map((value, row) => ({
      value,
      hash: this.#hashes[row] ?? 0,
      sure: this.#sure[row] ?? 0,
      error: this.#errors[row] ?? 0,
    }));
  }

  /** Whether one that is not held is to be: of many, only what comes a second time; most never do. */
  #isNew(hash: number): boolean {
    if (!this.#registers) return true;
    observe(this.#registers, hash);
    this.#doorkeeper ??= new Int32Array(DOORS);
    const door = hash & (DOORS - 1);
    if (this.#doorkeeper[door] === (hash | 0)) return true;
    this.#doorkeeper[door] = hash;
    return false;
  }

  #enter(value: string, hash: number): void {
    this.#hold({ value, hash, sure: this.#registers ? 2 : 1, error: this.#floor });
    if (!this.#registers && this.held > MOST_VALUES) this.#sketched();
    else if (this.held > MOST_HELD) this.#letGo();
  }

  #sketched(): Registers {
    if (this.#registers) return this.#registers;
    this.#registers = createRegisters();
    this.#signs = new Uint8Array(SIGNS);
    for (const { hash } of this.#counts()) {
      observe(this.#registers, hash);
      this.#signs[hash & (SIGNS - 1)] = 1;
    }
    return this.#registers;
  }

  /** Keeps those that may have counted most. */
  #letGo(): void {
    if (this.held <= MOST_VALUES) return;
    const sorted = this.#counts().sort(
      (a, b) => b.sure + b.error - a.sure - a.error || b.sure - a.sure || compare(a.value, b.value),
    );
    for (const { sure, error } of sorted.slice(MOST_VALUES))
      this.#floor = Math.max(this.#floor, sure + error);
    this.#holdOnly(sorted.slice(0, MOST_VALUES));
  }
}

/** Not in the middle of a surrogate pair. */
function shortenedEnd(text: string, start: number): number {
  const end = start + LONGEST_VALUE;
  const last = text.charCodeAt(end - 1);
  return last >= 0xd800 && last < 0xdc00 ? end - 1 : end;
}
