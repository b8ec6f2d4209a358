import { MAX_REPEATS } from '../base/count.js';
import { amount, columns, describeBehind, escapeLines, formatTime } from '../base/text/layout.js';
import { describeDuration } from '../base/time/duration.js';
import type { FileStatus, NextLetter, ReceiverStatus, Status } from '../daemon/status.js';
import { MAX_KEYS } from '../queue/timed/timed-keys.js';
import { OTHERS } from '../store/loss-names.js';
import type { OutboxSummary } from '../store/ports/outbox-list.js';
import { fleetRows } from './render-fleet-status.js';
import { programRows } from './render-programs.js';

export interface StatusFrame {
  /** By which config it is told, where it is none that the daemon was started with; left out: by that one. */
  readonly config?: string;
  /** The state folder. */
  readonly state: string;
  /** The first error of the config as it stands; null, or left out: it has none. */
  readonly fault?: string | null;
  /** Notes of rules whose day has passed; left out: none. */
  readonly overdue?: number;
  /** What others may do there, in words, or null. */
  readonly exposure?: string | null;
  /** When the daemon last began to look at its logs (ms); null, or left out: that is not known. */
  readonly lastPoll?: number | null;
  readonly timezone: string | null;
  readonly now: number;
}

/** The status for a terminal. */
export function renderStatus(status: Status, frame: StatusFrame): string {
  const queues = status.queues.map(({ name, messages, lines, next, sectionOf, zone = null, trouble }) => [
    name,
    sectionOf === undefined
      ? `${describeNext(next, frame)}${inItsZone(next, zone, frame)}`
      : `in the letter of ${sectionOf}`,
    lines === 0 ? 'empty' : `${amount(lines, 'line')} in ${amount(messages, 'message')}`,
    ...(trouble === undefined ? [] : [`its letter cannot be made: ${trouble}`]),
  ]);
  return escapeLines([
    describeDaemon(status, frame),
    ...describeSilence(status, frame),
    ...describeRefusal(status, frame),
    ...(frame.config === undefined || frame.config === status.daemon?.config
      ? []
      : [`This goes by the config ${frame.config}.`]),
    `The state is kept in ${frame.state}.`,
    ...(frame.exposure == null ? [] : [`Warning: ${frame.exposure}.`]),
    ...describeOverdue(frame),
    ...section('Watched', [
      ...status.files.map((file) => [file.path, describeFile(file)]),
      ...status.inlets.map((receiver) => [receiver.name, describeReceiver(receiver)]),
    ]),
    ...(status.turns === null
      ? []
      : [`  There are more logs than may be open at once (${status.turns}): they are opened in turns.`]),
    ...section('Queues', queues),
    ...(status.timed.length === 0 ? [] : section('Rules that count in time', timed(status))),
    ...(status.programs.length === 0 ? [] : section('Programs', programRows(status, frame))),
    ...(status.snoozed.length === 0 ? [] : section('Snoozed', snoozed(status, frame))),
    ...(status.fleet === null
      ? []
      : section(
          'Fleet',
          fleetRows(status.fleet, status.running, (time) => at(time, frame)),
        )),
    ...section(
      'Outbox',
      status.outbox.map((letter) => describeLetter(letter, frame)),
      'empty: every letter was delivered',
    ),
    ...(status.heartbeats.length === 0
      ? []
      : section(
          'Heartbeats',
          status.heartbeats.map(({ to, last, trouble }) => [
            to,
            last === null ? 'not yet' : `last ${at(last, frame)}`,
            ...(trouble === null ? [] : [trouble]),
          ]),
        )),
    ...section(
      status.began === null ? 'Counted' : `Counted since ${at(status.began, frame)}`,
      counted(status),
    ),
    ...(status.silent.length === 0
      ? []
      : section(
          'Silent',
          status.silent.map(({ name, quiet }) => [name, `no line for ${describeDuration(quiet)}`]),
        )),
    ...(status.losses.length === 0 ? [] : section('Logs that lost lines, or may have', losses(status))),
    ...(status.overruns.length === 0 ? [] : section('Rules that ran too long on a line', overruns(status))),
  ]);
}

