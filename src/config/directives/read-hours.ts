import type { SourceLocation } from '../../base/place.js';
import { quote } from '../../base/text/quote.js';
import type { PagingHours } from '../../queue/paging-hours.js';
import type { Reporter } from '../read/report.js';
import { reportRest } from '../read/report-rest.js';
import { type SourceText, splitWord } from '../read/source-text.js';
import type { Keyed, Replacing } from './declare.js';
import { refuse } from './value-kinds.js';

/** `set hours`: when pages of a queue are sent. */
export interface HoursConfig {
  readonly queue: string;
  readonly hours: PagingHours;
  /** With more lines than this its page is sent at any time; null: it waits, however many there are. */
  readonly over: number | null;
  readonly place: SourceLocation;
}

const FORM = 'write set hours QUEUE HOURS DAYS [over N], as in set hours page 7-22 mon-fri over 20';
const HOURS_FORM =
  'write one span or several, with commas, from 0 to 24: 7-22, 7:30-12,13-18, or 22-6 over midnight';
const DAYS_FORM = 'write mon-fri, sat,sun, or * for every day';

const DAYS = ['sunday', 'monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday'];

export const hours: Replacing<HoursConfig> = {
  grammar: 'QUEUE HOURS DAYS [over N]',
  read: readHours,
  replaced: (queue) => ({
    seen: `${quote(queue)} has other hours above`,
    instead: 'this line replaces the earlier one',
  }),
  order: 'of the last',
};

function readHours(value: SourceText, report: Reporter): Keyed<HoursConfig> | undefined {
  const { word: queue, rest } = splitWord(value);
  const { word: spans, rest: behind } = splitWord(rest);
  const { word: days, rest: more } = splitWord(behind);
  if (days.text === '') return refuse(report, value, 'incomplete hours', FORM);
  const read = readSpans(spans, report);
  const named = read && readDays(days, report);
  const over = named && readOver(more, report);
  if (!read || !named || over === undefined) return undefined;
  const entry: HoursConfig = {
    queue: queue.text,
    hours: { spans: read, days: named },
    over,
    place: value.place,
  };
  return { key: queue.text, entry };
}

function readSpans(word: SourceText, report: Reporter): PagingHours['spans'] | undefined {
  const spans = word.text.split(',').map(readSpan);
  const sound = spans.flatMap((span) => span ?? []);
  if (sound.length === spans.length) return sound;
  return refuse(report, word, `${quote(word.text)} as hours`, HOURS_FORM);
}

/** `7-22`, `7:30-18`; null: it is none, or has no length. */
function readSpan(text: string): PagingHours['spans'][number] | null {
  const [begin, end, ...more] = text.split('-').map(readClock);
  if (begin == null || end == null || more.length > 0) return null;
  const from = begin === END_OF_DAY ? 0 : begin;
  return from === end ? null : { from, to: end };
}

const END_OF_DAY = 24 * 60;

/** `7` or `7:30` in minutes. */
function readClock(text: string): number | null {
  const [, hour, minute = '0'] = /^(\d{1,2})(?::(\d{2}))?$/.exec(text) ?? [];
  const minutes = hour === undefined || Number(minute) > 59 ? null : Number(hour) * 60 + Number(minute);
  return minutes !== null && minutes <= END_OF_DAY ? minutes : null;
}

function readDays(word: SourceText, report: Reporter): ReadonlySet<number> | undefined {
  const parts = word.text.toLowerCase().split(',');
  const days = parts.map((part) => (part === '*' ? [0, 1, 2, 3, 4, 5, 6] : readRange(part)));
  const sound = days.flatMap((some) => some ?? []);
  if (days.every((some) => some !== null)) return new Set(sound);
  return refuse(report, word, `${quote(word.text)} as days`, DAYS_FORM);
}

/** `mon`, or `fri-mon`, which goes on through the end of the week. */
function readRange(text: string): number[] | null {
  const [first = -1, last = first, ...more] = text.split('-').map(dayOf);
  if (first < 0 || last < 0 || more.length > 0) return null;
  return Array.from({ length: ((last - first + 7) % 7) + 1 }, (_, at) => (first + at) % 7);
}

/** A name of at least three letters; -1: it is none. */
function dayOf(name: string): number {
  return DAYS.findIndex((day) => name.length >= 3 && day.startsWith(name));
}

/** null: there is none; undefined: refused. */
function readOver(text: SourceText, report: Reporter): number | null | undefined {
  const { word, rest } = splitWord(text);
  if (word.text === '') return null;
  const { word: number, rest: more } = splitWord(rest);
  if (word.text !== 'over') return refuse(report, word, quote(word.text), FORM);
  if (!/^\d{1,7}$/.test(number.text) || Number(number.text) < 1)
    return refuse(report, number, `${quote(number.text)} as a number of lines`, 'write one of 1 or more');
  reportRest(more, report);
  return Number(number.text);
}
