/** When a truncated log has not grown for so long (ms), the next lines are taken for new ones. */
const MAX_UNCHANGED_TIME = 10_000;

/** A copy that grows by so many bytes between two polls is still being written; but not for longer than that (ms). */
const MIN_GROWTH = 1024 * 1024;
const MAX_REFILL_TIME = 60_000;

/**
 * The time in which a log that was truncated or replaced, and begins like the old one, may become a copy of the old
 * one: `cp` truncates a file before it fills it. A new log with the same first lines is read a little later because
 * of it.
 */
export class Refilling {
  readonly #began: number;
  #grew: number;
  #size = 0;
  /** Whether it was reported that the log was truncated. */
  isReported = false;

  /** `now` in ms. */
  constructor(now: number) {
    this.#began = now;
    this.#grew = now;
  }

  /** Whether it is worth waiting for the rest; `size` is that of the file just now (bytes). */
  isOpen(now: number, size: number): boolean {
    if (size >= this.#size + MIN_GROWTH) {
      this.#size = size;
      this.#grew = now;
    }
    return now - this.#grew < MAX_UNCHANGED_TIME && now - this.#began < MAX_REFILL_TIME;
  }
}