/** Rules that were wanted for a time only, as their notes say. */
function describeOverdue({ overdue = 0, config = '' }: StatusFrame): string[] {
  if (overdue === 0) return [];
  const check = config === '' ? 'tayori check' : `tayori check ${config}`;
  return [
    `The day until which a rule is needed has passed for ${amount(overdue, 'rule')}; ${check} names them.`,
  ];
}

function section(title: string, rows: readonly (readonly string[])[], none = 'none'): string[] {
  return ['', title, ...(rows.length > 0 ? columns(rows) : [`  ${none}`])];
}

function describeDaemon({ daemon, running }: Status, frame: StatusFrame): string {
  if (!daemon) return running ? 'tayori is running.' : 'tayori is not running.';
  const { version, pid, started, config } = daemon;
  return running
    ? `tayori ${version} is running (pid ${pid}) since ${at(started, frame)}, with ${config}.`
    : `tayori is not running. The last one (${version}) was started ${at(started, frame)}.`;
}

/** A daemon that runs and has not looked at its logs for so long (ms) hangs, or waits for its disk. */
const MAX_SILENCE = 5 * 60_000;

function describeSilence({ running }: Status, { lastPoll, now }: StatusFrame): string[] {
  const silence = running && lastPoll != null ? now - lastPoll : 0;
  return silence > MAX_SILENCE
    ? [`Warning: it last began to look at its logs ${describeDuration(silence)} ago.`]
    : [];
}

/**
 * That the daemon runs by an older config than the one that stands there: it has refused that, or was not asked to read
 * it, as systemd asks only for a config without errors.
 */
function describeRefusal(status: Status, frame: StatusFrame): string[] {
  const { daemon, running, refusedReload, refusedReason, configRead } = status;
  const isItsConfig = frame.config === undefined || frame.config === daemon?.config;
  const why = refusedReload === null ? (running && isItsConfig ? frame.fault : null) : refusedReason;
  if (refusedReload === null && why == null) return [];
  const check = daemon ? `tayori check ${daemon.config}` : 'tayori check';
  const what =
    refusedReload === null
      ? 'the config has an error now'
      : `the config was refused at the reload of ${at(refusedReload, frame)}`;
  const before = configRead === null ? 'the one before' : `the one that was read ${at(configRead, frame)}`;
  const warning = `Warning: ${what}, and ${before} is in force; ${check} says why`;
  return why == null ? [`${warning}.`] : [`${warning}:`, `  ${why}`];
}

function describeFile({ behind, trouble, reading }: FileStatus): string {
  const state = trouble ?? describeBehind(behind ?? 0);
  return reading === undefined ? state : `${state}; ${reading}`;
}

function describeReceiver({ status, lines }: ReceiverStatus): string {
  return lines === null ? status : `${status}, ${amount(lines, 'line')} received`;
}

function describeNext(next: NextLetter, frame: StatusFrame): string {
  switch (next.kind) {
    case 'at':
      return `next ${at(next.time, frame)}`;
    case 'now':
      return 'at once';
    case 'held':
      return `held back until ${at(next.until, frame)}`;
    case 'with-next':
      return 'with the next page';
    case 'never':
      return 'never';
    case 'undefined':
      return 'not in the config';
  }
}

/** The time where the letter is read, beside that of this machine. */
function inItsZone(next: NextLetter, zone: string | null, { now }: StatusFrame): string {
  return zone === null || next.kind !== 'at' ? '' : ` (${formatTime(next.time, zone, now)} in ${zone})`;
}

