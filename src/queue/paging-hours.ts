import { DAY } from '../base/time/duration.js';

/** When pages of a queue are sent, by the clock on the wall. */
export interface PagingHours {
  /** Minutes of a day, from 0 to 1440; a span whose end is not after its begin goes on into the next day. */
  readonly spans: readonly { readonly from: number; readonly to: number }[];
  /** The days on which they begin; 0 is Sunday. */
  readonly days: ReadonlySet<number>;
}

const MINUTE = 60_000;
const MINUTES_OF_DAY = 1440;

/**
 * Whether pages are sent at a time (ms). `timezone`: an IANA zone; null: that of this machine. When the clock changes, what
 * the clock on the wall shows decides: an hour that comes twice belongs to the hours both times.
 */
export function isOpen({ spans, days }: PagingHours, timezone: string | null, time: number): boolean {
  const { day, minute } = wallClock(timezone, time);
  return spans.some(({ from, to }) => {
    if (to > from) return days.has(day) && minute >= from && minute < to;
    return (days.has(day) && minute >= from) || (days.has((day + 6) % 7) && minute < to);
  });
}

/** A week and what a change of the clock may add (ms): within it every span of hours has begun. */
const SEARCH = 8 * DAY;

/** When pages are sent again (ms): the time itself, or the first minute of the hours after it. */
export function opensAt(hours: PagingHours, timezone: string | null, time: number): number {
  if (isOpen(hours, timezone, time)) return time;
  for (let at = Math.floor(time / MINUTE) + 1; at * MINUTE < time + SEARCH; at++)
    if (isOpen(hours, timezone, at * MINUTE)) return at * MINUTE;
  return time + SEARCH;
}

interface WallClock {
  /** 0 is Sunday. */
  readonly day: number;
  readonly minute: number;
}

const WEEKDAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'];

function wallClock(timezone: string | null, time: number): WallClock {
  if (timezone === null) {
    const date = new Date(time);
    return { day: date.getDay(), minute: date.getHours() * 60 + date.getMinutes() };
  }
  const parts = new Map(
    formatOf(timezone)
      .formatToParts(time)
      .map(({ type, value }) => [type, value]),
  );
  const minute = Number(parts.get('hour')) * 60 + Number(parts.get('minute'));
  return { day: WEEKDAYS.indexOf(parts.get('weekday') ?? ''), minute: minute % MINUTES_OF_DAY };
}

/** Making one takes longer than a thousand uses of it. A config has few zones. */
const formats = new Map<string, Intl.DateTimeFormat>();

function formatOf(timeZone: string): Intl.DateTimeFormat {
  const known = formats.get(timeZone);
  if (known) return known;
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone,
    hourCycle: 'h23',
    weekday: 'short',
    hour: 'numeric',
    minute: 'numeric',
  });
  formats.set(timeZone, format);
  return format;
}
