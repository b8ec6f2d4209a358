/** Numbers, four for each entry: 32 MB. */
const MAX_STACK_SIZE = 8_000_000;
const FIRST_NUMBERS = 1 << 10;
/** A stack that grew beyond this is freed after the match: 256 kB. */
const KEPT_NUMBERS = 1 << 16;
/** Numbers of an entry: its kind and three operands. */
export const CHOICE_SIZE = 4;

/** Kinds of entries; three operands follow. Choice points, but for `restore` (the trail) and the two memo entries. */
export const Choice = {
  /** pc, offset: continue there. */
  alternative: 0,
  /** register, value: restore it. Register -1: the active recursion, by its number. */
  restore: 1,
  /** pc, least, offset: give back one character of a run. */
  runShorter: 2,
  /** pc, offset, how many may still follow: take one more character of a run. */
  runLonger: 3,
  /** key, memo: everything after the memo point has failed. */
  memoFailed: 4,
  /** key, pc of a run, offset: everything after the run has failed from this offset. */
  runFailed: 5,
  /** pc, offset, distance: start a lookbehind one character nearer. */
  lookbehindNearer: 6,
} as const;

/** The stack of choice points and of the trail (values to restore on backtracking). */
export class ChoiceStack {
  #numbers = new Int32Array(FIRST_NUMBERS);
  /** The number of used numbers: the index after the last entry. */
  height = 0;
  readonly #onFull: () => never;

  constructor(onFull: () => never) {
    this.#onFull = onFull;
  }

  push(kind: number, a: number, b: number, c: number): void {
    if (this.height + CHOICE_SIZE > this.#numbers.length) this.#grow();
    const numbers = this.#numbers;
    const { height } = this;
    numbers[height] = kind;
    numbers[height + 1] = a;
    numbers[height + 2] = b;
    numbers[height + 3] = c;
    this.height = height + CHOICE_SIZE;
  }

  /** A number of an entry, by its index. */
  at(place: number): number {
    return this.#numbers[place] as number;
  }

  /** Moves the entry at `from` down to `to`. */
  move(from: number, to: number): void {
    if (from !== to) this.#numbers.copyWithin(to, from, from + CHOICE_SIZE);
  }

  clear(): void {
    this.height = 0;
  }

  /** Frees the memory of an unusual match. */
  tidy(): void {
    if (this.#numbers.length > KEPT_NUMBERS) this.#numbers = new Int32Array(FIRST_NUMBERS);
  }

  #grow(): void {
    if (this.#numbers.length >= MAX_STACK_SIZE) this.#onFull();
    const larger = new Int32Array(Math.min(this.#numbers.length * 2, MAX_STACK_SIZE));
    larger.set(this.#numbers);
    this.#numbers = larger;
  }
}
