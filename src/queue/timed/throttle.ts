import { believed } from './window.js';

/** Whether a hit passes, and from when on (ms) the next one is measured. */
export interface ThrottleStep {
  readonly passes: boolean;
  readonly since: number;
}

/**
 * `set throttle`: the first hit of a key passes, and later ones do once `span` ms have gone by since. `since`: the last
 * hit that passed; null: none. A late line never passes while a hit after it has. Nothing is from the future, as in
 * `addToWindow`.
 */
export function throttle(since: number | null, time: number | null, span: number, now: number): ThrottleStep {
  const at = believed(time, now);
  const last = since === null ? null : Math.min(since, now);
  if (last !== null && at < last + span) return { passes: false, since: last };
  return { passes: true, since: at };
}

/**
 * Whether a hit at `last` (null: none) is no further than `span` ms from a line: before it, or after it, since two logs
 * are read in either order.
 */
export function isNear(last: number | null, time: number | null, span: number, now: number): boolean {
  return last !== null && Math.abs(believed(time, now) - Math.min(last, now)) <= span;
}
