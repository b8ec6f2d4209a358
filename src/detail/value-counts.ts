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

/** Values that are held at once before all but the most frequent are let go: sorting then costs next to nothing a value. */
const MOST_HELD = 256;

/** Of so many values is known at once that they came before. A power of two. */
const DOORS = 256;

/** Of a longer value its beginning counts, in UTF-16 units: values may be whole lines. */
export const LONGEST_VALUE = 200;

/** A value's count: `sure` lines since it was held, and at most `error` before. */
interface Count {
  sure: number;
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
  readonly #counts: Map<string, Count>;
  /** null as long as all is exact. */
  #registers: Registers | null;
  /** What the last one that was let go had counted at most; one that is held anew may have counted as much. */
  #floor: number;
  /** Hashes of values that came once, each where its last bits say; a later one takes the place of an earlier. */
  #doorkeeper: Int32Array | null = null;

  constructor(stored?: StoredValues) {
    this.#counts = new Map();
    this.#registers = stored?.registers === undefined ? null : createRegisters(stored.registers);
    this.#floor = stored?.floor ?? 0;
    const { v = [] } = stored ?? {};
    for (let i = 0; i < v.length; i += 3)
      this.#counts.set(String(v[i]), { sure: Number(v[i + 1]), error: Number(v[i + 2]) });
  }

  /** Counts a value once more. */
  add(text: string): void {
    const value = text.length > LONGEST_VALUE ? shortened(text) : text;
    const known = this.#counts.get(value);
    if (known) known.sure += 1;
    else this.#enter(value);
  }

  /** How many values are held. */
  get held(): number {
    return this.#counts.size;
  }

  /** Takes over what another one has counted. In whichever order two are merged, the outcome is the same. */
  merge(other: ValueCounts): void {
    for (const [value, count] of this.#counts) {
      if (other.#counts.has(value) || other.#floor === 0) continue;
      this.#counts.set(value, { sure: count.sure, error: count.error + other.#floor });
    }
    for (const [value, { sure, error }] of other.#counts) {
      const known = this.#counts.get(value) ?? { sure: 0, error: this.#floor };
      this.#counts.set(value, { sure: known.sure + sure, error: known.error + error });
    }
    this.#floor += other.#floor;
    if (this.#registers || other.#registers || this.#counts.size > MOST_VALUES) {
      const registers = this.#sketched();
      if (other.#registers) mergeRegisters(registers, other.#registers);
      for (const value of other.#counts.keys()) observe(registers, hashOf(value));
      this.#letGo();
    }
  }

  summary(): { distinct: number; about: boolean; top: { value: string; count: number }[] } {
    this.#letGo();
    const top = [...this.#counts].map(([value, { sure }]) => ({ value, count: sure }));
    return {
      distinct: this.#registers ? Math.max(estimate(this.#registers), top.length) : top.length,
      about: this.#registers !== null,
      top: top.sort((a, b) => b.count - a.count || (a.value < b.value ? -1 : 1)),
    };
  }

  stored(): StoredValues {
    this.#letGo();
    const v = [...this.#counts].flatMap(([value, { sure, error }]) => [value, sure, error]);
    if (!this.#registers) return { v };
    return { v, floor: this.#floor, registers: renderRegisters(this.#registers) };
  }

  #enter(value: string): void {
    if (this.#registers) {
      this.#meet(value, this.#registers);
      return;
    }
    this.#counts.set(ownText(value), { sure: 1, error: 0 });
    if (this.#counts.size > MOST_VALUES) this.#sketched();
  }

  /** Only a value that comes a second time is held: most of many never do. */
  #meet(value: string, registers: Registers): void {
    const hash = hashOf(value);
    observe(registers, hash);
    this.#doorkeeper ??= new Int32Array(DOORS);
    const door = hash & (DOORS - 1);
    if (this.#doorkeeper[door] !== (hash | 0)) {
      this.#doorkeeper[door] = hash;
      return;
    }
    this.#counts.set(ownText(value), { sure: 2, error: this.#floor });
    if (this.#counts.size > MOST_HELD) this.#letGo();
  }

  #sketched(): Registers {
    if (this.#registers) return this.#registers;
    this.#registers = createRegisters();
    for (const value of this.#counts.keys()) observe(this.#registers, hashOf(value));
    return this.#registers;
  }

  /** Keeps those that may have counted most. */
  #letGo(): void {
    if (this.#counts.size <= MOST_VALUES) return;
    const sorted = [...this.#counts].sort(
      ([a, x], [b, y]) => y.sure + y.error - x.sure - x.error || y.sure - x.sure || (a < b ? -1 : 1),
    );
    for (const [value, { sure, error }] of sorted.slice(MOST_VALUES)) {
      this.#floor = Math.max(this.#floor, sure + error);
      this.#counts.delete(value);
    }
  }
}

/** Not in the middle of a surrogate pair. */
function shortened(value: string): string {
  const last = value.charCodeAt(LONGEST_VALUE - 1);
  return value.slice(0, last >= 0xd800 && last < 0xdc00 ? LONGEST_VALUE - 1 : LONGEST_VALUE);
}
