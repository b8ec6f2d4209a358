import { describeDuration } from '../base/time/duration.js';

/** How far a clock is ahead (ms; negative: behind): `5 min ahead`. */
export function describeAhead(ahead: number): string {
  return `${describeDuration(Math.abs(ahead))} ${ahead > 0 ? 'ahead' : 'behind'}`;
}
