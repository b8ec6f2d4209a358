import type { Clock } from '../base/time/clock.js';
import { backOff, isWaiting, type Wait } from './waits.js';

/**
 * Whether the mail server cannot be reached, and until when it is left alone: a circuit breaker with a longer wait
 * after each failure. Tries are numbered in the order in which they begin, since several may be under way.
 */
export class ServerOutage {
  readonly #clock: Clock;
  /** null: the server can be reached. `tries`: how many had begun when the failure was found. */
  #current: (Wait & { readonly tries: number }) | null = null;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Why the server cannot be reached; null: it can. */
  get reason(): string | null {
    return this.#current?.reason ?? null;
  }

  /** Whether no try may begin at `now` (ms). */
  isBackingOff(now: number): boolean {
    return isWaiting(this.#current, now);
  }

  /** The server may be tried at once; how often it failed is still known. */
  hasten(): void {
    if (this.#current) this.#current = { ...this.#current, until: this.#clock.now() };
  }

  /**
   * The try with this number found the server unreachable; `begun`: how many tries have begun so far. Returns the wait
   * that follows, or null when a try of the same time has found it before.
   */
  fail(number: number, begun: number, reason: string): Wait | null {
    if (this.#current && number <= this.#current.tries) return null;
    const wait = backOff((this.#current?.failures ?? 0) + 1, reason, this.#clock);
    this.#current = { ...wait, tries: begun };
    return wait;
  }

  /** Whether an answer to the try with this number shows that the outage is over: an older connection does not. */
  isOverAfter(number: number): boolean {
    return this.#current !== null && number > this.#current.tries;
  }

  end(): void {
    this.#current = null;
  }
}
