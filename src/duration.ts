const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** A stretch of time for people, in its two largest units: `45 s`, `12 min`, `3 h 12 min`, `6 d 3 h`. */
export function describeDuration(milliseconds: number): string {
  const time = Math.max(milliseconds, 0);
  if (time < MINUTE) return `${Math.floor(time / SECOND)} s`;
  if (time < HOUR) return `${Math.floor(time / MINUTE)} min`;
  if (time < DAY) return join([time / HOUR, 'h'], [(time % HOUR) / MINUTE, 'min']);
  return join([time / DAY, 'd'], [(time % DAY) / HOUR, 'h']);
}

function join([large, unit]: [number, string], [small, smaller]: [number, string]): string {
  const rest = Math.floor(small);
  return `${Math.floor(large)} ${unit}${rest > 0 ? ` ${rest} ${smaller}` : ''}`;
}
