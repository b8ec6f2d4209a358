import { accessSync, constants, statSync } from 'node:fs';
import { isAbsolute } from 'node:path';
import { renderLocation } from '../../base/place.js';
import { HOUR } from '../../base/time/duration.js';
import type { Draft } from '../draft.js';
import { quote } from '../read/fault.js';
import type { Reporter } from '../read/report.js';
import { reportRest } from '../read/report-rest.js';
import { type SourceText, splitWord, trimEnd } from '../read/source-text.js';
import { readPattern } from './read-pattern.js';
import { readSchedule, whichQueue } from './read-queue.js';
import { onOff, path } from './value-kinds.js';

/** ms in each unit of a step. */
const UNITS: Readonly<Record<string, number>> = { s: 1000, m: 60_000, h: HOUR };

/** `QUEUE 2m,10m,30m` or `QUEUE off`; of two for one queue the later holds. */
export function readFold(value: SourceText, draft: Draft, report: Reporter): void {
  const { word: queue, rest } = splitWord(value);
  const { word: steps, rest: more } = splitWord(rest);
  reportRest(more, report);
  const read = steps.text === 'off' ? [] : steps.text.split(',').map(readStep);
  const rising = read.every((step, at) => step !== null && step >= (read[at - 1] ?? 1));
  if (queue.text === '' || steps.text === '' || !rising)
    return report.error(
      steps.text === '' ? value : steps,
      quote(steps.text),
      'write set fold QUEUE 2m,10m,30m (s, m or h, none shorter than the one before), or off',
    );
  const others = draft.folds.filter((fold) => fold.queue !== queue.text);
  if (others.length < draft.folds.length)
    report.notice(
      value,
      `${quote(queue.text)} is folded again`,
      'this line replaces the earlier',
      'replaced',
    );
  const fold = { queue: queue.text, steps: read.filter((step) => step !== null), place: value.place };
  draft.folds = steps.text === 'off' ? others : [...others, fold];
}

/** ms, or null. */
function readStep(text: string): number | null {
  const [, digits, unit = ''] = /^(\d{1,5})([smh])$/.exec(text) ?? [];
  return digits === undefined ? null : Number(digits) * (UNITS[unit] ?? 0);
}

/** `QUEUE PATH ARGS`; of two for one queue the later holds. Whether there is such a queue is seen at the end. */
export function readFilter(value: SourceText, draft: Draft, report: Reporter): void {
  const { word: queue, rest } = splitWord(value);
  const command = readProgram(rest, 'write set filter QUEUE /PATH ARGS', report);
  if (command === null) return;
  const others = draft.filters.filter((filter) => filter.queue !== queue.text);
  if (others.length < draft.filters.length)
    report.notice(
      value,
      `another filter of ${quote(queue.text)}`,
      'this one replaces the earlier',
      'replaced',
    );
  draft.filters = [...others, { queue: queue.text, command, place: value.place }];
}

/** `QUEUE FILE`; of two for one queue the later holds. What is in the file is for `check`: it may change at any time. */
export function readTemplate(value: SourceText, draft: Draft, report: Reporter): void {
  const { word: queue, rest } = splitWord(value);
  path((_, { value: file }) => {
    const others = draft.templates.filter((template) => template.queue !== queue.text);
    if (others.length < draft.templates.length)
      report.notice(
        value,
        `another template of ${quote(queue.text)}`,
        'this one replaces the earlier',
        'replaced',
      );
    draft.templates = [...others, { queue: queue.text, path: file, place: value.place }];
  })(rest, draft, report);
}

/** `QUEUE on|off`; of two for one queue the later holds. */
export function readValues(value: SourceText, draft: Draft, report: Reporter): void {
  const { word: queue, rest } = splitWord(value);
  onOff((_, { value: on }) => {
    const others = draft.valuesOff.filter((one) => one.queue !== queue.text);
    draft.valuesOff = on ? others : [...others, { queue: queue.text, place: value.place }];
  })(rest, draft, report);
}

export function readThreshold(value: SourceText, draft: Draft, report: Reporter): void {
  const queue = splitWord(value);
  const below = splitWord(queue.rest);
  if (queue.word.text === '' || below.rest.text === '')
    return report.error(value, 'a threshold that is not whole', 'write set threshold QUEUE N REGEX');
  const known = draft.namedQueues.has(queue.word.text);
  if (!known)
    report.error(
      queue.word,
      `the unknown queue ${quote(queue.word.text)}`,
      whichQueue(queue.word.text, draft),
      'unknown-queue',
    );
  const number = Number(below.word.text);
  const sound = /^0*[1-9]\d*$/.test(below.word.text) && Number.isSafeInteger(number);
  if (!sound) report.error(below.word, quote(below.word.text), 'write a number from 1 on');
  const pattern = readPattern(below.rest, report);
  if (!pattern || !sound || !known) return;
  draft.thresholds.push({ queue: queue.word.text, below: number, pattern, place: value.place });
}

/** `[CRON|now] PATH ARGS`; there is one program, so a second line is a fault. */
export function readCsv(value: SourceText, draft: Draft, report: Reporter): void {
  draft.namedQueues.add('csv');
  const schedule = readSchedule(value, draft.timezone.value, report);
  const command = schedule && readProgram(schedule.rest, 'write set csv [CRON|now] /PATH ARGS', report);
  if (!schedule || command === null) return;
  if (draft.csv)
    return report.error(
      value,
      'csv is set again',
      `remove this, or that in ${renderLocation(draft.csv.place)}`,
    );
  draft.csv = { schedule: schedule.schedule, command, place: value.place };
}

/** The command line for the shell, or null when it has no program that can be run. Tenshi asks for that, too. */
function readProgram(statement: SourceText, form: string, report: Reporter): string | null {
  const { word: program } = splitWord(statement);
  const fail = (seen: string, instead: string): null => {
    report.error(program, seen, instead, 'bad-program');
    return null;
  };
  if (program.text === '') return fail('no program', form);
  if (!isAbsolute(program.text)) return fail(`${quote(program.text)} as a program`, 'write its whole path');
  if (!isExecutable(program.text))
    return fail(`${quote(program.text)} cannot be run`, 'name a program that is there, or chmod +x it');
  return trimEnd(statement.text);
}

function isExecutable(program: string): boolean {
  try {
    accessSync(program, constants.X_OK);
    return statSync(program).isFile();
  } catch {
    return false; // not there, or not ours to run
  }
}
