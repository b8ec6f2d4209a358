import type { Clock } from '../base/time/clock.js';

export interface WatchdogOptions {
  /** Only for waiting; `monotonic` gives the time. */
  readonly clock: Pick<Clock, 'after'>;
  /** ms, of a clock that nobody sets. */
  monotonic(): number;
  /** How often it checks (ms). */
  readonly interval: number;
  /** At a check: the event loop turns, and polls of the logs end, or commit what they read. */
  onAlive(): void;
  /** At the first check that finds that for so long (ms) no poll has ended, and nothing was committed. */
  onStalled(silence: number): void;
}

/**
 * A poll of the logs that has neither ended nor committed anything for so long (ms) hangs. These take long without
 * hanging: a backlog, which is committed at every poll; a packed log, which is unpacked up to its offset, a gigabyte
 * in some ten seconds; and a reload, which gives half a minute to reading and as long to mailing.
 */
export const MAX_SILENCE = 5 * 60_000;

/**
 * Checks at each interval whether the daemon works. A poll that hangs does not block the event loop, since others begin
 * beside it; an event loop that hangs makes no check.
 */
export class Watchdog {
  readonly #options: WatchdogOptions;
  #due: number;
  #isStalled = false;
  #cancel: (() => void) | null = null;

  constructor(options: WatchdogOptions) {
    this.#options = options;
    this.#due = options.monotonic() + MAX_SILENCE;
    this.#wait();
  }

  /** A poll has ended, or what it has read so far is committed. The next one begins in `rest` ms. */
  progressed(rest: number): void {
    this.#due = Math.max(this.#due, this.#options.monotonic() + rest + MAX_SILENCE);
    this.#isStalled = false;
  }

  stop(): void {
    this.#cancel?.();
  }

  #wait(): void {
    this.#cancel = this.#options.clock.after(this.#options.interval, () => {
      this.#wait();
      this.#check();
    });
  }

  #check(): void {
    const overdue = this.#options.monotonic() - this.#due;
    if (overdue <= 0) return this.#options.onAlive();
    if (!this.#isStalled) this.#options.onStalled(overdue + MAX_SILENCE);
    this.#isStalled = true;
  }
}
