import type { MaskedSpans } from '../pattern.js';
import { TAG_BITS, TagKind } from './tagged-nfa.js';

/** Combinations of groups with a prepared result; a regex with more has optional groups by the dozen. */
const MAX_RESULTS = 256;
/** In place of an offset: not known yet, and unset. */
const OPEN = -1;
const UNSET = -2;

/** Collects where the groups begin and end, from the end of a text to its start: what is met first was set last. */
export class GroupSpans {
  /** The groups by slot. */
  readonly #groups: readonly number[];
  /** By slot, a bit; there may be more than 32. */
  readonly #bits: Float64Array;
  readonly #starts: Int32Array;
  readonly #ends: Int32Array;
  /** By combination of slots, as a number with a bit for each: the result, which is overwritten each time. */
  readonly #results = new Map<number, Result>();

  constructor(groups: readonly number[]) {
    this.#groups = groups;
    this.#bits = Float64Array.from(groups, (_, slot) => 2 ** slot);
    this.#starts = new Int32Array(groups.length);
    this.#ends = new Int32Array(groups.length);
  }

  clear(): void {
    for (let slot = 0; slot < this.#ends.length; slot++) {
      this.#starts[slot] = OPEN;
      this.#ends[slot] = OPEN;
    }
  }

  /** Takes the tags of a place, the last one first. */
  take(tags: readonly number[], at: number): void {
    for (let i = 0; i < tags.length; i++) {
      const tag = tags[i] as number;
      this.#take(tag >> TAG_BITS, tag & ((1 << TAG_BITS) - 1), at);
    }
  }

  #take(slot: number, kind: number, at: number): void {
    const end = this.#ends[slot] as number;
    if (kind === TagKind.start) {
      if (end >= 0 && this.#starts[slot] === OPEN) this.#starts[slot] = at;
    } else if (end === OPEN) this.#ends[slot] = kind === TagKind.end ? at : UNSET;
  }

  /** The spans in order; null if they are not, as those of groups in a loop, or if one begins before `lowest`. */
  result(lowest: number): MaskedSpans | null {
    let key = 0;
    let behind = lowest;
    for (let slot = 0; slot < this.#ends.length; slot++) {
      const end = this.#ends[slot] as number;
      if (end < 0) continue;
      if ((this.#starts[slot] as number) < behind) return null;
      behind = end;
      key += this.#bits[slot] as number;
    }
    return this.#fill(this.#results.get(key) ?? this.#prepare(key));
  }

  #fill(result: Result): MaskedSpans {
    const { slots, spans } = result;
    for (let i = 0; i < slots.length; i++) {
      const slot = slots[i] as number;
      spans[2 * i] = this.#starts[slot] as number;
      spans[2 * i + 1] = this.#ends[slot] as number;
    }
    return result;
  }

  #prepare(key: number): Result {
    const slots = [...this.#groups.keys()].filter((slot) => (this.#ends[slot] as number) >= 0);
    const groups = slots.map((slot) => this.#groups[slot] as number);
    const result = { slots, groups, spans: new Int32Array(2 * slots.length) };
    if (this.#results.size === MAX_RESULTS) this.#results.clear();
    this.#results.set(key, result);
    return result;
  }
}

interface Result extends MaskedSpans {
  readonly slots: readonly number[];
  readonly spans: Int32Array;
}
