import { hostname } from 'node:os';
import { resolve } from 'node:path';
import { reasonOf } from '../base/errors.js';
import type { ExitCode, Io } from '../base/process/io.js';
import { escapeControl, escapeHidden } from '../base/text/escape.js';
import { amount } from '../base/text/layout.js';
import { showRecipient } from '../base/text/web-address.js';
import type { Config } from '../config/config.js';
import { configPath, loadConfig, tellConfig } from '../config/load-config.js';
import { describeEvent } from '../daemon/describe-event.js';
import { LineProcessor } from '../ingest/line-processor.js';
import type { Letter } from '../letter/letter.js';
import { shorten } from '../letter/render/columns.js';
import { renderBody } from '../letter/render/render-body.js';
import { renderHtml } from '../letter/render/render-html.js';
import { renderJson } from '../letter/render/render-json.js';
import type { DialectCount } from '../line/count-dialects.js';
import { DIALECTS } from '../line/dialects.js';
import { csvLines } from '../publish/csv-lines.js';
import { makeLetter } from '../publish/make-letter.js';
import { thresholdsOf } from '../publish/read-content.js';
import { RuleState } from '../rule/rule-state.js';
import { scheduled } from '../schedule/scheduled.js';
import { Continuations } from '../source/hold-continuations.js';
import { readWhole } from '../source/read-whole.js';
import type { Checkpoints } from '../store/ports/checkpoints.js';
import type { Editions, FrequentLines } from '../store/ports/editions.js';
import type { Ledger } from '../store/ports/ledger.js';
import type { Queues } from '../store/ports/queues.js';
import type { Runs } from '../store/ports/runs.js';
import { openSqliteStore } from '../store/sqlite/sqlite-store.js';
import { hostNames } from './look-up-hosts.js';
import { sizeOf, startProgress } from './progress.js';

export interface DigestOptions {
  readonly config: string | undefined;
  readonly format: 'text' | 'html' | 'json';
  readonly files: readonly string[];
  /** Whether to print how many lines each dialect has read. */
  readonly verbose: boolean;
}

/** `tayori digest`: reads files from start to end and prints the letters they make. Sends and keeps nothing. */
export async function digest(options: DigestOptions, io: Io): Promise<ExitCode> {
  const path = configPath(options.config);
  const config = loadConfig(path, io, 'errors');
  if (!config) return 1;
  if (options.config === undefined) tellConfig(path, io);
  const opened = openSqliteStore('');
  if (!opened.ok) throw new Error(`no temporary state: ${opened.reason}`);
  const { store } = opened;
  try {
    const now = Date.now();
    const processor = new LineProcessor(
      config,
      new RuleState({ last: [], hits: [] }),
      () => now,
      ({ place, pattern }) =>
        io.stderr.write(`${describeEvent({ kind: 'overrun', place, source: pattern.source })}\n`),
    );
    const failed = await readFiles(
      options.files,
      { processor, commit: () => commit(store, processor, now) },
      io,
    );
    commit(store, processor, now);
    const untaken = store.untaken();
    const letters = await lettersOf(config, store, now, io);
    await print(letters, options.format, io);
    if (config.csv) printCsv(config.csv.command, config, store, io);
    io.stderr.write(summary(store, letters, untaken));
    if (options.verbose) io.stderr.write(describeDialects(processor.dialects));
    return failed ? 1 : 0;
  } finally {
    store.end();
  }
}

interface Counting {
  readonly processor: LineProcessor;
  commit(): void;
}

/** Reads all files; true when one could not be read. */
async function readFiles(
  files: readonly string[],
  { processor, commit }: Counting,
  io: Io,
): Promise<boolean> {
  const progress = await startProgress(files, io);
  const commitIfFull = (): void => {
    if (processor.full) commit();
  };
  let before = 0;
  let failed = false;
  for (const file of files) {
    try {
      const path = file === '-' ? file : resolve(file);
      const join = processor.readingOf(path)?.join ?? null;
      const continuations = new Continuations();
      await readWhole(file, io.stdin, {
        join,
        onLines: (lines) => void processor.take(join ? lines : continuations.push(lines), path),
        onRead: commitIfFull,
        onProgress: (bytes) => progress.update(before + bytes),
      });
      processor.take(continuations.end(), path);
      commitIfFull();
      before += sizeOf(file);
    } catch (error) {
      failed = true;
      io.stderr.write(`${escapeControl(file)}: cannot be read: ${reasonOf(error)}\n`);
    }
  }
  progress.stop();
  return failed;
}

function commit(store: Checkpoints, processor: LineProcessor, at: number): void {
  store.commit({ at, positions: [], forgotten: [], ...processor.changes() });
  processor.onCommitted();
}

