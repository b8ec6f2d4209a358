import { join } from 'node:path';
import { reasonOf } from '../base/errors.js';
import type { ExitCode, Io } from '../base/process/io.js';
import { escapeControl } from '../base/text/escape.js';
import { amount, columns, escapeLines, formatTime } from '../base/text/layout.js';
import { quote } from '../base/text/quote.js';
import type { Config } from '../config/config.js';
import { MAX_DURATION, readDuration } from '../config/read/read-duration.js';
import { mailedQueues } from '../config/sections.js';
import { readId, shownId } from '../letter/entry-id.js';
import { GROWTH, MAX_SNOOZES, type Snooze } from '../queue/snooze.js';
import { isLocked } from '../store/folder/state-lock.js';
import type { FoundEntry } from '../store/ports/entries.js';
import type { Snoozes } from '../store/ports/snoozes.js';
import { openSqliteBeside } from '../store/sqlite/sqlite-store.js';
import { describeMissingEntry } from './bench/describe-missing-entry.js';
import { usualDay } from './bench/usual-day.js';
import { findFleetEntry } from './fleet/find-fleet-entry.js';
import { type Located, locateState, type ReadState, withState } from './read-state.js';

export interface SnoozeOptions {
  readonly config: string | undefined;
  readonly id: string | undefined;
  readonly time: string | undefined;
  readonly reason: readonly string[];
  /** On this host alone. */
  readonly host: string | undefined;
  /** Wake it. */
  readonly end: boolean;
}

/** A longer reason is cut: letters repeat it (UTF-16 units). */
const MAX_REASON = 200;

/**
 * `tayori snooze`: puts an entry of letters aside for a while, wakes one, or lists them. It writes into the state, where a
 * running daemon finds it at its next poll.
 */
export async function snooze(options: SnoozeOptions, io: Io): Promise<ExitCode> {
  const wrong = wrongUse(options);
  if (wrong !== null) return tell(wrong, io, 2);
  const located = locateState(options.config, io);
  const config = located?.config;
  if (!config) return 1;
  if (options.id === undefined) return await withState(located, io, ({ store }) => list(store, config, io));
  if (options.end) return await withState(located, io, (state) => wake(options.id ?? '', state, located, io));
  return await withState(located, io, (state) => begin(options, config, state, located, io));
}

/** null: nothing is wrong. */
function wrongUse({ id, time, reason, end, host }: SnoozeOptions): string | null {
  if (id === undefined)
    return end || host !== undefined ? 'which entry? Write its ID, as letters show it' : null;
  if (end) return time === undefined ? null : 'with --end write the ID alone';
  const span = time === undefined ? 0 : (readDuration(time) ?? 0);
  if (time === undefined)
    return 'for how long, and why? Write tayori snooze ID TIME REASON: 4kq2m9z 7d disk is ordered';
  if (span <= 0 || span > MAX_DURATION)
    return `${quote(time)} is no time; write one such as 90m, 12h or 7d, at most 366d`;
  return reason.join(' ').trim() === '' ? 'why? Write a reason behind the time: letters tell it' : null;
}

async function begin(
  { id = '', time = '', reason, host = '' }: SnoozeOptions,
  config: Config,
  { store, folder }: ReadState,
  located: Located,
  io: Io,
): Promise<ExitCode> {
  const { found, away } = await findFleetEntry(id, store, config, located, io.env);
  if (found.kind !== 'found') {
    io.stderr.write(escapeLines(describeMissingEntry(id, found, away)));
    return found.kind === 'malformed' ? 2 : 1;
  }
  const { entry } = found;
  const doubt = doubtOf(entry, host, config);
  if (doubt !== null) return tell(doubt, io, 1);
  const known = store.snoozes();
  if (known.length >= MAX_SNOOZES && !known.some((one) => one.id === entry.id && one.host === host))
    return tell(`${MAX_SNOOZES} entries are snoozed, the most there can be; write a rule for them`, io, 1);
  const now = Date.now();
  const waiting = entry.waiting.reduce(
    (sum, row) => sum + (host === '' || row.host === host ? row.count : 0),
    0,
  );
  const made: Snooze = {
    ...{ id: entry.id, queue: entry.queue, message: entry.message, host, held: 0, before: waiting, day: now },
    reason: escapeControl(reason.join(' ').trim()).slice(0, MAX_REASON),
    began: now,
    until: now + (readDuration(time) ?? 0),
    usual: usualDay(entry, host, { config, store, now }),
    ended: null,
    why: null,
  };
  store.end(); // an open reader keeps SQLite from cleaning up after a writer
  const trouble = change(located, (snoozes) => snoozes.addSnooze(made));
  if (trouble !== null) return tell(trouble, io, 1);
  io.stdout.write(
    escapeLines([
      `${shownId(made.id)} [${made.queue}] ${made.message}`,
      `is snoozed${host === '' ? '' : ` on ${host}`} until ${formatTime(made.until, config.timezone.value, now)}; it wakes before, if a day has ${GROWTH * made.usual} lines of it; ${whenRead(folder)}${config.fleet.value === null ? '' : ', and the other machines of the fleet within a minute'}`,
    ]),
  );
  return 0;
}

