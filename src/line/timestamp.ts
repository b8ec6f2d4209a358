import { flatten } from '../base/text/flatten.js';
import { isDigit } from '../base/text/is-digit.js';
import { DAY, HOUR } from '../base/time/duration.js';
import { zoneOffset } from './zone-name.js';

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** Cached hours: enough for files some days apart, few enough to drop those of last year. */
const REMEMBERED_HOURS = 64;

/** 29 February comes every four years, and once in a century after eight. */
const YEARS_BACK = 8;

/** Date and hour, minute, second, fraction, zone. */
const RFC3339 = /^(\d{4}-\d\d-\d\d[Tt]\d\d):(\d\d):(\d\d)(?:[.,](\d{1,9}))?([Zz]|[+-]\d\d:?\d\d)?(?![^ \t])/;

/** The parts of a stamp as the regex of a dialect names them; all are digits but `month` (`Nov` or `11`) and `zone`. */
export interface StampParts {
  readonly [name: string]: string | undefined;
  readonly year?: string | undefined;
  /** The year where it stands before the time, or behind it. */
  readonly yearBefore?: string | undefined;
  readonly yearBehind?: string | undefined;
  readonly month?: string | undefined;
  readonly day?: string | undefined;
  /** `10:02:57` */
  readonly clock?: string | undefined;
  readonly fraction?: string | undefined;
  readonly zone?: string | undefined;
  /** Seconds since 1970. */
  readonly unix?: string | undefined;
}

export interface TimestampReader {
  /** The time at the head of `text`, in ms since 1970, or null when there is none that can be read. */
  read(text: string): number | null;
  /** The time that the parts of a stamp say, or null when they say none. */
  of(parts: StampParts): number | null;
}

/**
 * Reads the timestamps of syslog: `Mon dd hh:mm:ss` (RFC 3164, no year: the nearest one in which it is no later than a
 * day from now, since a device without a clock begins with January) and RFC 3339; and those of dialects, by their
 * parts. Where a stamp names no zone it is of `timezone` (an IANA name), or of this machine when null.
 */
export function createTimestampReader(timezone: string | null, now: () => number): TimestampReader {
  return new StampReader(timezone, now);
}

/** Caches hours by the text of their timestamp: many lines are of one hour, few of one moment. */
class StampReader implements TimestampReader {
  readonly #timezone: string | null;
  readonly #now: () => number;
  readonly #hours = new Map<string, number | null>();
  #resolved = Number.NaN;

  constructor(timezone: string | null, now: () => number) {
    this.#timezone = timezone;
    this.#now = now;
  }

  read(text: string): number | null {
    return isDigit(text.charCodeAt(0)) ? this.#readRfc3339(text) : this.#readRfc3164(text);
  }

  of(parts: StampParts): number | null {
    if (parts.unix !== undefined) return Math.floor(Number(parts.unix) * 1000);
    const { month = '', day, clock } = parts;
    if (day === undefined || clock === undefined) return null;
    const [hour = '', minute, second] = clock.split(':');
    const year = parts.year ?? parts.yearBefore ?? parts.yearBehind;
    const date = { year, month, day, hour, zone: parts.zone };
    const start = this.#hour([year, month, day, hour, parts.zone].join(), () => this.#startOf(date));
    return within(start, Number(minute), Number(second), parts.fraction);
  }

