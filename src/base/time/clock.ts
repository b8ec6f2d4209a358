/** Time as the daemon sees it; tests replace it. All times are milliseconds since 1970. */
export interface Clock {
  now(): number;
  /** Runs `action` once, after `milliseconds`; the returned function cancels it. */
  after(milliseconds: number, action: () => void): () => void;
}

/** The clock on the wall. */
export const systemClock: Clock = {
  now: () => Date.now(),
  after(milliseconds, action) {
    const timer = setTimeout(action, milliseconds);
    return () => clearTimeout(timer);
  },
};