function describeLetter(letter: OutboxSummary, frame: StatusFrame): string[] {
  const age = describeDuration(frame.now - letter.sealed);
  const tries = letter.attempts === 0 ? 'not tried yet' : amount(letter.attempts, 'try', 'tries');
  const state =
    letter.state === 'refused'
      ? `rejected, ${age} old (send again: tayori letters ${letter.id} --send)`
      : `waiting for ${age}, ${tries}${nextTry(letter, frame)}`;
  const why = letter.lastError === null ? '' : letter.lastError;
  return [`[${letter.queue}]`, letter.address, state, why];
}

function nextTry({ nextTry: time, attempts }: OutboxSummary, frame: StatusFrame): string {
  return attempts > 0 && time > frame.now ? `, next in ${describeDuration(time - frame.now)}` : '';
}

function snoozed({ snoozed: all }: Status, frame: StatusFrame): string[][] {
  return all.map(({ id, queue, host, until, ended, lines, reason, message }) => [
    id,
    `[${queue}]`,
    host ?? 'every host',
    ended === null ? `until ${at(until, frame)}` : `ended ${at(ended, frame)}`,
    amount(lines, 'line'),
    reason,
    message,
  ]);
}

function timed({ timed: directives }: Status): string[][] {
  return directives.map(({ directive, keys }) => [
    directive,
    `${amount(keys, 'key')}${keys >= MAX_KEYS ? ', the most that are remembered' : ''}`,
  ]);
}

/** What each counter counts, the most important first. Others are shown under their names. */
const COUNTERS = new Map([
  ['lines', 'lines read'],
  ['unknown', 'matched by no rule'],
  ['trash', 'thrown away by rules'],
  ['unprefixed', 'without a known prefix (a queue named noprefix would show them)'],
  ['hostless', 'whose logprefix matched no host'],
  ['own', "by the mail server about tayori's own letters"],
]);

/** Shown only when there are any. */
const LOSSES = new Map([
  ['own_log', 'written by tayori itself to the system log'],
  ['dropped', 'datagrams lost, because the receive buffer was full'],
  ['overflowed', 'lines lost, because the state could not be written'],
  ['repeatable', 'messages that may be counted twice, since their RELP senders may have had no answer'],
  ['capped', `that claimed more than ${MAX_REPEATS} repeats, counted as ${MAX_REPEATS}`],
  ['uncounted', 'repeats above that limit, not counted'],
  ['unwatched', 'seconds in which tayori did not watch'],
  ['exempt', 'kept from a queue by set exempt'],
  ['window_late', 'older than their window, not counted in it'],
  ['keys_forgotten', 'keys of windows and throttles forgotten, because there were too many'],
]);

function counted({ counters }: Status): string[][] {
  const known = [...COUNTERS].map(([name, words]) => [String(counters.get(name) ?? 0), words]);
  const others = [...counters].filter(([name]) => !COUNTERS.has(name));
  const rows = [...known, ...others.map(([name, value]) => [String(value), LOSSES.get(name) ?? name])];
  const width = Math.max(...rows.map(([value = '']) => value.length));
  return rows.map(([value = '', words = '']) => [value.padStart(width), words]);
}

function overruns({ overruns: rules }: Status): string[][] {
  return rules.map(({ rule, times }) => [rule, amount(times, 'time')]);
}

const LOSSES_OF_LOGS: Readonly<Record<Status['losses'][number]['kind'], string>> = {
  emptied: 'truncated or replaced, and no copy was found',
  replaced: 'replaced, and the old file was not found',
  deleted: 'deleted, and not found under another name',
  unreadable: 'a rotated file could not be read to its end',
  vacuumed: 'entries were thrown away before they were read',
};

function losses({ losses: logs }: Status): string[][] {
  return logs.map(({ path, kind, times }) => [
    path === OTHERS ? 'other logs' : path,
    LOSSES_OF_LOGS[kind],
    amount(times, 'time'),
  ]);
}

function at(time: number, { timezone, now }: StatusFrame): string {
  return formatTime(time, timezone, now);
}