/** Why an entry cannot be snoozed; null: it can. */
function doubtOf({ queue, isCut, waiting, known }: FoundEntry, host: string, config: Config): string | null {
  if (!mailedQueues(config).includes(queue)) return `the config no longer defines the queue ${quote(queue)}`;
  if (isCut)
    return 'its message is long, and only the beginning is remembered; snooze it while a letter counts it';
  const hosts = [...new Set([...waiting, ...known].map((row) => row.host))];
  if (host !== '' && hosts.length > 0 && !hosts.includes(host))
    return `it never came from the host ${quote(host)}, but from ${hosts.join(', ')}`;
  return null;
}

function wake(typed: string, { store, folder }: ReadState, located: Located, io: Io): ExitCode {
  const id = readId(typed);
  if (id === null) return tell(`${quote(typed)} is no id; tayori snooze lists what is snoozed`, io, 2);
  const ending = store.snoozes().filter((one) => one.id.startsWith(id) && one.ended === null);
  if (ending.length === 0)
    return tell(`nothing is snoozed by the id ${quote(typed)}; tayori snooze lists what is`, io, 1);
  store.end();
  const now = Date.now();
  const trouble = change(located, (snoozes) => {
    for (const one of ending) snoozes.endSnooze(one, now, 'hand');
  });
  if (trouble !== null) return tell(trouble, io, 1);
  for (const { message, queue } of ending)
    io.stdout.write(
      escapeLines([`${shownId(id)} [${queue}] ${message}`, `is no longer snoozed; ${whenRead(folder)}`]),
    );
  return 0;
}

function list(store: Snoozes, { timezone }: Config, io: Io): ExitCode {
  const now = Date.now();
  const at = (time: number): string => formatTime(time, timezone.value, now);
  const rows = store
    .snoozes()
    .map((one) => [
      shownId(one.id),
      `[${one.queue}]`,
      one.host === '' ? 'every host' : one.host,
      one.ended === null ? `until ${at(one.until)}` : `ended ${at(one.ended)}`,
      amount(one.held + store.snoozedLines(one), 'line'),
      one.reason,
      one.message,
    ]);
  if (rows.length === 0) io.stderr.write('nothing is snoozed\n');
  else io.stdout.write(escapeLines(columns(rows)));
  return 0;
}

function whenRead(folder: string): string {
  return isLocked(folder)
    ? 'tayori takes it up at its next poll'
    : 'tayori is not running, and takes it up when it starts';
}

/** Writes to the state beside a running daemon; returns what hinders that, or null. */
function change({ folder }: Located, work: (snoozes: Snoozes) => void): string | null {
  const opened = openSqliteBeside(join(folder, 'tayori.db'));
  const advice = 'run it as root or as the user that tayori runs as';
  if (!opened.ok) return `the state in ${folder} cannot be written: ${opened.reason}; ${advice}`;
  try {
    work(opened.store);
    return null;
  } catch (error) {
    return `the state in ${folder} cannot be written: ${reasonOf(error)}; ${advice}`;
  } finally {
    opened.store.end();
  }
}

function tell(words: string, io: Io, code: ExitCode): ExitCode {
  io.stderr.write(`${escapeControl(`tayori: ${words}`)}\n`);
  return code;
}
