import { Cron } from 'croner';
import type { Schedule } from './schedule.js';

/** A part of a schedule that is ignored; `offset`: its first character, from 0. */
export interface ScheduleWarning {
  readonly offset: number;
  readonly seen: string;
  readonly instead: string;
}

export type ParsedSchedule =
  | {
      readonly ok: true;
      readonly schedule: Schedule;
      /** Remarks where another cron would mean something else. */
      readonly notices: readonly string[];
      readonly warnings: readonly ScheduleWarning[];
    }
  | { readonly ok: false; readonly offset: number; readonly seen: string; readonly instead: string };

interface Field {
  readonly name: string;
  readonly min: number;
  readonly max: number;
  /** Names of the values from `min` on; three letters are enough. */
  readonly names: readonly string[];
}

const MONTHS = 'january february march april may june july august september october november december';
const DAYS = 'sunday monday tuesday wednesday thursday friday saturday';
const MINUTE: Field = { name: 'minute', min: 0, max: 59, names: [] };
const HOUR: Field = { name: 'hour', min: 0, max: 23, names: [] };
const DAY: Field = { name: 'day of the month', min: 1, max: 31, names: [] };
const MONTH: Field = { name: 'month', min: 1, max: 12, names: MONTHS.split(' ') };
/** 7 is Sunday, as 0 is. */
const WEEKDAY: Field = { name: 'weekday', min: 0, max: 7, names: DAYS.split(' ') };
const FORMS = new Map([
  [DAY, 'write *, */5, 3, 3-5, 3-15/2, L for the last day, or a list of these'],
  [WEEKDAY, 'write *, */2, 3, 3-5, 1#2 for the second Monday, 5L for the last Friday, or a list of these'],
]);
const FIELDS = [MINUTE, HOUR, DAY, MONTH, WEEKDAY];

const NICKNAMES: Readonly<Record<string, string>> = {
  '@yearly': '0 0 1 1 *',
  '@annually': '0 0 1 1 *',
  '@monthly': '0 0 1 * *',
  '@weekly': '0 0 * * 0',
  '@daily': '0 0 * * *',
  '@midnight': '0 0 * * *',
  '@hourly': '0 * * * *',
};

/** In this century weekdays of leap days repeat every 28 years: a schedule that never fires after this time never fires. */
const REFERENCE = Date.UTC(2000, 0, 1);

/** Why a schedule is rejected. Thrown inside this file only; `parseSchedule` returns it. */
class Refusal extends Error {
  constructor(
    readonly offset: number,
    readonly seen: string,
    readonly instead: string,
  ) {
    super(`${seen}; ${instead}`);
  }
}

/**
 * Reads the brackets of a queue: `now`, five fields as in Tenshi (day AND weekday must match), or `@daily` and the like.
 * Times are in `timezone`; null: in that of this machine.
 */
export function parseSchedule(text: string, timezone: string | null): ParsedSchedule {
  const trimmed = text.trim();
  const key = trimmed.toLowerCase();
  if (key === 'now') return { ok: true, schedule: { kind: 'now' }, notices: [], warnings: [] };
  const warnings: ScheduleWarning[] = [];
  try {
    const fields = readFields(readNickname(key, text.indexOf(trimmed)) ?? text, warnings);
    const schedule = cronSchedule(trimmed, fields, timezone);
    if (schedule.next(REFERENCE) === null)
      throw new Refusal(0, `"${trimmed}" never fires`, 'name a day that its month has');
    return { ok: true, schedule, notices: noticesOf(fields), warnings };
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return { ok: false, offset: error.offset, seen: error.seen, instead: error.instead };
  }
}

/** The same schedule in another time zone; null: that of this machine. */
export function inZone(schedule: Schedule, timezone: string | null): Schedule {
  if (schedule.kind === 'now' || schedule.timezone === timezone) return schedule;
  const parsed = parseSchedule(schedule.text, timezone);
  if (!parsed.ok) throw new Error(`"${schedule.text}" was a schedule: ${parsed.seen}`);
  return parsed.schedule;
}

function readNickname(key: string, offset: number): string | null {
  const fields = Object.hasOwn(NICKNAMES, key) ? NICKNAMES[key] : undefined;
  if (fields !== undefined) return fields;
  if (!key.startsWith('@') || key.includes(' ')) return null;
  throw new Refusal(offset, `"${key}"`, `write one of ${Object.keys(NICKNAMES).join(', ')}`);
}

/** Each field as a rising list of its values, or as `*` if it has all. */
function readFields(text: string, warnings: ScheduleWarning[]): string[] {
  const words = [...text.matchAll(/[^ \t\r\f\v]+/g)];
  if (words.length !== FIELDS.length)
    throw new Refusal(
      0,
      `a schedule of ${words.length} ${words.length === 1 ? 'field' : 'fields'}`,
      'write [minute hour day month weekday], e.g. [30 12 * * *], or [now]',
    );
  return FIELDS.map((field, at) => readField(words[at]?.[0] ?? '', field, words[at]?.index ?? 0, warnings));
}

function readField(text: string, field: Field, offset: number, warnings: ScheduleWarning[]): string {
  const values = new Set<number>();
  const moving: Moving[] = [];
  const list = text.replace(/(?<=[^,]),+$/, '');
  if (list !== text)
    warnings.push({ offset: offset + list.length, seen: 'a comma at the end', instead: 'remove it' });
  let at = offset;
  for (const part of list.split(',')) {
    const one = readMoving(part, field, at);
    if (one) moving.push(one);
    else
      for (const value of readPart(part, field, at, warnings))
        values.add(field === WEEKDAY ? value % 7 : value);
    at += part.length + 1;
  }
  if (values.size === countOf(field)) return '*';
  const more = moving.filter(({ weekday }) => weekday === null || !values.has(weekday));
  return [...[...values].sort((a, b) => a - b), ...new Set(more.map(({ text }) => text))].join(',');
}