  #readRfc3164(text: string): number | null {
    const head = text.slice(0, 9);
    const date = (): Hour => ({ month: head.slice(0, 3), day: head.slice(4, 6), hour: head.slice(7, 9) });
    const start = this.#hour(head, () => this.#startOf(date()));
    return within(start, Number(text.slice(10, 12)), Number(text.slice(13, 15)));
  }

  #readRfc3339(text: string): number | null {
    const match = RFC3339.exec(text);
    if (!match) return null;
    const [, head = '', minute, second, fraction, zone] = match;
    const start = this.#hour(zone === undefined ? head : head + zone, () => {
      const [year, month = '', day = ''] = head.split(/[-Tt]/);
      return this.#startOf({ year, month, day, hour: head.slice(11), zone });
    });
    return within(start, Number(minute), Number(second), fraction);
  }

  /** A guessed year is valid for an hour: a date that was too late then may be today. */
  #hour(key: string, start: () => number | null): number | null {
    const resolved = Math.floor(this.#now() / HOUR);
    if (resolved !== this.#resolved || this.#hours.size >= REMEMBERED_HOURS) this.#hours.clear();
    this.#resolved = resolved;
    const known = this.#hours.get(key);
    if (known !== undefined) return known;
    const time = start();
    this.#hours.set(flatten(key), time);
    return time;
  }

  #startOf({ year, month, day, hour, zone }: Hour): number | null {
    const monthIndex = isDigit(month.charCodeAt(0)) ? Number(month) - 1 : MONTHS.indexOf(month);
    const date = [monthIndex, Number(day)] as const;
    if (monthIndex < 0 || !(date[1] >= 1 && date[1] <= 31) || !(Number(hour) <= 24)) return null;
    const offset = zone === undefined ? null : zoneOffset(zone);
    const timeIn = (of: number): number => {
      const fields: Fields = [of, ...date, Number(hour), 0, 0];
      return offset === null ? localTime(fields, this.#timezone) : utcTime(fields) - offset;
    };
    const time = year === undefined ? nearestYear(date, timeIn, this.#now()) : timeIn(Number(year));
    return time === null || !Number.isFinite(time) ? null : time;
  }
}

/** An hour of a day as a stamp names it; `month` is `Nov` or `11`. */
interface Hour {
  readonly year?: string | undefined;
  readonly month: string;
  readonly day: string;
  readonly hour: string;
  readonly zone?: string | undefined;
}

/** A time in the hour that begins at `start`; null where there is no such hour or time. */
function within(start: number | null, minute: number, second: number, fraction?: string): number | null {
  if (start === null || !(minute <= 59) || !(second <= 60)) return null;
  return start + (minute * 60 + second) * 1000 + millisecondsOf(fraction);
}

function millisecondsOf(fraction: string | undefined): number {
  return fraction === undefined ? 0 : Math.floor(Number(`0.${fraction}`) * 1000);
}

/** The time in the last year that has such a day and in which it is no later than a day from now. */
function nearestYear(
  [month, day]: readonly [month: number, day: number],
  timeIn: (year: number) => number,
  now: number,
): number | null {
  const next = new Date(now).getFullYear() + 1;
  for (let year = next; year >= next - YEARS_BACK - 1; year--) {
    if (new Date(Date.UTC(year, month, day)).getUTCMonth() !== month) continue;
    const time = timeIn(year);
    if (time <= now + DAY) return time;
  }
  return null;
}

/**
 * Makes the function that writes a time (ms since 1970) as RFC 3164 does, `Nov  2 10:00:00`, in `timezone` or this
 * machine's: what `createTimestampReader` reads.
 */
export function createTimestampWriter(timezone: string | null): (time: number) => string {
  const format = new Intl.DateTimeFormat('en-US', {
    ...(timezone === null ? {} : { timeZone: timezone }),
    hourCycle: 'h23',
    month: 'short',
    day: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
  });
  let second = Number.NaN;
  let written = '';

  return (time) => {
    if (Math.floor(time / 1000) === second) return written;
    second = Math.floor(time / 1000);
    const part = new Map(format.formatToParts(time).map(({ type, value }) => [type, value]));
    const day = (part.get('day') ?? '').padStart(2);
    written = `${part.get('month')} ${day} ${part.get('hour')}:${part.get('minute')}:${part.get('second')}`;
    return written;
  };
}

type Fields = [year: number, month: number, day: number, hour: number, minute: number, second: number];

/** As `Date.UTC`, which takes the years 0 to 99 for those of the last century. */
function utcTime([year, month, day, ...clock]: Fields): number {
  const date = new Date(0);
  date.setUTCFullYear(year, month, day);
  return date.setUTCHours(...clock);
}

/** A wall-clock time of a zone as ms since 1970; in the hour that a clock change repeats, the first pass. */
function localTime(fields: Fields, timezone: string | null): number {
  const [year, month, day, ...clock] = fields;
  if (timezone === null) {
    const date = new Date(2000, 0, 1);
    date.setFullYear(year, month, day);
    return date.setHours(...clock);
  }
  const utc = utcTime(fields);
  const guess = utc - offsetAt(utc - HALF_DAY, timezone);
  return utc - offsetAt(guess, timezone);
}

/** Far enough before a clock change that the offset is the one of the first pass. */
const HALF_DAY = 12 * HOUR;
const formats = new Map<string, Intl.DateTimeFormat>();

/** How far `timezone` is ahead of UTC at `time`, in ms. */
function offsetAt(time: number, timezone: string): number {
  let format = formats.get(timezone);
  if (!format) {
    format = new Intl.DateTimeFormat('en-US', {
      timeZone: timezone,
      hourCycle: 'h23',
      era: 'short',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    });
    formats.set(timezone, format);
  }
  const part = new Map(format.formatToParts(time).map(({ type, value }) => [type, value]));
  const field = (type: Intl.DateTimeFormatPartTypes): number => Number(part.get(type) ?? 0);
  const year = part.get('era') === 'BC' ? 1 - field('year') : field('year');
  const date = [year, field('month') - 1, field('day')] as const;
  const wall = utcTime([...date, field('hour'), field('minute'), field('second')]);
  return wall - Math.floor(time / 1000) * 1000;
}
