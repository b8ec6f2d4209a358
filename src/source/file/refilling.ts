/** So long (ms) a log that was emptied may stay as it is before what comes next is taken for new. */
const MAX_UNCHANGED_TIME = 10_000;

/** A copy that grows by so much (bytes) between two looks is still being written; but not for longer than that (ms). */
const MIN_GROWTH = 1024 * 1024;
const MAX_REFILL_TIME = 60_000;

/**
 * The time in which a log that was emptied or replaced, and begins like what was read of it, may become a copy of that:
 * `cp` empties a file before it fills it. A new log that has the same first lines is read a little later for it.
 */
export class Refilling {
  readonly #began: number;
  #grew: number;
  #size = 0;
  /** Whether it was told that the log was emptied. */
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
