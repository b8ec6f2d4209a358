import { dirname, resolve } from 'node:path';
import { parseRoute } from '../mail/parse-route.js';
import type { Setting } from './config.js';
import type { Draft, Reporter } from './draft.js';
import { readPattern } from './read-pattern.js';
import { readQueue, readSchedule } from './read-queue.js';
import { type Statement, splitWord } from './statement.js';

/** One `set` directive: what the reader, `check`, the error messages and the manual know of it. */
export interface Directive {
  readonly name: string;
  /** What stands behind the name. */
  readonly grammar: string;
  readonly default: string;
  readonly help: string;
  /** `reload`: a reload applies it; `restart`: it waits for the next start. */
  readonly applies: 'reload' | 'restart';
  /** Whether this version does it yet. */
  readonly served: boolean;
  apply(value: Statement, draft: Draft, report: Reporter): void;
}

type Row = Omit<Directive, 'served' | 'applies'> & Partial<Pick<Directive, 'served' | 'applies'>>;

/** Every directive, in the order of the manual. */
export const DIRECTIVES: readonly Directive[] = (
  [
    {
      name: 'uid',
      grammar: 'NAME',
      default: 'none',
      help: 'The user to become after the start. Only matters when started as root.',
      applies: 'restart',
      served: false,
      apply: word((draft, value) => {
        draft.uid = value;
      }),
    },
    {
      name: 'gid',
      grammar: 'NAME',
      default: 'none',
      help: 'The group to become after the start. Only matters when started as root.',
      applies: 'restart',
      served: false,
      apply: word((draft, value) => {
        draft.gid = value;
      }),
    },
    {
      name: 'pidfile',
      grammar: 'PATH',
      default: 'none in the foreground',
      help: 'Where the daemon writes its pid. The option -P wins.',
      applies: 'restart',
      served: false,
      apply: path((draft, value) => {
        draft.pidfile = value;
      }),
    },
    {
      name: 'logfile',
      grammar: 'PATH',
      default: 'none',
      help: 'A file to follow, or a glob (*, ?, [...]); may stand many times. Files that come to match later are taken up.',
      apply: path((draft, value) => void draft.logfiles.push(value)),
    },
    {
      name: 'tail',
      grammar: 'PATH ARGS',
      default: 'none',
      help: 'Which tail program to run. Accepted for old configs and ignored: files are followed without one.',
      apply: ignored('files are followed without a tail program'),
    },
    {
      name: 'tail_multiple',
      grammar: 'on|off',
      default: 'on',
      help: 'One tail for each file. Accepted for old configs and ignored: lines of two files never mix.',
      apply: ignored('lines of two files never mix'),
    },
    {
      name: 'tail_missing',
      grammar: 'on|off',
      default: 'on',
      help: 'Wait for files that do not exist yet. Off: they are skipped with a message.',
      applies: 'restart',
      apply: onOff((draft, value) => {
        draft.tailMissing = value;
      }),
    },
    {
      name: 'fifo',
      grammar: 'PATH',
      default: 'none',
      help: 'A FIFO to read. Writers may come and go.',
      served: false,
      apply: path((draft, value) => void draft.fifos.push(value)),
    },
    {
      name: 'listen',
      grammar: 'ADDRESS:PORT',
      default: 'none',
      help: 'Receive syslog over UDP here.',
      served: false,
      apply: address((draft, value) => void draft.listen.push(value)),
    },
    {
      name: 'redisqueue',
      grammar: 'KEY',
      default: 'none',
      help: 'A Redis list to take lines from.',
      served: false,
      apply: word((draft, value) => void draft.redisQueues.push(value)),
    },
    {
      name: 'redisserver',
      grammar: 'HOST:PORT',
      default: '127.0.0.1:6379',
      help: 'The Redis server of the lists.',
      served: false,
      apply: address((draft, { value, place }) => {
        draft.redisServer = { value: { host: value.address, port: value.port }, place };
      }),
    },
    {
      name: 'start',
      grammar: 'end|beginning',
      default: 'end',
      help: 'Where to begin in a file that was never seen before. Known files go on where they stopped.',
      apply: oneOf(['end', 'beginning'], (draft, value) => {
        draft.start = value;
      }),
    },
    {
      name: 'state',
      grammar: 'PATH',
      default: '/var/lib/tayori, or tayori in the XDG state folder',
      help: 'The folder that holds what must survive a restart: read positions, counts, letters on their way.',
      applies: 'restart',
      apply: path((draft, value) => {
        draft.state = value;
      }),
    },
    {
      name: 'sleep',
      grammar: 'SECONDS',
      default: '5',
      help: 'Seconds between looks at the queues, 60 at most; the delay of [now] queues.',
      apply: number(0, 60, (draft, value) => {
        draft.sleep = value;
      }),
    },
    {
      name: 'limit',
      grammar: 'N',
      default: '0 (none)',
      help: 'At most N messages per host in a letter; what is left out is told.',
      apply: number(0, 1_000_000, (draft, { value, place }) => {
        draft.limit = { value: value || null, place };
      }),
    },
    {
      name: 'pager_limit',
      grammar: 'N',
      default: '0 (none)',
      help: 'At most N messages per host in a pager letter.',
      apply: number(0, 1_000_000, (draft, { value, place }) => {
        draft.pagerLimit = { value: value || null, place };
      }),
    },
    {
      name: 'logprefix',
      grammar: 'REGEX',
      default: 'none',
      help: 'One more prefix of log lines, tried after the built-in one. It is cut off; group 1 is the host.',
      apply: readLogprefix,
    },
    {
      name: 'mask',
      grammar: '[TEXT]',
      default: '______',
      help: 'What stands for each capture group of a rule. Without TEXT: nothing.',
      apply(value, draft, report) {
        const { word: text, rest } = splitWord(value);
        tellRest(rest, report);
        draft.mask = { value: text.text, place: value.place };
      },
    },
    {
      name: 'hidepid',
      grammar: 'on|off',
      default: 'off',
      help: 'Take the pid out of "program[123]: " before the rules see the line.',
      apply: onOff((draft, value) => {
        draft.hidepid = value;
      }),
    },
    {
      name: 'timezone',
      grammar: 'ZONE',
      default: "this machine's",
      help: 'The zone (such as Asia/Tokyo) of schedules and of log lines that name none.',
      apply: word((draft, value, at, report) => {
        if (isTimezone(value.value)) draft.timezone = value;
        else
          report.error(
            at,
            `the unknown time zone "${value.value}"`,
            'write a name such as Europe/Berlin or UTC',
          );
      }),
    },
    {
      name: 'mailserver',
      grammar: 'HOST[:PORT]|URL',
      default: 'maildir: in the state folder',
      help: 'Where letters go: HOST[:PORT], smtp://..., smtps://..., sendmail:PATH or maildir:PATH.',
      apply(value, draft, report) {
        const parsed = parseRoute(value.text, dirname(value.place.file));
        if (parsed.ok) draft.mailserver = { value: parsed.route, place: value.place };
        else report.error(value, parsed.seen, parsed.instead);
      },
    },
    {
      name: 'mailhelo',
      grammar: 'NAME',
      default: "this host's name",
      help: 'The name given to the mail server in EHLO.',
      apply: word((draft, value) => {
        draft.mailhelo = value;
      }),
    },
    {
      name: 'mailtimeout',
      grammar: 'SECONDS',
      default: '10',
      help: 'How long to wait for an answer of the mail server.',
      apply: number(1, 3600, (draft, value) => {
        draft.mailtimeout = value;
      }),
    },
    {
      name: 'subject',
      grammar: 'TEXT',
      default: 'tayori report',
      help: 'The subject of queues that have none of their own. " [queue]" is always appended.',
      apply(value, draft) {
        draft.subject = { value: value.text.trim(), place: value.place };
      },
    },
    {
      name: 'queue',
      grammar: 'NAME FROM [pager:]TO[,TO...] [CRON|now] [SUBJECT]',
      default: 'none',
      help: 'A queue: who gets its letter, and when. With pager: before an address it is sent in short lines.',
      apply: readQueue,
    },
    {
      name: 'filter',
      grammar: 'QUEUE PATH ARGS',
      default: 'none',
      help: 'A program that the body of a letter goes through.',
      served: false,
      apply(value, draft, report) {
        const { word: queue, rest } = splitWord(value);
        if (rest.text === '')
          report.error(value, 'a filter without its program', 'write set filter QUEUE /PATH ARGS');
        else draft.filters.push({ queue: queue.text, command: rest.text, place: value.place });
      },
    },
    {
      name: 'csv',
      grammar: '[CRON|now] PATH ARGS',
      default: 'none',
      help: 'Makes the queue csv, whose content goes to a program as CSV.',
      served: false,
      apply(value, draft, report) {
        const schedule = readSchedule(value, draft.timezone.value, report);
        if (!schedule) return;
        draft.csv = { schedule: schedule.schedule, command: schedule.rest.text.trim(), place: value.place };
      },
    },
    {
      name: 'sort_order',
      grammar: 'ascending|descending',
      default: 'descending',
      help: 'How the messages of a host are sorted by their counts.',
      apply: oneOf(['ascending', 'descending'], (draft, value) => {
        draft.sortOrder = value;
      }),
    },
    {
      name: 'resolve',
      grammar: 'on|off',
      default: 'off',
      help: 'Show the DNS name of each host.',
      served: false,
      apply: onOff((draft, value) => {
        draft.resolve = value;
      }),
    },
    {
      name: 'threshold',
      grammar: 'QUEUE N REGEX',
      default: 'none',
      help: 'Leave out messages that match and have fewer than N hits.',
      served: false,
      apply: readThreshold,
    },
    {
      name: 'flush_on_signal',
      grammar: 'on|off',
      default: 'on',
      help: 'Mail all queues on TERM, INT and HUP. Off: counts wait in the state.',
      served: false,
      apply: onOff((draft, value) => {
        draft.flushOnSignal = value;
      }),
    },
  ] satisfies Row[]
).map((row: Row) => ({ served: true, applies: 'reload', ...row }));