async function lettersOf(
  config: Config,
  store: Queues & Editions & Ledger,
  now: number,
  io: Io,
): Promise<Letter[]> {
  for (const letter of scheduled(config)) store.closeLetter({ ...letter, evenEmpty: false }, now, null, null);
  const names = hostNames(io);
  const editions = store.closedEditions();
  const letters: Letter[] = [];
  for (const queue of config.queues) {
    const edition = editions.find((one) => one.queue === queue.name);
    if (!edition) continue;
    const shown = { ...edition, counters: new Map<string, number>() }; // the summary prints them once for all
    const made = await makeLetter(shown, queue, { config, store, origin: hostname(), names });
    if (made) letters.push(made.letter);
    if (config.filters.some((filter) => filter.queue === queue.name))
      io.stderr.write(`the filter of ${queue.name} is not run; this is the letter that it would get\n`);
  }
  return letters;
}

/** Prints what the program of `set csv` would get. */
function printCsv(command: string, config: Config, store: Editions, io: Io): void {
  const edition = store.closedEditions().find(({ queue }) => queue === 'csv');
  if (!edition) return;
  io.stderr.write(`csv, not piped to ${escapeControl(command)} here:\n`);
  const lines = csvLines(edition.id, { store, thresholds: thresholdsOf(config, 'csv') });
  for (const line of lines) io.stderr.write(line);
}

async function print(letters: readonly Letter[], format: DigestOptions['format'], io: Io): Promise<void> {
  if (format === 'json') {
    io.stdout.write(`${harmless(JSON.stringify(letters.map(renderJson), null, 2))}\n`);
    return;
  }
  for (const letter of letters)
    io.stdout.write(format === 'html' ? await renderHtml(letter) : asText(letter));
}

/** Escapes characters that would act on a terminal; the JSON means the same. */
export function harmless(json: string): string {
  return escapeHidden(json, (character) => (character < ' ' ? character : spelledOut(character)));
}

function spelledOut(character: string): string {
  const units = Array.from({ length: character.length }, (_, at) => character.charCodeAt(at));
  return units.map((unit) => `\\u${unit.toString(16).padStart(4, '0')}`).join('');
}

/** A letter on a screen: the main header fields, then the body (by default all of it, whatever its size). */
export function asText(letter: Letter, body = renderBody(letter)): string {
  const head = [
    `From: ${letter.from}`,
    `To: ${letter.to.map(showRecipient).join(',')}`,
    `Subject: ${letter.subject} [${letter.queue}]`,
  ];
  return `${head.map(escapeControl).join('\n')}\n${body.startsWith('\n') ? '' : '\n'}${body}\n`;
}

/** How many unmatched lines are shown, and how many columns of each. */
const MAX_UNKNOWN_LINES = 5;
const UNKNOWN_COLUMNS = 100;

/** A summary of the lines, queue by queue. */
function summary(
  store: Checkpoints & Queues & Runs,
  letters: readonly Letter[],
  untaken: FrequentLines,
): string {
  const counters = store.counters();
  const count = (name: string): number => counters.get(name) ?? 0;
  const head = [
    `${count('lines')} lines read`,
    `${count('unprefixed') + count('hostless')} without a known prefix`,
    `${count('trash')} thrown away`,
    `${count('unknown')} matched by no rule`,
    ...(count('uncounted') > 0 ? [`${count('uncounted')} repeats above the limit not counted`] : []),
  ];
  const unknown = untaken.lines.slice(0, MAX_UNKNOWN_LINES).map(({ value, count }) => {
    const times = `${untaken.about ? 'about ' : ''}${amount(count, 'time')}`;
    return `  no rule, ${times}: ${shorten(escapeControl(value), UNKNOWN_COLUMNS)}\n`;
  });
  const rows = store.pending().map(({ queue, messages, lines }) => {
    const isSent = letters.some((letter) => letter.queue === queue || hasSection(letter, queue));
    const unsent = isSent ? '' : ' (no letter)';
    return `  ${queue}: ${lines} lines in ${messages} messages${unsent}\n`;
  });
  const programs = store.runCounts().map(({ queue, waiting, ended }) => {
    const hits = waiting + (ended.get('left-out') ?? 0);
    return `  ${queue}: its program would run ${amount(hits, 'time')}; digest runs none\n`;
  });
  return `${head.join(', ')}\n${unknown.join('')}${rows.join('')}${programs.join('')}`;
}

function hasSection({ sections }: Letter, queue: string): boolean {
  return sections.some((section) => section.queue === queue);
}

/** How many lines each dialect has read, with an example, so that a wrong dialect is noticed. */
function describeDialects(counts: readonly DialectCount[]): string {
  const rows = counts.map(({ dialect, lines }) => {
    const example = DIALECTS.find(({ name }) => name === dialect)?.example;
    return `  ${lines} by ${dialect}${example === undefined ? '' : `, as in: ${escapeControl(example)}`}\n`;
  });
  return `How the lines were read:\n${rows.join('') || '  there were none\n'}`;
}
