import type { Clock } from '../base/time/clock.js';

/** A wait before the next try: until when (ms), why, and after how many failures in a row. */
export interface Wait {
  readonly until: number;
  readonly reason: string;
  readonly failures: number;
  /** The longest that it can be (ms), where a server named a time; left out: MAX_BACK_OFF. */
  readonly longest?: number;
}

/** Seconds to wait after the first, second ... failure in a row; the last holds from then on. */
const BACK_OFF = [5, 15, 30, 60, 120, 300, 600, 900] as const;

/** The longest of them (ms). */
export const MAX_BACK_OFF = 900_000;

/** A server that asks for more time (Retry-After) is asked again after this (ms): it may be wrong, or mean another day. */
export const MAX_RETRY_AFTER = 3_600_000;

/** The wait after so many failures in a row. `least`: how long the server asked to be left alone (ms). */
export function backOff(failures: number, reason: string, clock: Clock, least = 0): Wait {
  const seconds = BACK_OFF[Math.min(failures, BACK_OFF.length) - 1] ?? MAX_BACK_OFF / 1000;
  const wait = { until: clock.now() + seconds * 1000, reason, failures };
  if (least <= seconds * 1000) return wait;
  return { ...wait, until: clock.now() + Math.min(least, MAX_RETRY_AFTER), longest: MAX_RETRY_AFTER };
}

/** Whether a wait is not over. A wait that seems longer than any is over: the clock has been set back. */
export function isWaiting(wait: Wait | null | undefined, now: number): wait is Wait {
  const left = wait ? wait.until - now : 0;
  return wait !== null && wait !== undefined && left > 0 && left <= (wait.longest ?? MAX_BACK_OFF);
}

/** How many addresses are remembered, some hundred bytes each; a config has far fewer. */
const MAX_WAITS = 10_000;

/** Addresses that are backing off. Forgotten at a restart, whose first round tries everything. */
export class Waits {
  readonly #clock: Clock;
  readonly #waits = new Map<string, Wait>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** One more failure in a row of an address; returns the wait that it brings. */
  fail(address: string, reason: string, least?: number): Wait {
    const wait = backOff((this.#waits.get(address)?.failures ?? 0) + 1, reason, this.#clock, least);
    this.set(address, wait);
    return wait;
  }

  set(address: string, wait: Wait): void {
    this.#waits.delete(address); // so that the oldest comes first
    this.#waits.set(address, wait);
    if (this.#waits.size <= MAX_WAITS) return;
    for (const oldest of this.#waits.keys()) {
      this.#waits.delete(oldest);
      return;
    }
  }

  /** It is tried as if it had not failed. */
  end(address: string): void {
    this.#waits.delete(address);
  }

  /** All may be tried now; how often they failed is still known. */
  hasten(): void {
    for (const [address, wait] of this.#waits)
      this.#waits.set(address, { ...wait, until: this.#clock.now() });
  }

  /** The wait that an address is in; null: it may be tried. */
  of(address: string, now: number): Wait | null {
    const wait = this.#waits.get(address);
    return isWaiting(wait, now) ? wait : null;
  }
}
