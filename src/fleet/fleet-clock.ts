import type { Clock } from '../base/time/clock.js';

/** Clocks that differ by less (ms) are left as they are: that is what an answer over a network may take. */
const MIN_OFFSET = 2000;

/** A clock that is further off (ms) is wrong, and people are told. */
export const MAX_CLOCK_ERROR = 60_000;

/** A clock of this machine that shows the time of the meeting place, as far as that is known. */
export class FleetClock implements Clock {
  readonly #own: Clock;
  /** How far the clock of this machine is ahead (ms). */
  #ahead: number;

  /** `ahead`: as it was last known. */
  constructor(own: Clock, ahead: number) {
    this.#own = own;
    this.#ahead = ahead;
  }

  /** How far the clock of this machine is ahead of the meeting place's (ms), as last measured; negative: behind. */
  get ahead(): number {
    return this.#ahead;
  }

  /** Whether that is so much that people must be told. */
  get isWrong(): boolean {
    return Math.abs(this.#ahead) > MAX_CLOCK_ERROR;
  }

  measured(ahead: number): void {
    this.#ahead = ahead;
  }

  now(): number {
    return this.#own.now() - (Math.abs(this.#ahead) > MIN_OFFSET ? this.#ahead : 0);
  }

  after(milliseconds: number, action: () => void): () => void {
    return this.#own.after(milliseconds, action);
  }
}
