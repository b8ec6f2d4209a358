import { Cron } from 'croner';
import type { Schedule } from './schedule.js';

export type ParsedSchedule =
  | { readonly ok: true; readonly schedule: Schedule; readonly notices: readonly string[] }
  | { readonly ok: false; readonly offset: number; readonly seen: string; readonly instead: string };

interface Field {
  readonly name: string;
  readonly min: number;
  readonly max: number;
  readonly names: readonly string[];
}

const MONTHS = 'january february march april may june july august september october november december'.split(
  ' ',
);
const DAYS = 'sunday monday tuesday wednesday thursday friday saturday'.split(' ');
const FIELDS: readonly Field[] = [
  { name: 'minute', min: 0, max: 59, names: [] },
  { name: 'hour', min: 0, max: 23, names: [] },
  { name: 'day of the month', min: 1, max: 31, names: [] },
  { name: 'month', min: 1, max: 12, names: MONTHS },
  { name: 'weekday', min: 0, max: 7, names: DAYS },
];

const NICKNAMES: Readonly<Record<string, string>> = {
  '@yearly': '0 0 1 1 *',
  '@annually': '0 0 1 1 *',
  '@monthly': '0 0 1 * *',
  '@weekly': '0 0 * * 0',
  '@daily': '0 0 * * *',
  '@midnight': '0 0 * * *',
  '@hourly': '0 * * * *',
};

/** A schedule that does not come in this span never comes: leap years return in eight at the latest. */
const REFERENCE = Date.UTC(2000, 0, 1);

class ScheduleFault extends Error {
  constructor(
    readonly offset: number,
    readonly seen: string,
    readonly instead: string,
  ) {
    super(seen);
  }
}

/**
 * Reads what stands in a queue's brackets: `now`, five fields as Tenshi takes them (day AND weekday must both hold),
 * or `@daily` and its like. Times are of `timezone`, null for this machine's.
 */
export function parseSchedule(text: string, timezone: string | null): ParsedSchedule {
  if (text.trim().toLowerCase() === 'now') return { ok: true, schedule: { kind: 'now' }, notices: [] };
  try {
    const nickname = NICKNAMES[text.trim().toLowerCase()];
    const fields = readFields(nickname ?? text);
    const schedule = cronSchedule(text.trim(), fields, timezone);
    if (schedule.next(REFERENCE) === null)
      throw new ScheduleFault(0, `"${text}" never comes`, 'name a day that its month has');
    return { ok: true, schedule, notices: noticesOf(nickname ?? text, fields) };
  } catch (error) {
    if (error instanceof ScheduleFault)
      return { ok: false, offset: error.offset, seen: error.seen, instead: error.instead };
    throw error;
  }
}

/** The values of each field, or `*`; always five. */
function readFields(text: string): string[] {
  const words = [...text.matchAll(/[^ \t]+/g)];
  if (words.length !== 5)
    throw new ScheduleFault(
      0,
      `a schedule of ${words.length} ${words.length === 1 ? 'field' : 'fields'}: "${text}"`,
      'write [minute hour day month weekday], e.g. [30 12 * * *], or [now]',
    );
  return words.map((word, at) => readField(word[0], FIELDS[at] ?? FIELDS[0], word.index));
}

function readField(text: string, field: Field | undefined, offset: number): string {
  if (!field) return text;
  const values = new Set<number>();
  let at = offset;
  for (const part of text.split(',')) {
    if (part === '*') return '*';
    for (const value of readPart(part, field, at)) values.add(field.max === 7 ? value % 7 : value);
    at += part.length + 1;
  }
  return [...values].sort((a, b) => a - b).join(',');
}

function readPart(part: string, field: Field, offset: number): number[] {
  const refuse = (seen: string, instead: string): never => {
    throw new ScheduleFault(offset, seen, instead);
  };
  const match = /^(?:\*|([A-Za-z0-9]+)(?:-([A-Za-z0-9]+))?)(?:\/(\d+))?$/.exec(part);
  if (!match) return refuse(`"${part}" as ${field.name}`, 'write *, */5, 3, 3-5, 3-15/2 or a list of such');
  const [, low, high, stepText] = match;
  const step = Number(stepText ?? 1);
  if (low === undefined) return steps(field.min, field.max === 7 ? 6 : field.max, Math.max(step, 1));
  const first = readValue(low, field, refuse);
  if (high === undefined) return [first];
  if (step === 0) return refuse(`the step 0 in "${part}"`, 'write a step of 1 or more');
  const last = readValue(high, field, refuse);
  if (last >= first) return steps(first, last, step);
  if (field.max !== 7)
    return refuse(`the range "${part}" runs backwards`, `write ${high}-${low}, or two ranges`);
  return steps(first, last + 7, step).map((day) => day % 7);
}

function steps(first: number, last: number, step: number): number[] {
  const values: number[] = [];
  for (let value = first; value <= last; value += step) values.push(value);
  return values;
}

function readValue(text: string, field: Field, refuse: (seen: string, instead: string) => never): number {
  const name = text.toLowerCase();
  const named = field.names.findIndex((known) => known === name || known.slice(0, 3) === name);
  const value =
    named >= 0 ? named + (field.max === 12 ? 1 : 0) : /^\d+$/.test(text) ? Number(text) : Number.NaN;
  if (value >= field.min && value <= field.max) return value;
  return refuse(
    `"${text}" as ${field.name}`,
    `write a number from ${field.min} to ${field.max}${field.names.length > 0 ? ' or a name' : ''}`,
  );
}

function cronSchedule(
  text: string,
  fields: readonly string[],
  timezone: string | null,
): Extract<Schedule, { kind: 'cron' }> {
  const cron = new Cron(fields.join(' '), {
    domAndDow: true,
    paused: true,
    ...(timezone ? { timezone } : {}),
  });
  return {
    kind: 'cron',
    text,
    next: (time) => cron.nextRun(new Date(time))?.getTime() ?? null,
  };
}

function noticesOf(text: string, fields: readonly string[]): string[] {
  const notices: string[] = [];
  if (fields[2] !== '*' && fields[4] !== '*')
    notices.push('the day of the month and the weekday must both hold, unlike in crontab');
  if (/(?:^|[ \t,])\w+\/\d/.test(text)) notices.push('the step behind a single value counts for nothing');
  return notices;
}