type Apply = Directive['apply'];

/** Tenshi takes one word and passes over the rest of the line; so do we, and say so. */
function tellRest(rest: Statement, report: Reporter): void {
  if (rest.text.trim() !== '')
    report.warning(
      rest,
      `"${rest.text.trim()}" behind the value counts for nothing`,
      'remove it',
      'ignored-text',
    );
}

function word(set: (draft: Draft, value: Setting<string>, at: Statement, report: Reporter) => void): Apply {
  return (value, draft, report) => {
    const { word: text, rest } = splitWord(value);
    if (text.text === '') return report.error(value, 'no value', 'write one behind the name');
    tellRest(rest, report);
    set(draft, { value: text.text, place: text.place }, text, report);
  };
}

/** A path; a relative one is taken from the file that names it. */
function path(set: (draft: Draft, value: Setting<string>) => void): Apply {
  return word((draft, { value, place }, at) =>
    set(draft, { value: resolve(dirname(at.place.file), value), place }),
  );
}

function onOff(set: (draft: Draft, value: Setting<boolean>) => void): Apply {
  return oneOf(['on', 'off'], (draft, { value, place }) => set(draft, { value: value === 'on', place }));
}

function oneOf<const T extends string>(
  words: readonly T[],
  set: (draft: Draft, value: Setting<T>) => void,
): Apply {
  return word((draft, { value, place }, at, report) => {
    const known = words.find((one) => one === value);
    if (known === undefined) report.error(at, `"${value}"`, `write ${words.join(' or ')}`);
    else set(draft, { value: known, place });
  });
}

