import { formatTime } from '../../base/text/layout.js';

/** `Fri 20 Nov, 12:30 to Sat 21 Nov, 06:25`, or one time where both are of the same minute. ms. */
export function formatSpan(first: number, last: number, timezone: string | null, now: number): string {
  const [from, to] = [first, last].map((time) => formatTime(time, timezone, now));
  return from === to ? `${from}` : `${from} to ${to}`;
}
