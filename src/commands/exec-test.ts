import { ProgramRun } from '../act/program-run.js';
import type { ExitCode, Io } from '../base/process/io.js';
import { columns, escapeLines } from '../base/text/layout.js';
import { nearest } from '../base/text/nearest.js';
import { quote } from '../base/text/quote.js';
import { systemClock } from '../base/time/clock.js';
import { describeDuration } from '../base/time/duration.js';
import type { Config } from '../config/config.js';
import type { ExecConfig } from '../config/directives/exec.js';
import { configPath, loadConfig, tellConfig } from '../config/load-config.js';
import { becomeAs } from '../daemon/become.js';
import { LineProcessor } from '../ingest/line-processor.js';
import { fillCommand, quoteWord, quoteWords } from '../queue/exec/command-line.js';
import type { RunHit } from '../queue/exec/run.js';
import { RuleState } from '../rule/rule-state.js';
import { defaultStateFolder } from '../store/folder/state-folder.js';
import { daemonUser } from './daemon-user.js';

export interface ExecTestOptions {
  readonly config: string | undefined;
  readonly queue: string;
  /** A line as it stands in its log. */
  readonly line: string;
  /** The path of that log; undefined: one that no directive names. */
  readonly log: string | undefined;
  /** Whether the program is to run. */
  readonly run: boolean;
}

/** An escalation may want so many hits before it lets one through. */
const MAX_TRIES = 1000;

/**
 * `tayori exec-test`: shows what a queue's program would be given for a line, word by word. Counts and keeps nothing, and
 * runs nothing unless it is told to.
 */
export async function execTest(options: ExecTestOptions, io: Io): Promise<ExitCode> {
  const path = configPath(options.config);
  const config = loadConfig(path, io, 'errors');
  if (!config) return 1;
  if (options.config === undefined) tellConfig(path, io);
  const exec = config.execs.find(({ queue }) => queue === options.queue);
  if (!exec) return refuse(whichPrograms(options.queue, config), io);
  const found = hitOf(options, config);
  if (typeof found === 'string') return refuse(found, io);
  const hit = { ...found, count: windowOf(exec, config)?.count ?? found.count };
  const filled = fillCommand(exec.command, hit);
  if (filled.kind === 'refused') return refuse(`the program would not run: ${filled.why}`, io);
  const gates = gatesOf(exec, config);
  io.stdout.write(escapeLines([...gates, ...describe(filled.words, hit)]));
  if (options.run) return becomeDaemon(config, io) ? await run(filled.words, hit, config, io) : 1;
  io.stdout.write('Nothing was run; with --run it is.\n');
  return 0;
}

function refuse(why: string, io: Io): ExitCode {
  io.stderr.write(escapeLines([`tayori: ${why}`]));
  return 1;
}

function whichPrograms(queue: string, { execs }: Config): string {
  const names = execs.map((one) => one.queue);
  const near = nearest(queue, names);
  const instead = near ? `did you mean ${near}?` : `there are ${names.join(', ')}`;
  return `the queue ${quote(queue)} has no program; ${names.length === 0 ? 'no queue has one (set exec)' : instead}`;
}

/** The hit that the line makes, or why it makes none. What counts in time lets each one through. */
function hitOf({ queue, line, log }: ExecTestOptions, config: Config): RunHit | string {
  const ungated = { ...config, windows: [], throttles: [], follows: [], mutes: [] };
  const now = Date.now();
  const state = new RuleState({ last: [], hits: [] });
  const processor = new LineProcessor(
    ungated,
    state,
    () => now,
    () => {},
  );
  for (let tries = 0; tries < MAX_TRIES; tries++) {
    processor.take({ text: line }, log ?? null);
    const { counters, runs } = processor.changes();
    const hit = runs.find((one) => one.queue === queue);
    if (hit) return hit;
    const why = whyNone(counters);
    if (why !== null) return why;
  }
  return `the rule that takes this line does not feed the queue ${quote(queue)}`;
}

function whyNone(counters: ReadonlyMap<string, number>): string | null {
  if (counters.get('unprefixed') || counters.get('hostless'))
    return 'the line has no prefix that is known here; give the whole line as it stands in the log, in quotes';
  if (counters.get('exempt'))
    return 'set exempt keeps this line from the queue, so that the program would not run';
  if (counters.get('unknown')) return 'no rule takes this line';
  return counters.get('trash') ? 'a trash rule takes this line' : null;
}

function windowOf({ queue }: ExecConfig, { windows }: Config): Config['windows'][number] | undefined {
  return windows.find((one) => one.queue === queue);
}

/** What would have to hold before the program runs; nothing is counted here. */
function gatesOf(exec: ExecConfig, config: Config): string[] {
  const { queue } = exec;
  const window = windowOf(exec, config);
  const throttle = config.throttles.find((one) => one.queue === queue);
  const follows = config.follows.filter((one) => one.queue === queue);
  return [
    ...(window
      ? [`It runs with hit ${window.count} within ${describeDuration(window.span)}${by(window.by)}.`]
      : []),
    ...follows.map(
      ({ other, span, by: groups }) =>
        `It runs only after a message of ${other} within ${describeDuration(span)}${by(groups)}.`,
    ),
    ...(throttle ? [`It runs once in ${describeDuration(throttle.span)}${by(throttle.by)}.`] : []),
  ];
}

function by(groups: readonly string[]): string {
  return ` by ${groups.length === 0 ? 'host' : groups.join(', ')}`;
}

function describe(words: readonly string[], { line }: RunHit): string[] {
  const [path = '', ...args] = words;
  return [
    ...columns([
      ['program', quoteWord(path)],
      ...args.map((word, at) => [`argument ${at + 1}`, quoteWord(word)]),
      ['input', line],
    ]),
    `In a shell: ${quoteWords(words)}`,
  ];
}

/** What root may do says nothing about what the daemon may. False when the user cannot be changed, which is told. */
function becomeDaemon(config: Config, io: Io): boolean {
  const identity = daemonUser(config, config.state.value ?? defaultStateFolder(io.env));
  if (!identity) return true;
  io.stdout.write(`It runs as the user ${identity.user.name}, as the daemon does.\n`);
  const reason = becomeAs(identity);
  if (reason !== null) refuse(reason, io);
  return reason === null;
}

async function run(words: readonly string[], { line }: RunHit, config: Config, io: Io): Promise<ExitCode> {
  const timeout = config.execTimeout.value * 1000;
  const { outcome, why, output } = await new ProgramRun({ words, line, timeout, clock: systemClock }).ended;
  if (output !== '')
    io.stdout.write(escapeLines(['It printed:', ...output.split('\n').map((one) => `  ${one}`)]));
  if (outcome === 'ran') {
    io.stdout.write('It ended with status 0.\n');
    return 0;
  }
  return refuse(`the program failed: ${why}`, io);
}
