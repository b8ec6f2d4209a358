import type { SourceLocation } from '../../base/place.js';
import { quote } from '../../base/text/quote.js';
import { LETTER_KINDS, type LetterKind } from '../../letter/letter.js';
import type { Pattern } from '../../perl-regex/perl-regex.js';
import type { Schedule } from '../../queue/schedule.js';
import { readDuration } from '../read/read-duration.js';
import type { Reporter } from '../read/report.js';
import { reportRest } from '../read/report-rest.js';
import { type SourceText, splitWord } from '../read/source-text.js';
import type { Keyed, Replacing } from './declare.js';
import type { ReadContext, Reader } from './directive.js';
import { readPattern } from './read-pattern.js';
import { readProgram } from './read-program.js';
import { readSchedule, whichQueue } from './read-queue.js';
import { oneOf, onOff, readPath, refuse } from './value-kinds.js';

export interface FilterConfig {
  readonly queue: string;
  /** Path and arguments, for the shell, as written. */
  readonly command: string;
  readonly place: SourceLocation;
}

export interface TemplateConfig {
  readonly queue: string;
  /** Absolute. */
  readonly path: string;
  readonly place: SourceLocation;
}

export interface FoldConfig {
  readonly queue: string;
  /** ms between pages, rising. */
  readonly steps: readonly number[];
  readonly place: SourceLocation;
}

export interface ValuesOffConfig {
  readonly queue: string;
  readonly place: SourceLocation;
}

export interface KindConfig {
  readonly queue: string;
  readonly kind: LetterKind;
  readonly place: SourceLocation;
}

export interface CsvConfig {
  readonly schedule: Schedule;
  readonly command: string;
  readonly place: SourceLocation;
}

export interface ThresholdConfig {
  readonly queue: string;
  /** Messages with fewer hits are left out. */
  readonly below: number;
  readonly pattern: Pattern;
  readonly place: SourceLocation;
}

/** `QUEUE 2m,10m,30m` or `QUEUE off`. */
export const fold: Replacing<FoldConfig> = {
  grammar: 'QUEUE STEP[,STEP...]|off',
  read: readFold,
  replaced: (queue) => ({
    seen: `${quote(queue)} has another fold above`,
    instead: 'this line replaces the earlier one',
  }),
  order: 'of the last',
};

/** `QUEUE PATH ARGS`. The queue may be defined below. */
export const filter: Replacing<FilterConfig> = {
  grammar: 'QUEUE PATH ARGS',
  read: readFilter,
  replaced: (queue) => ({
    seen: `another filter of ${quote(queue)}`,
    instead: 'this line replaces the earlier one',
  }),
  order: 'of the last',
};

/** `QUEUE FILE`. Only `check` reads the file: its content may change at any time. */
export const template: Replacing<TemplateConfig> = {
  grammar: 'QUEUE FILE',
  read: readTemplate,
  replaced: (queue) => ({
    seen: `another template of ${quote(queue)}`,
    instead: 'this line replaces the earlier one',
  }),
  order: 'of the last',
};

/** `QUEUE on|off`. A queue that is on has no entry. */
export const values: Replacing<ValuesOffConfig> = {
  grammar: 'QUEUE on|off',
  read: readValues,
  replaced: () => null,
  order: 'of the last',
};

/** `QUEUE trouble|report|trash`. */
export const kind: Replacing<KindConfig> = {
  grammar: 'QUEUE trouble|report|trash',
  read: readKind,
  replaced: () => null,
  order: 'of the last',
};

/** `QUEUE N REGEX`; the queue must be defined above. */
export const threshold: Reader<ThresholdConfig> = { grammar: 'QUEUE N REGEX', read: readThreshold };

/** `[CRON|now] PATH ARGS`. It also defines the queue csv. */
export const csv: Reader<CsvConfig> = { grammar: '[CRON|now] PATH ARGS', read: readCsv };

function readFold(value: SourceText, report: Reporter): Keyed<FoldConfig> | undefined {
  const { word: queue, rest } = splitWord(value);
  const { word: steps, rest: more } = splitWord(rest);
  reportRest(more, report);
  const key = queue.text;
  if (steps.text === 'off') return { key, entry: null };
  const read = steps.text.split(',').map(readStep);
  const known = read.filter((step) => step !== null);
  const rising = known.every((step, at) => step >= (known[at - 1] ?? 1));
  if (rising && known.length === read.length)
    return { key, entry: { queue: key, steps: known, place: value.place } };
  return refuse(
    report,
    steps.text === '' ? value : steps,
    quote(steps.text),
    'write set fold QUEUE 2m,10m,30m (s, m or h; no step shorter than the one before), or off',
  );
}

/** ms; null where it is none, or longer than a step may be. */
function readStep(text: string): number | null {
  return /^\d{1,5}[smh]$/.test(text) ? readDuration(text) : null;
}

function readFilter(value: SourceText, report: Reporter): Keyed<FilterConfig> | undefined {
  const { word: queue, rest } = splitWord(value);
  const command = readProgram(rest, 'write set filter QUEUE /PATH ARGS', report);
  if (command === undefined) return undefined;
  return { key: queue.text, entry: { queue: queue.text, command, place: value.place } };
}

function readTemplate(value: SourceText, report: Reporter): Keyed<TemplateConfig> | undefined {
  const { word: queue, rest } = splitWord(value);
  const path = readPath(rest, report);
  if (path === undefined) return undefined;
  return { key: queue.text, entry: { queue: queue.text, path, place: value.place } };
}

function readValues(
  value: SourceText,
  report: Reporter,
  context: ReadContext,
): Keyed<ValuesOffConfig> | undefined {
  const { word: queue, rest } = splitWord(value);
  const on = onOff.read(rest, report, context);
  if (on === undefined) return undefined;
  return { key: queue.text, entry: on ? null : { queue: queue.text, place: value.place } };
}

function readKind(value: SourceText, report: Reporter, context: ReadContext): Keyed<KindConfig> | undefined {
  const { word: queue, rest } = splitWord(value);
  const kind = oneOf(...LETTER_KINDS).read(rest, report, context);
  if (kind === undefined) return undefined;
  return { key: queue.text, entry: { queue: queue.text, kind, place: value.place } };
}

function readThreshold(
  value: SourceText,
  report: Reporter,
  context: ReadContext,
): ThresholdConfig | undefined {
  const queue = splitWord(value);
  const below = splitWord(queue.rest);
  if (queue.word.text === '' || below.rest.text === '')
    return refuse(report, value, 'an incomplete threshold', 'write set threshold QUEUE N REGEX');
  const known = context.namedQueues.has(queue.word.text);
  if (!known)
    report.error(
      queue.word,
      `unknown queue ${quote(queue.word.text)}`,
      whichQueue(queue.word.text, context),
      'unknown-queue',
    );
  const number = Number(below.word.text);
  const sound = /^0*[1-9]\d*$/.test(below.word.text) && Number.isSafeInteger(number);
  if (!sound) report.error(below.word, quote(below.word.text), 'write a number of at least 1');
  const pattern = readPattern(below.rest, report, context);
  if (!pattern || !sound || !known) return undefined;
  return { queue: queue.word.text, below: number, pattern, place: value.place };
}

function readCsv(value: SourceText, report: Reporter, context: ReadContext): CsvConfig | undefined {
  context.namedQueues.add('csv');
  const schedule = readSchedule(value, context.timezone.value, report);
  if (!schedule) return undefined;
  const command = readProgram(schedule.rest, 'write set csv [CRON|now] /PATH ARGS', report);
  if (command === undefined) return undefined;
  return { schedule: schedule.schedule, command, place: value.place };
}
