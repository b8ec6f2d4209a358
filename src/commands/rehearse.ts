import { resolve } from 'node:path';
import type { ExitCode, Io } from '../base/process/io.js';
import { escapeControl } from '../base/text/escape.js';
import { amount, escapeLines } from '../base/text/layout.js';
import { quote } from '../base/text/quote.js';
import type { Config } from '../config/config.js';
import { configPath, loadConfig, tellConfig } from '../config/load-config.js';
import { readDuration } from '../config/read/read-duration.js';
import { describeEvent } from '../daemon/describe-event.js';
import type { PlacedRegex } from '../ingest/line-options.js';
import { fill, MAX_LINE_COLUMNS } from '../letter/render/columns.js';
import { defaultStateFolder } from '../store/folder/state-folder.js';
import { harmless } from './digest.js';
import { startProgress } from './progress.js';
import { describeFindings } from './rehearse/describe.js';
import { logsOfConfigs, namedLogs, type RehearsedLog } from './rehearse/find-logs.js';
import { findingsOf } from './rehearse/findings.js';
import { joinOf } from './rehearse/join-of.js';
import { knownSelfMail } from './rehearse/known-self-mail.js';
import { MAX_OPEN_LOGS, mergeLogs } from './rehearse/merge-logs.js';
import { readLog } from './rehearse/read-log.js';
import { Rehearsal } from './rehearse/rehearsal.js';
import { Side } from './rehearse/side.js';
import { createTimeReader, eitherTime } from './rehearse/time-reader.js';
import { toJson } from './rehearse/to-json.js';

export interface RehearseOptions {
  /** The config in force. */
  readonly config: string | undefined;
  /** The config that is to be tried. */
  readonly next: string;
  /** None: those that the configs follow, with their rotated files. */
  readonly files: readonly string[];
  /** As in 7d: only lines since then. */
  readonly since: string | undefined;
  /** Lost pages end with status 1. */
  readonly strict: boolean;
  readonly json: boolean;
  /** So many messages of each kind of change are told; undefined: as many as suit the form. */
  readonly most: number | undefined;
}

/** How the journal of systemd comes over standard input. */
const BY_JOURNAL = 'journalctl -o short-iso --since -7d | tayori rehearse NEW.conf -';

/** What is told if nobody says how much. */
const SHOWN = 10;
/** The same in JSON: programs have time, but a file should stay readable. */
const SHOWN_IN_JSON = 1000;

/**
 * `tayori rehearse`: old logs through the config in force and through a new one, and what changes in the letters. Sends,
 * runs and writes nothing.
 */
export async function rehearse(options: RehearseOptions, io: Io): Promise<ExitCode> {
  const span = options.since === undefined ? Number.POSITIVE_INFINITY : readDuration(options.since);
  if (span === null)
    return fail(`--since takes a time such as 7d or 12h, not ${quote(options.since ?? '')}`, 2, io);
  if (options.most !== undefined && !(Number.isSafeInteger(options.most) && options.most > 0))
    return fail('-n takes a whole number from 1 on', 2, io);
  const path = configPath(options.config);
  const [now, next] = [loadConfig(path, io, 'errors'), loadConfig(resolve(options.next), io, 'errors')];
  if (!now || !next) return 1;
  if (options.config === undefined) tellConfig(path, io);
  const since = Date.now() - span;
  const logs =
    options.files.length > 0 ? namedLogs(options.files, [now, next]) : await logsOfConfigs(now, next, since);
  if (logs.length === 0)
    return fail(
      `no log that the configs follow is there; name logs (tayori rehearse NEW.conf /var/log/syslog*), or give it the journal: ${BY_JOURNAL}`,
      1,
      io,
    );
  return await compare(options, { now, next, since, logs }, io);
}

interface Compared {
  readonly now: Config;
  readonly next: Config;
  readonly since: number;
  readonly logs: readonly RehearsedLog[];
}

async function compare(
  options: RehearseOptions,
  { now, next, since, logs }: Compared,
  io: Io,
): Promise<ExitCode> {
  const { trouble, ...known } = knownSelfMail(now.state.value ?? defaultStateFolder(io.env));
  const onOverrun = overrunReporter(io);
  const sides = [now, next].map((config) => new Side(config, { ...known, onOverrun })) as [Side, Side];
  const rehearsal = new Rehearsal(...sides, since);
  const notes = [
    ...(trouble === null ? [] : [trouble]),
    ...(now.journals.length > 0 && options.files.length === 0
      ? [`The journal is not read by itself: ${BY_JOURNAL}`]
      : []),
    ...notesOnLogs(logs),
  ];
  const isWhole = await readLogs(rehearsal, logs, { io, notes });
  const findings = findingsOf(rehearsal);
  const told = [...notes, ...notesOn(rehearsal)];
  const most = options.most ?? (options.json ? SHOWN_IN_JSON : SHOWN);
  if (options.json)
    io.stdout.write(
      `${harmless(JSON.stringify(toJson(findings, rehearsal, { most, logs, notes: told }), null, 2))}\n`,
    );
  else {
    io.stdout.write(escapeLines(describeFindings(findings, rehearsal, { most, now: Date.now() })));
    io.stdout.write(escapeLines(['', ...[...told, UNSEEN].flatMap(folded)]));
  }
  const lost = options.strict ? findings.pagesLost.lines : 0;
  if (lost > 0) return fail(`${amount(lost, 'line')} would page no more, which --strict forbids`, 1, io);
  return isWhole ? 0 : 1;
}

