import { type CharSet, contains, FIRST_ASTRAL } from '../parse/char-set.js';

/** Units of Latin-1 have a table. */
const LATIN = 256;
const NEWLINE = 10;
const FIRST_SURROGATE = 0xd800;
const BEHIND_SURROGATES = 0xe000;

/** The class of what is not read: newlines, and surrogates, which are halves of characters. */
export const UNREAD = 0;

/**
 * UTF-16 units sorted into classes, so that no set of a regex tells two units of one class apart (Aho, Lam, Sethi, Ullman:
 * Compilers, 3.9.8). So the table of an automaton has a few dozen columns.
 */
export class Alphabet {
  /** The number of classes. */
  readonly size: number;
  /** The classes that are read. */
  readonly classes: readonly number[];
  /** The classes of the first 256 units. */
  readonly low = new Uint8Array(LATIN);
  /** Where the class changes, and to which. */
  readonly #starts: readonly number[];
  readonly #classes: readonly number[];
  /** Where in both the first unit behind Latin-1 is. */
  readonly #behindLatin: number;
  /** A unit of each class. */
  readonly #samples: readonly number[];

  constructor(sets: readonly CharSet[]) {
    const starts = startsOf(sets);
    const numbers = new Map<number, number>();
    const samples = [NEWLINE];
    this.#starts = starts;
    this.#classes = refined(starts, sets).map((group, at) => {
      const start = starts[at] as number;
      if (isUnread(start)) return UNREAD;
      const number = numbers.get(group) ?? samples.push(start) - 1;
      numbers.set(group, number);
      return number;
    });
    this.#behindLatin = starts.findLastIndex((start) => start <= LATIN);
    this.#samples = samples;
    this.size = samples.length;
    this.classes = [...samples.keys()].slice(UNREAD + 1);
    for (const [at, start] of starts.entries())
      this.low.fill(this.#classes[at] as number, Math.min(start, LATIN));
  }

  classOf(unit: number): number {
    return unit < LATIN ? (this.low[unit] as number) : this.beyond(unit);
  }

  /** The class of a unit behind Latin-1. */
  beyond(unit: number): number {
    let low = this.#behindLatin;
    let high = this.#starts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((this.#starts[middle] as number) <= unit) low = middle;
      else high = middle - 1;
    }
    return this.#classes[low] as number;
  }

  /** By class, whether its units belong to a set, which must be one of those given before. */
  classesIn(set: CharSet): Uint8Array {
    const classes = new Uint8Array(this.size);
    for (const cls of this.classes) classes[cls] = contains(set, this.#samples[cls] as number) ? 1 : 0;
    return classes;
  }
}

function isUnread(unit: number): boolean {
  return unit === NEWLINE || (unit >= FIRST_SURROGATE && unit < BEHIND_SURROGATES);
}

/** Where any set begins or ends, below the characters that take two units. */
function startsOf(sets: readonly CharSet[]): readonly number[] {
  const starts = new Set([0, NEWLINE, NEWLINE + 1, FIRST_SURROGATE, BEHIND_SURROGATES]);
  for (const set of sets) for (const [first, last] of set) starts.add(first).add(last + 1);
  return [...starts].filter((start) => start < FIRST_ASTRAL).sort((a, b) => a - b);
}

/** Splits the ranges from one start to the next into groups, so that each set holds all ranges of a group or none. */
function refined(starts: readonly number[], sets: readonly CharSet[]): number[] {
  const places = new Map(starts.map((start, at) => [start, at]));
  const groups = starts.map(() => 0);
  let count = 1;
  for (const set of sets) {
    const parts = new Map<number, number>();
    for (const [first, last] of set) {
      const end = places.get(last + 1) ?? starts.length;
      for (let at = places.get(first) ?? end; at < end; at++) {
        const group = groups[at] as number;
        const part = parts.get(group) ?? count++;
        parts.set(group, part);
        groups[at] = part;
      }
    }
  }
  return groups;
}
