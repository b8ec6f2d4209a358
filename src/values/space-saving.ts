import { compare } from '../base/compare.js';
import { TextBlock } from '../base/text/text-block.js';
import {
  createRegisters,
  estimate,
  hashOf,
  mergeRegisters,
  observe,
  type Registers,
  renderRegisters,
} from './hyperloglog.js';

/** Up to this many different values are counted exactly; of more, the most frequent ones are tracked. */
export const MAX_TRACKED_VALUES = 50;

/** Longer values are cut (UTF-16 units): a value may be a whole line. */
export const MAX_VALUE_LENGTH = 200;

/** A value's count: `sure` lines since it is tracked, and at most `error` lines before. */
export interface Count {
  readonly value: string;
  readonly sure: number;
  readonly error: number;
}

/** The form in the state (JSON). `v`: value, sure and error in turn. */
export interface StoredValues {
  readonly v: readonly (string | number)[];
  readonly floor?: number | undefined;
  readonly registers?: string | undefined;
}

/**
 * Counts values in bounded memory: exactly while there are no more than MAX_TRACKED_VALUES different ones; then
 * by Space-Saving (Metwally et al., 2005; merged as in Agarwal et al., "Mergeable summaries", 2012), and the number
 * of different ones by HyperLogLog. Its counts are never too high.
 */
export class ValueCounts {
  #counts: readonly Count[];
  /** The largest count of an evicted value: the possible error of a value that is tracked anew. */
  #floor: number;
  /** null while all counts are exact. */
  #registers: Registers | null;

  constructor(counts: readonly Count[] = [], floor = 0, registers: Registers | null = null) {
    this.#counts = counts;
    this.#floor = floor;
    this.#registers = registers;
    this.#evict();
  }

  static read({ v, floor, registers }: StoredValues): ValueCounts {
    const counts: Count[] = [];
    for (let i = 0; i < v.length; i += 3)
      counts.push({ value: String(v[i]), sure: Number(v[i + 1]), error: Number(v[i + 2]) });
    return new ValueCounts(counts, floor, registers === undefined ? null : createRegisters(registers));
  }

  /** Adds the counts of another one. The order of merging does not change the result. */
  merge(other: ValueCounts): void {
    const mine = new Map(this.#counts.map((count) => [count.value, count]));
    const both = new Map(mine);
    for (const [value, count] of mine) both.set(value, { ...count, error: count.error + other.#floor });
    for (const { value, sure, error } of other.#counts) {
      const known = mine.get(value) ?? { sure: 0, error: this.#floor };
      both.set(value, { value, sure: known.sure + sure, error: known.error + error });
    }
    if (this.#registers || other.#registers || both.size > MAX_TRACKED_VALUES) {
      this.#registers ??= observeAll(createRegisters(), this.#counts);
      if (other.#registers) mergeRegisters(this.#registers, other.#registers);
      else observeAll(this.#registers, other.#counts);
    }
    this.#floor += other.#floor;
    this.#counts = [...both.values()];
    this.#evict();
  }

  /** An estimate for the whole, from a sample in which each value stands for `share` values. */
  times(share: number): ValueCounts {
    const counts = this.#counts.map(({ value, sure, error }) => ({
      value,
      sure: sure * share,
      error: error * share,
    }));
    const registers = this.#registers ?? observeAll(createRegisters(), this.#counts);
    return new ValueCounts(counts, this.#floor * share, registers);
  }

  summary(): { distinct: number; about: boolean; top: { value: string; count: number }[] } {
    const top = this.#counts.map(({ value, sure }) => ({ value, count: sure }));
    return {
      distinct: this.#registers ? Math.max(estimate(this.#registers), top.length) : top.length,
      about: this.#registers !== null,
      top: top.sort((a, b) => b.count - a.count || compare(a.value, b.value)),
    };
  }

  /** The first value of all; null where not all are kept, and so nobody knows. */
  get oldest(): string | null {
    return this.#registers ? null : (this.#counts[0]?.value ?? null);
  }

  stored(): StoredValues {
    const v = this.#counts.flatMap(({ value, sure, error }) => [value, sure, error]);
    if (!this.#registers) return { v };
    return { v, floor: this.#floor, registers: renderRegisters(this.#registers) };
  }

  #evict(): void {
    if (this.#counts.length <= MAX_TRACKED_VALUES) return;
    const { best, floor } = keepBest(this.#counts);
    this.#counts = best;
    this.#floor = Math.max(this.#floor, floor);
  }
}

/** The values whose count may be largest, and the largest possible count of the others. */
export function keepBest<C extends Count>(
  counts: readonly C[],
): { readonly best: C[]; readonly floor: number } {
  const sorted = counts.toSorted(
    (a, b) => b.sure + b.error - a.sure - a.error || b.sure - a.sure || compare(a.value, b.value),
  );
  const [next] = sorted.slice(MAX_TRACKED_VALUES);
  return { best: sorted.slice(0, MAX_TRACKED_VALUES), floor: next ? next.sure + next.error : 0 };
}

const alone = new TextBlock();

function observeAll(registers: Registers, counts: readonly Count[]): Registers {
  for (const { value } of counts) observe(registers, hashOf(alone.set(value).units, 0, value.length));
  return registers;
}
