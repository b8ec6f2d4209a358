/** Numbers held, four an entry: 32 MB. */
const MAX_STACK_SIZE = 8_000_000;
const FIRST_NUMBERS = 1 << 10;
/** What grew beyond this is given back after the match: 256 kB. */
const KEPT_NUMBERS = 1 << 16;
/** Numbers of an entry: its kind and three operands. */
export const CHOICE_SIZE = 4;

/** What an entry is; its three operands follow. */
export const Choice = {
  /** pc, place: go on there. */
  way: 0,
  /** register, value: put it back. Register -1: the recursion under way, by its number. */
  undo: 1,
  /** pc, least, place: give back one character of a run. */
  shorter: 2,
  /** pc, place, how many may still follow: take one more. */
  longer: 3,
  /** point, memo: all that could follow has failed. */
  failed: 4,
  /** point, pc of a run, place: all that could follow the run from this place has failed. */
  runFailed: 5,
  /** pc, place, distance: look back from one character nearer. */
  nearer: 6,
} as const;

/** The ways not yet tried, and what to put back before they are: a stack. */
export class ChoiceStack {
  #numbers = new Int32Array(FIRST_NUMBERS);
  /** How many numbers there are: the place behind the last entry. */
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

  /** A number of an entry, by its place. */
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

  /** Gives back what an unusual match took. */
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
