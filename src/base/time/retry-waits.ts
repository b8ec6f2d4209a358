import type { Clock } from './clock.js';

/** Back-off for a letter that cannot be made (ms): a minute, doubled each time, at most this. */
const FIRST_WAIT = 60_000;
const MAX_WAIT = 900_000;

interface Wait {
  readonly failures: number;
  /** When it may be tried again (ms). */
  readonly until: number;
}

/** Queues that back off, because their letters could not be made. */
export class RetryWaits {
  readonly #clock: Clock;
  readonly #waits = new Map<string, Wait>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** The letter of the queue could not be made. */
  add(queue: string): void {
    const failures = (this.#waits.get(queue)?.failures ?? 0) + 1;
    const until = this.#clock.now() + Math.min(FIRST_WAIT * 2 ** (failures - 1), MAX_WAIT);
    this.#waits.set(queue, { failures, until });
  }

  end(queue: string): void {
    this.#waits.delete(queue);
  }

  isWaiting(queue: string): boolean {
    const left = (this.#waits.get(queue)?.until ?? 0) - this.#clock.now();
    return left > 0 && left <= MAX_WAIT; // a longer wait was set before the clock was set back
  }
}
