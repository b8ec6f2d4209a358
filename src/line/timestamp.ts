import { isDigit } from '../base/text/is-digit.js';
import { HOUR } from '../base/time/duration.js';

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** Hours kept at hand: enough for files that run some days apart, small enough to forget last year's. */
const REMEMBERED_HOURS = 64;

const RFC3339 =
  /^(\d{4})-(\d\d)-(\d\d)[Tt](\d\d):(\d\d):(\d\d)(?:[.,](\d{1,9}))?([Zz]|[+-]\d\d:?\d\d)?(?![^ \t])/;

export interface TimestampReader {
  /** The time at the head of `text`, in ms since 1970, or null when there is none that can be read. */
  read(text: string): number | null;
}

/**
 * Reads the two timestamps of syslog: `Mon dd hh:mm:ss` (RFC 3164, no year: the one nearest to now) and RFC 3339.
 * Where a stamp names no zone it is of `timezone` (an IANA name), or of this machine when null.
 */
export function createTimestampReader(timezone: string | null, now: () => number): TimestampReader {
  const hours = new Map<string, number | null>();

  function hourOf(key: string): number | null {
    const known = hours.get(key);
    if (known !== undefined) return known;
    if (hours.size >= REMEMBERED_HOURS) hours.clear();
    const hour = startOfHour(key, timezone, now());
    hours.set(key, hour);
    return hour;
  }

  function readRfc3164(text: string): number | null {
    const hour = hourOf(text.slice(0, 9));
    if (hour === null) return null;
    return hour + (Number(text.slice(10, 12)) * 60 + Number(text.slice(13, 15))) * 1000;
  }

  return {
    read(text) {
      return isDigit(text.charCodeAt(0)) ? readRfc3339(text, timezone) : readRfc3164(text);
    },
  };
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

/** `Nov 20 10` as a time: the year is the one that brings it nearest to `now`. */
function startOfHour(key: string, timezone: string | null, now: number): number | null {
  const month = MONTHS.indexOf(key.slice(0, 3));
  const day = Number(key.slice(4, 6));
  const hour = Number(key.slice(7, 9));
  if (month < 0 || !(day >= 1 && day <= 31) || !(hour >= 0 && hour <= 23)) return null;
  const year = new Date(now).getFullYear();
  const candidates = [year - 1, year, year + 1].map((y) => localTime([y, month, day, hour, 0, 0], timezone));
  return candidates.reduce((best, time) => (Math.abs(time - now) < Math.abs(best - now) ? time : best));
}

function readRfc3339(text: string, timezone: string | null): number | null {
  const match = RFC3339.exec(text);
  if (!match) return null;
  const [, year, month, day, hour, minute, second, fraction, zone] = match;
  const fields = [year, month, day, hour, minute, second].map(Number) as Fields;
  fields[1] -= 1;
  const milliseconds = Math.floor(Number(`0.${fraction ?? 0}`) * 1000);
  const time = zone === undefined ? localTime(fields, timezone) : utcTime(fields) - zoneOffset(zone);
  return Number.isFinite(time) ? time + milliseconds : null;
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

function zoneOffset(zone: string): number {
  if (zone === 'Z' || zone === 'z') return 0;
  const sign = zone.startsWith('-') ? -1 : 1;
  return sign * (Number(zone.slice(1, 3)) * 60 + Number(zone.slice(-2))) * 60_000;
}
