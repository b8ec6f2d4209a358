import type { Clock } from '../../src/base/time/clock.js';

/** A clock that stands still until it is told to go on. */
export interface HeldClock extends Clock {
  /** Goes on by `milliseconds`, and runs what comes due on the way, in order, each at its own time. */
  advance(milliseconds: number): void;
  /** Sets the clock forward or back without running anything, as an administrator does. */
  jump(milliseconds: number): void;
  /** How many actions wait. */
  readonly waiting: number;
}

/** A clock that stands at `start`, ms since 1970. */
export function heldClock(start = Date.UTC(2026, 10, 20, 10, 0, 0)): HeldClock {
  let now = start;
  const actions = new Set<{ readonly at: number; readonly action: () => void }>();

  return {
    now: () => now,
    after(milliseconds, action) {
      const entry = { at: now + milliseconds, action };
      actions.add(entry);
      return () => void actions.delete(entry);
    },
    advance(milliseconds) {
      const end = now + milliseconds;
      for (;;) {
        const [next] = [...actions].filter(({ at }) => at <= end).sort((a, b) => a.at - b.at);
        if (!next) break;
        actions.delete(next);
        now = Math.max(now, next.at);
        next.action();
      }
      now = end;
    },
    jump(milliseconds) {
      now += milliseconds;
    },
    get waiting() {
      return actions.size;
    },
  };
}