/** A day that each month has elsewhere, in the form of croner: `L`, `1#2`, `5L`. */
interface Moving {
  readonly text: string;
  /** null: the last day of the month, whatever its weekday. */
  readonly weekday: number | null;
}

const LONE_L = 'write 5L for the last Friday, or L as day of the month for its last day';
const NTH = /^(\d+|[A-Za-z]+)#(.*)$/;
const LAST = /^(\d+|[A-Za-z]{3,}?)(?:#?[lL])$/;

/** `L` as a day: the last one; `1#2` as a weekday: the second Monday; `5L`: the last Friday. */
function readMoving(part: string, field: Field, offset: number): Moving | null {
  if (field === DAY && /^l$/i.test(part)) return { text: 'L', weekday: null };
  if (field !== WEEKDAY) return null;
  if (/^l$/i.test(part)) throw new Refusal(offset, `"${part}" as weekday`, LONE_L);
  const [, last] = LAST.exec(part) ?? [];
  if (last !== undefined) {
    const weekday = readValue(last, field, offset) % 7;
    return { text: `${weekday}L`, weekday };
  }
  const [, nth, which = ''] = NTH.exec(part) ?? [];
  if (nth === undefined) return null;
  const weekday = readValue(nth, field, offset) % 7;
  if (/^[1-5]$/.test(which)) return { text: `${weekday}#${which}`, weekday };
  throw new Refusal(
    offset + nth.length,
    `"#${which}" in "${part}"`,
    `write ${nth}#1 to ${nth}#5, or ${nth}L for the last one`,
  );
}

/** How many different values a field has. */
function countOf(field: Field): number {
  return field === WEEKDAY ? 7 : field.max - field.min + 1;
}

const PART = /^(?:(\*)|(\d+|[A-Za-z]+)(?:-(\d+|[A-Za-z]+))?)(?:\/(\d+))?$/;

/** `*`, `*` with a step, `a`, `a-b`, `a-b` with a step. */
function readPart(part: string, field: Field, offset: number, warnings: ScheduleWarning[]): number[] {
  const [, star, low = '', high, stepText] = PART.exec(part) ?? [];
  const step = stepText === undefined ? 1 : Number(stepText);
  if (star) return steps(field.min, field.min + countOf(field) - 1, step || 1); // Tenshi reads */0 as *
  if (low === '')
    throw new Refusal(
      offset,
      `"${part}" as ${field.name}`,
      FORMS.get(field) ?? 'write *, */5, 3, 3-5, 3-15/2 or a list of these',
    );
  const first = readValue(low, field, offset);
  if (high === undefined) {
    if (stepText !== undefined) warnings.push(idleStep(low, stepText, field, offset));
    return [first];
  }
  if (step === 0) throw new Refusal(offset, `the step 0 in "${part}"`, 'write a step of 1 or more');
  const last = readValue(high, field, offset + low.length + 1);
  if (last >= first) return steps(first, last, step);
  if (field !== WEEKDAY || /\d/.test(low + high))
    throw new Refusal(offset, `the range "${part}" runs backwards`, `write ${high}-${low}, or two ranges`);
  return steps(first, last + 7, step); // fri-sun goes on through the end of the week
}

/** Tenshi ignores such a step; other crons begin to count there. */
function idleStep(value: string, step: string, field: Field, offset: number): ScheduleWarning {
  return {
    offset: offset + value.length,
    seen: `the step "/${step}" after a single value is ignored`,
    instead: `write ${value}, or ${value}-${field.max}/${step}`,
  };
}

function steps(first: number, last: number, step: number): number[] {
  const values: number[] = [];
  for (let value = first; value <= last; value += step) values.push(value);
  return values;
}

function readValue(text: string, field: Field, offset: number): number {
  const name = text.toLowerCase();
  const named = field.names.findIndex((known) => known === name || known.slice(0, 3) === name);
  const value = named >= 0 ? named + field.min : /^\d/.test(text) ? Number(text) : Number.NaN;
  if (value >= field.min && value <= field.max) return value;
  const names = field.names.length > 0 ? `, or a name such as ${field.names[1]?.slice(0, 3)}` : '';
  throw new Refusal(
    offset,
    `"${text}" as ${field.name}`,
    `write a number from ${field.min} to ${field.max}${names}`,
  );
}

/**
 * croner knows the clock changes. A time of fixed minutes and hours (`no-wildcard`: also lists of them) comes once: at
 * the change if the clock jumps over it, the first time if it comes twice. A schedule for every minute or every hour
 * goes by the time that passes.
 */
function cronSchedule(
  text: string,
  fields: readonly string[],
  timezone: string | null,
): Extract<Schedule, { readonly kind: 'cron' }> {
  const cron = new Cron(fields.join(' '), {
    mode: '5-part',
    domAndDow: true,
    fixedTimeRule: 'no-wildcard',
    paused: true,
    ...(timezone === null ? {} : { timezone }),
  });
  return { kind: 'cron', text, timezone, next: (time) => cron.nextRun(new Date(time))?.getTime() ?? null };
}

function noticesOf([, , day, , weekday]: readonly string[]): string[] {
  if (day === '*' || weekday === '*') return [];
  return ['the day of the month and the weekday must both hold, unlike in crontab'];
}
