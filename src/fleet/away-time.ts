import type { Clock } from '../base/time/clock.js';

/** No more than this is counted between two tries (ms): a machine that slept, or whose clock was set, has not tried. */
const MAX_STEP = 60_000;

/** For how long the meeting place has been away: the time over which tries have failed, one after the other. */
export class AwayTime {
  readonly #clock: Clock;
  /** When a try last failed (ms); null: it did not. */
  #failed: number | null = null;
  #total = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** A try has failed. Returns for how long they have (ms). */
  failed(): number {
    const now = this.#clock.now();
    const step = this.#failed === null ? 0 : now - this.#failed;
    this.#total += Math.min(Math.max(step, 0), MAX_STEP);
    this.#failed = now;
    return this.#total;
  }

  reached(): void {
    this.#failed = null;
    this.#total = 0;
  }
}