interface Reporting {
  readonly io: Io;
  /** More to tell comes behind. */
  readonly notes: string[];
}

/** Reads all logs in the order of time; whether all could be read. */
async function readLogs(
  rehearsal: Rehearsal,
  logs: readonly RehearsedLog[],
  { io, notes }: Reporting,
): Promise<boolean> {
  const { now, next } = rehearsal;
  const progress = await startProgress(
    logs.flatMap(({ files }) => files),
    io,
  );
  const at = Date.now();
  const readTime = eitherTime(
    ...([now, next].map(({ config }) => createTimeReader(config, () => at)) as [never, never]),
  );
  let bytes = 0;
  let isWhole = true;
  const parts = logs.flatMap((log) => joinOf(log, now, next));
  notes.push(
    ...parts
      .filter(({ isSplit }) => isSplit)
      .map(({ log }) => JOINED(log.path))
      .filter(isFirst),
  );
  const readings = parts.map(({ log, join }) =>
    readLog(log, {
      stdin: io.stdin,
      join,
      readTime,
      now: at,
      onUnreadable(file, reason) {
        isWhole = false;
        io.stderr.write(`${escapeControl(`${file}: cannot be read to its end: ${reason}`)}\n`);
      },
      onBytes(more) {
        bytes += more;
        progress.update(bytes);
      },
      onText(text, path) {
        now.prepare(text, path);
        next.prepare(text, path);
      },
    }),
  );
  await mergeLogs(readings, (unit) => rehearsal.take(unit));
  progress.stop();
  return isWhole;
}

const JOINED = (path: string): string =>
  `The lines of ${path} are joined to entries in another way: what comes and goes of them is told, not what becomes of each.`;

function isFirst(one: string, at: number, all: readonly string[]): boolean {
  return all.indexOf(one) === at;
}

/** What a rehearsal cannot know. */
const UNSEEN =
  'Not seen here: programs of set exec and filters do not run; escalations, windows and throttles begin with nothing; journals, networks, FIFOs, Redis lists and programs are not read; thresholds, folded pages, set hours and snoozed entries, which decide about letters, not lines; recipients.';

/** So many logs are named in a note; a glob may match thousands. */
const MAX_NAMED = 8;

function notesOnLogs(logs: readonly RehearsedLog[]): string[] {
  const alone = (sides: RehearsedLog['sides'], which: string): string[] => {
    const paths = logs.filter((log) => log.sides === sides).map(({ path }) => path);
    const more = paths.length > MAX_NAMED ? ` and ${paths.length - MAX_NAMED} more` : '';
    const named = `${paths.slice(0, MAX_NAMED).join(', ')}${more}`;
    return paths.length === 0 ? [] : [`Followed by the ${which} config alone: ${named}.`];
  };
  return [
    ...alone('old', 'old'),
    ...alone('new', 'new'),
    ...(logs.length > MAX_OPEN_LOGS
      ? [
          `Of more than ${MAX_OPEN_LOGS} logs the last are read behind others, so windows over them count less.`,
        ]
      : []),
  ];
}

function notesOn({ lost, paged, byBefore, byAfter, flowless }: Rehearsal): string[] {
  const dropped = Math.max(lost.dropped, paged.dropped, byBefore.dropped, byAfter.dropped);
  return [
    ...(dropped > 0
      ? [
          `There were too many different messages: the rarest, of some ${amount(dropped, 'line')}, are not listed.`,
        ]
      : []),
    ...(flowless > 0
      ? [`${amount(flowless, 'line')} went further ways between queues than are listed.`]
      : []),
  ];
}

function folded(note: string): string[] {
  return fill(note.split(' '), ' ', MAX_LINE_COLUMNS);
}

/** Reports each regex that ran too long once. */
function overrunReporter(io: Io): (regex: PlacedRegex) => void {
  const reported = new Set<PlacedRegex>();
  return (regex) => {
    if (reported.has(regex)) return;
    reported.add(regex);
    io.stderr.write(
      `${describeEvent({ kind: 'overrun', place: regex.place, source: regex.pattern.source })}\n`,
    );
  };
}

function fail(reason: string, code: ExitCode, io: Io): ExitCode {
  io.stderr.write(`${escapeControl(`tayori rehearse: ${reason}`)}\n`);
  return code;
}
