import { DAY } from './duration.js';

/** The day of a time in a zone (null: that of this machine), as the midnight (UTC, ms) of the same date. */
export function dayOf(time: number, timezone: string | null): number {
  const format = new Intl.DateTimeFormat('en-US', {
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    ...(timezone === null ? {} : { timeZone: timezone }),
  });
  const parts = new Map(format.formatToParts(time).map(({ type, value }) => [type, Number(value)]));
  return Date.UTC(parts.get('year') ?? 0, (parts.get('month') ?? 1) - 1, parts.get('day') ?? 1);
}

/** The Monday of a day's week; both as `dayOf` gives days. */
export function mondayOf(day: number): number {
  return day - ((new Date(day).getUTCDay() + 6) % 7) * DAY;
}

/** `2027-01-31` for a day as `dayOf` gives it. */
export function isoDay(day: number): string {
  return new Date(day).toISOString().slice(0, 10);
}

/** Whether a text is a day of the calendar in the form `2027-01-31`. */
export function isIsoDay(text: string): boolean {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) return false;
  const time = Date.parse(`${text}T00:00:00Z`);
  return !Number.isNaN(time) && isoDay(time) === text;
}
