export const ASCII = 128;
/** The table has columns for ASCII without control characters only: a small table stays in the processor's cache. */
const FIRST_COLUMN = 32;
const COLUMNS = ASCII - FIRST_COLUMN;
/** Added to the number of a final state: it waits for nothing, so the rest of the text does not matter. */
export const FINAL = 0x8000;
/** Size of the transition cache for characters without a column; a power of two. */
const CACHE_SIZE = 4096;
/** States for which there is room at first. */
const FIRST_ROOM = 64;
const NO_CHARACTER = -1;

/**
 * The transitions of a lazy DFA that are known so far: from a state, with a character, to a state, or to a final one
 * (number plus `FINAL`). States are numbered from 1.
 */
export class Transitions {
  /** `#table[state * COLUMNS + character - FIRST_COLUMN]`: the next state, 0 when it is not known. */
  #table = new Uint16Array(FIRST_ROOM * COLUMNS);
  /**
   * By state: the character that leads to the state with the next number, or `NO_CHARACTER`. The states of a text are made
   * one after another, so most steps that leave a state go there. These two bytes a state stay in the processor's cache,
   * and the next number is known before they are read.
   */
  #following = new Int16Array(FIRST_ROOM).fill(NO_CHARACTER);
  /** By state: its transitions with characters that have no column. */
  readonly #beyond: (Map<number, number> | undefined)[] = [];
  readonly #cacheKeys = new Float64Array(CACHE_SIZE);
  readonly #cacheStates = new Uint16Array(CACHE_SIZE);
  /** Where the last walk stopped. */
  stop = 0;

  /**
   * Goes from a state through the characters from `from` to `to`, as far as transitions are known and no final state is
   * reached. Returns the state, plus `FINAL` if it is final; `stop` is then `to`, or the place of the last character that
   * was looked at, which has not been taken unless the state is final.
   */
  walk(first: number, units: Uint16Array, from: number, to: number): number {
    const table = this.#table;
    const following = this.#following;
    let state = first;
    let i = from;
    for (; i < to; i++) {
      while (following[state] === units[i]) {
        state++;
        if (++i === to) return this.#stopped(state, to);
      }
      const code = units[i] as number;
      const column = code - FIRST_COLUMN;
      const next =
        column >= 0 && column < COLUMNS
          ? (table[state * COLUMNS + column] as number)
          : this.#nextBeyond(state, code);
      if (next === state) i = this.#stay(state, units, i, to);
      // One comparison for both rare cases: unknown, and final.
      else if ((next - 1) >>> 0 < FINAL - 1) state = next;
      else return this.#stopped(next === 0 ? state : next, i);
    }
    return this.#stopped(state, to);
  }

  #stopped(state: number, place: number): number {
    this.stop = place;
    return state;
  }

  /** The place of the last character, of those from `first` on, with which a state leads to itself. */
  #stay(state: number, units: Uint16Array, first: number, to: number): number {
    const table = this.#table;
    const row = state * COLUMNS - FIRST_COLUMN;
    let i = first + 1;
    for (; i < to; i++) {
      const code = units[i] as number;
      if (code < FIRST_COLUMN || code >= ASCII || table[row + code] !== state) break;
    }
    return i - 1;
  }

  #nextBeyond(state: number, code: number): number {
    const key = state * 0x10000 + code;
    const place = (state * 31 + code) & (CACHE_SIZE - 1);
    if (this.#cacheKeys[place] === key) return this.#cacheStates[place] as number;
    const next = this.#beyond[state]?.get(code) ?? 0;
    if (next !== 0) {
      this.#cacheKeys[place] = key;
      this.#cacheStates[place] = next;
    }
    return next;
  }

  /** Enters a transition. There must be room for its states. */
  add(state: number, code: number, next: number): void {
    // Codes from 0x8000 on do not fit into `#following`, nor do final states.
    if (next === state + 1 && code < 0x8000 && this.#following[state] === NO_CHARACTER)
      this.#following[state] = code;
    if (code >= FIRST_COLUMN && code < ASCII) {
      this.#table[state * COLUMNS + code - FIRST_COLUMN] = next;
      return;
    }
    const beyond = this.#beyond[state] ?? new Map<number, number>();
    this.#beyond[state] = beyond.set(code, next);
  }

  /** Makes room for so many states. */
  makeRoom(states: number): void {
    if (states <= this.#following.length) return;
    const table = new Uint16Array(this.#table.length * 2);
    table.set(this.#table);
    this.#table = table;
    const following = new Int16Array(this.#following.length * 2).fill(NO_CHARACTER);
    following.set(this.#following);
    this.#following = following;
  }
}