/** Digits as Tenshi takes them: `5x` is 5, and told. */
function number(min: number, max: number, set: (draft: Draft, value: Setting<number>) => void): Apply {
  return word((draft, { value, place }, at, report) => {
    const digits = /^\d+/.exec(value)?.[0];
    if (digits === undefined || Number(digits) < min || Number(digits) > max)
      return report.error(at, `"${value}"`, `write a number from ${min} to ${max}`);
    if (digits !== value)
      report.warning(at, `"${value}" is taken as ${digits}`, `write ${digits}`, 'ignored-text');
    set(draft, { value: Number(digits), place });
  });
}

function address(
  set: (draft: Draft, value: Setting<{ readonly address: string; readonly port: number }>) => void,
): Apply {
  return word((draft, { value, place }, at, report) => {
    const match = /^(?:\[([0-9a-fA-F:.]+)\]|([^:]+)):(\d+)$/.exec(value);
    const port = Number(match?.[3]);
    if (!match || port < 1 || port > 65_535)
      return report.error(at, `"${value}"`, 'write ADDRESS:PORT, an IPv6 address in brackets');
    set(draft, { value: { address: match[1] ?? match[2] ?? '', port }, place });
  });
}

function ignored(why: string): Apply {
  return (value, _draft, report) =>
    report.notice(value, 'this counts for nothing here', why, 'ignored-directive');
}

function isTimezone(zone: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: zone });
    return true;
  } catch {
    return false;
  }
}

function readLogprefix(value: Statement, draft: Draft, report: Reporter): void {
  if (value.text === '') return report.error(value, 'no regex', 'write set logprefix ^(\\S+) - ');
  const pattern = readPattern(value, report);
  if (!pattern) return;
  if (pattern.enclosing.length === 0)
    report.warning(
      value,
      'a prefix without a capture group: its lines have no host and are dropped',
      'put the host in (...)',
      'odd-regex',
    );
  draft.logprefixes.push({ value: pattern, place: value.place });
}

function readThreshold(value: Statement, draft: Draft, report: Reporter): void {
  const queue = splitWord(value);
  const below = splitWord(queue.rest);
  if (below.rest.text === '' || !/^[1-9]\d*$/.test(below.word.text))
    return report.error(value, `"${value.text}"`, 'write set threshold QUEUE N REGEX, N at least 1');
  const pattern = readPattern(below.rest, report);
  if (!pattern) return;
  draft.thresholds.push({
    queue: queue.word.text,
    below: Number(below.word.text),
    pattern,
    place: value.place,
  });
}
