import { resolve } from 'node:path';
import type { ExitCode, Io } from '../base/process/io.js';
import { escapeControl } from '../base/text/escape.js';
import { escapeLines } from '../base/text/layout.js';
import { quote } from '../base/text/quote.js';
import type { Config } from '../config/config.js';
import { configPath, loadConfig, tellConfig } from '../config/load-config.js';
import { mailedQueues } from '../config/sections.js';
import { lineOptionsOf } from '../ingest/line-options.js';
import { LogReadings } from '../ingest/log-readings.js';
import type { Reading } from '../line/entry.js';
import type { LogReading } from '../line/log-reading.js';
import { createLineReader } from '../line/read-line.js';
import type { PlacedRule } from '../rule/why-not.js';
import { readWhole } from '../source/read-whole.js';
import { listLines } from '../source/split-lines.js';
import { defaultStateFolder } from '../store/folder/state-folder.js';
import { Bench, phaseLines } from './bench/bench.js';
import { describeLine } from './bench/describe-line.js';
import { type FoundRules, findPlaced } from './bench/find-placed.js';
import { recall } from './bench/recall.js';
import { describeWhy } from './bench/why.js';

export interface TestOptions {
  readonly config: string | undefined;
  /** undefined, or `-`: lines of standard input. */
  readonly line: string | undefined;
  /** FILE:LINE of a rule that did not take the line. */
  readonly why: string | undefined;
  /** The log that the lines are of, as a path; it need not be there. */
  readonly log: string | undefined;
}

/**
 * `tayori test`: what becomes of a log line, in three phases: how it is read, what the groups of its rule take, and where
 * it goes. Counts nothing, and changes nothing.
 */
export async function test(options: TestOptions, io: Io): Promise<ExitCode> {
  const path = configPath(options.config);
  const config = loadConfig(path, io, 'errors');
  if (!config) return 1;
  if (options.config === undefined) tellConfig(path, io);
  const asked = options.why === undefined ? [] : rulesAsked(options.why, config, io);
  if (!asked) return 1;
  const { remembered, trouble } = recall(config.state.value ?? defaultStateFolder(io.env));
  if (trouble !== null && gatesCount(config)) io.stderr.write(`${escapeControl(`tayori: ${trouble}`)}\n`);
  const bench = new Bench(config, remembered, Date.now);
  const reader = readerOf(config, options.log);
  let isFirst = true;
  const show = (line: string): void => {
    if (!isFirst) io.stdout.write('\n');
    isFirst = false;
    io.stdout.write(escapeLines(report(line, reader, { bench, config, asked })));
  };
  if (options.line !== undefined && options.line !== '-') {
    for (const line of listLines({ text: options.line })) show(line);
    return isFirst ? noLine(io) : 0;
  }
  if (io.stdin instanceof Object && 'isTTY' in io.stdin && io.stdin.isTTY)
    io.stderr.write('Type log lines; Ctrl-D ends.\n');
  const join = reader.reading?.join ?? null;
  await readWhole('-', io.stdin, {
    join,
    onLines: (lines) => {
      for (const line of listLines(lines)) show(line);
    },
  });
  return isFirst ? noLine(io) : 0;
}

/** Empty lines count for nothing, and are not shown. */
function noLine(io: Io): ExitCode {
  io.stderr.write('tayori test: no line was given; write one in quotes, or send lines to standard input\n');
  return 1;
}

interface Asking {
  readonly bench: Bench;
  readonly config: Config;
  readonly asked: readonly PlacedRule[];
}

interface LineReader {
  readonly reading: LogReading | null;
  read(line: string): Reading;
}

function report(line: string, { read }: LineReader, { bench, config, asked }: Asking): string[] {
  const reading = read(line);
  const noprefix = mailedQueues(config).includes('noprefix');
  const first = describeLine(reading, line, noprefix);
  if (reading.kind !== 'entry') return phaseLines([first]);
  const { phases } = bench.judge(reading.entry);
  const why = asked.flatMap((placed) => describeWhy(placed, reading.entry, config.rules));
  return [
    ...phaseLines([first, ...phases]),
    ...(why.length === 0 ? [] : ['Why not', ...why.map((one) => `  ${one}`)]),
  ];
}

/** Reads lines as those of a log, or as those of any syslog. */
function readerOf(config: Config, log: string | undefined): LineReader {
  const options = lineOptionsOf(config, Date.now);
  const file = log === undefined ? null : resolve(log);
  const reading = file === null ? null : new LogReadings(config, options, () => {}).of(file);
  const readLine = reading?.read ?? createLineReader(options);
  return {
    reading,
    read(line) {
      const found = readLine(line);
      return found.kind === 'entry' ? { ...found, entry: { ...found.entry, file } } : found;
    },
  };
}

/** The rules that --why names; null, and told: there is none. */
function rulesAsked(typed: string, config: Config, io: Io): readonly PlacedRule[] | null {
  const found = findPlaced(typed, config);
  if (found.kind === 'found') return found.rules;
  io.stderr.write(`${escapeControl(`tayori: ${describeMiss(typed, found)}`)}\n`);
  return null;
}

function describeMiss(typed: string, found: Exclude<FoundRules, { kind: 'found' }>): string {
  switch (found.kind) {
    case 'malformed':
      return `${quote(typed)} names no rule; write --why FILE:LINE, as tayori test shows it`;
    case 'no-file':
      return `the config has no file of ${quote(typed)}; its files are ${found.files.join(', ')}`;
    case 'no-rule':
      return found.near.length === 0
        ? `there is no rule in the file of ${quote(typed)}`
        : `there is no rule at ${quote(typed)}; the nearest are in line ${found.near.join(', ')}`;
  }
}

/** Whether earlier lines decide what becomes of one. */
function gatesCount({ windows, throttles, follows, mutes }: Config): boolean {
  return windows.length + throttles.length + follows.length + mutes.length > 0;
}
