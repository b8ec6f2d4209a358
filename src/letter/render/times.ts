import { DAY } from '../../base/time/duration.js';
import type { Words } from '../words/words.js';

/** Times as a letter shows them, in its zone and language. */
export interface Times {
  /** `Nov 20 12:30`, with the year if it is not that of the letter: `Nov 20 2025 12:30`. */
  day(time: number): string;
  /** Whether it was on the day before the letter was made. */
  isYesterday(time: number): boolean;
  /** `12:30`, or `12:30 – 13:05`; with days where the letter covers more than one. Empty when nothing is known. */
  span(first: number | null, last: number | null): string;
}

/** In a letter of at most this period (ms), times are shown without the day. */
const SHORT = DAY;

const MINUTE = 60_000;

/** Cached minutes: most times of a letter fall into a few minutes. */
const MAX_CACHED_MINUTES = 50_000;

/** `timezone`: an IANA zone; null: that of this machine. `made`: when the letter was made (ms). */
export function createTimes(
  period: { readonly from: number; readonly to: number } | null,
  { timezone, made }: { readonly timezone: string | null; readonly made: number },
  words: Words,
): Times {
  const written = writer(timezone);
  const thisYear = written(made).year;
  const day = (time: number): string => {
    const { year, month, day, clock } = written(time);
    return `${words.day(month, day, year === thisYear ? null : year)} ${clock}`;
  };
  const isWithin = (time: number): boolean =>
    period !== null && time > period.to - SHORT && time <= period.to;
  const isShort = period !== null && period.to - period.from <= SHORT;
  return {
    day,
    isYesterday: (time) => isSameDay(written(time), written(made - DAY)),
    span(first, last) {
      if (first === null || last === null) return '';
      const [from, to] = [written(first), written(last)];
      const sameDay = isSameDay(from, to);
      const start = isShort && isWithin(first) && isWithin(last) ? from.clock : day(first);
      const end = sameDay || start === from.clock ? to.clock : day(last);
      return sameDay && from.clock === to.clock ? start : words.span(start, end);
    },
  };
}

interface Written {
  /** 0 is 1 BC, as in ISO 8601. */
  readonly year: number;
  readonly month: number;
  readonly day: number;
  readonly clock: string;
}

function isSameDay(a: Written, b: Written): boolean {
  return a.day === b.day && a.month === b.month && a.year === b.year;
}

function writer(timezone: string | null): (time: number) => Written {
  const format = new Intl.DateTimeFormat('en-US', {
    era: 'short',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
    ...(timezone === null ? {} : { timeZone: timezone }),
  });
  const held = new Map<number, Written>();
  return (time) => {
    const minute = Math.floor(time / MINUTE);
    const known = held.get(minute);
    if (known) return known;
    const parts = new Map(format.formatToParts(time).map(({ type, value }) => [type, value]));
    const year = Number(parts.get('year'));
    const written = {
      year: parts.get('era') === 'BC' ? 1 - year : year,
      month: Number(parts.get('month')),
      day: Number(parts.get('day')),
      clock: `${parts.get('hour')}:${parts.get('minute')}`,
    };
    if (held.size >= MAX_CACHED_MINUTES) held.clear();
    held.set(minute, written);
    return written;
  };
}
