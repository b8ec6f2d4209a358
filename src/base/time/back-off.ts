import type { Clock } from './clock.js';

/** Between two tries (ms): at first, and at most if nothing else is said; doubled each time. */
const FIRST_WAIT = 1000;
const MAX_WAIT = 60_000;

/** When something that fails may be tried again. */
export class BackOff {
  readonly #clock: Clock;
  readonly #most: number;
  #wait = FIRST_WAIT;
  #nextTry = 0;

  /** `most`: between two tries (ms). */
  constructor(clock: Clock, most = MAX_WAIT) {
    this.#clock = clock;
    this.#most = most;
  }

  /** A clock that was set back does not keep it waiting for longer than the longest wait. */
  get mayTry(): boolean {
    const left = this.#nextTry - this.#clock.now();
    return left <= 0 || left > this.#most;
  }

  failed(): void {
    this.#nextTry = this.#clock.now() + this.#wait;
    this.#wait = Math.min(this.#wait * 2, this.#most);
  }

  worked(): void {
    this.#wait = FIRST_WAIT;
    this.#nextTry = 0;
  }
}
