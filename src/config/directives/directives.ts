import { dirname } from 'node:path';
import { parseRoute } from '../../mail/route/parse-route.js';
import { findGroup, findUser } from '../check/find-account.js';
import { reportAddress } from '../check/report-address.js';
import type { Config } from '../config.js';
import type { Draft } from '../draft.js';
import { quote } from '../read/fault.js';
import type { Reporter } from '../read/report.js';
import { reportRest } from '../read/report-rest.js';
import { from, type SourceText, splitWord } from '../read/source-text.js';
import { readAlias } from './aliases.js';
import { readCsv, readFilter, readFold, readTemplate, readThreshold, readValues } from './queue-settings.js';
import { readPattern } from './read-pattern.js';
import { readQueue, readSubject } from './read-queue.js';
import {
  type Apply,
  account,
  addOnce,
  address,
  ignored,
  number,
  oneOf,
  onOff,
  path,
  word,
} from './value-kinds.js';

/** One `set` directive: what the reader, `check`, the error messages and the manual know of it. */
export interface Directive {
  readonly name: string;
  /** What stands behind the name. */
  readonly grammar: string;
  readonly default: string;
  readonly help: string;
  /** `reload`: a reload applies it; `restart`: it waits for the next start. */
  readonly applies: 'reload' | 'restart';
  /** What must have changed for a change to wait for the next start; null where a reload applies it. */
  readonly fixed: ((config: Config) => unknown) | null;
  readonly apply: Apply;
}

type Row = Omit<Directive, 'applies' | 'fixed'> & Partial<Pick<Directive, 'fixed'>>;

/** Every directive, in the order of the manual. */
export const DIRECTIVES: readonly Directive[] = (
  [
    {
      name: 'uid',
      grammar: 'NAME',
      default: 'none: root has to say',
      help: 'The user to become before any log is read. It only matters when started as root, and then it must stand: set uid root stays root.',
      fixed: ({ uid }) => uid.value?.uid,
      apply: account('user', findUser, (draft, value) => {
        draft.uid = value;
      }),
    },
    {
      name: 'gid',
      grammar: 'NAME',
      default: "the user's own",
      help: 'The group to become with uid. The other groups of the user are kept, those of root are not.',
      fixed: ({ gid }) => gid.value?.gid,
      apply: account('group', findGroup, (draft, value) => {
        draft.gid = value;
      }),
    },
    {
      name: 'pidfile',
      grammar: 'PATH',
      default: '/var/run/tenshi.pid; none in the foreground',
      help: 'Where the daemon writes its process number. The option -P wins over it, and holds in the foreground, too.',
      fixed: ({ pidfile }) => pidfile.value,
      apply: path((draft, value) => {
        draft.pidfile = value;
      }),
    },
    {
      name: 'logfile',
      grammar: 'PATH',
      default: 'none',
      help: 'A file to follow, or a glob (*, ?, [...]) of files; those that come to match later are taken up. It may stand many times.',
      apply: path((draft, value) => addOnce(draft.logfiles, value)),
    },
    {
      name: 'tail',
      grammar: 'PATH ARGS',
      default: 'none',
      help: 'Which tail program to run. Accepted for old configs and ignored: files are followed without one.',
      apply: ignored(
        'files are followed without a tail program',
        word(() => {}),
      ),
    },
    {
      name: 'tail_multiple',
      grammar: 'on|off',
      default: 'on',
      help: 'One tail for each file. Accepted for old configs and ignored: lines of two files never mix.',
      apply: ignored(
        'lines of two files never mix',
        onOff(() => {}),
      ),
    },
    {
      name: 'tail_missing',
      grammar: 'on|off',
      default: 'on',
      help: 'Wait for files that do not exist yet. Off: they are skipped with a message.',
      apply: onOff((draft, value) => {
        draft.tailMissing = value;
      }),
    },
    {
      name: 'fifo',
      grammar: 'PATH',
      default: 'none',
      help: 'A FIFO to read; its writers may come and go. It may stand many times.',
      apply: path((draft, value) => addOnce(draft.fifos, value)),
    },
    {
      name: 'listen',
      grammar: 'ADDRESS:PORT',
      default: 'none',
      help: 'Receive syslog over UDP at this address; one of IPv6 stands in brackets. It may stand many times.',
      apply: address('ADDRESS', (draft, value) => addOnce(draft.listen, value)),
    },
    {
      name: 'redisqueue',
      grammar: 'KEY',
      default: 'none',
      help: 'A Redis list to take lines from. It may stand many times.',
      apply: word((draft, value) => addOnce(draft.redisQueues, value)),
    },
    {
      name: 'redisserver',
      grammar: 'HOST:PORT',
      default: '127.0.0.1:6379',
      help: 'The Redis server that holds the lists of redisqueue.',
      apply: address('HOST', (draft, { value, place }) => {
        draft.redisServer = { value: { host: value.address, port: value.port }, place };
      }),
    },
    {
      name: 'start',
      grammar: 'end|beginning',
      default: 'end',
      help: 'Where to begin in a file that was never seen before. Known files are read on from where they were left.',
      apply: oneOf(['end', 'beginning'], (draft, value) => {
        draft.start = value;
      }),
    },
    {
      name: 'state',
      grammar: 'PATH',
      default: '/var/lib/tayori, or tayori in the XDG state folder',
      help: 'The folder of what must survive a restart: how far each file was read, what was counted, letters on their way.',
      fixed: ({ state }) => state.value,
      apply: path((draft, value) => {
        draft.state = value;
      }),
    },
    {
      name: 'sleep',
      grammar: 'SECONDS',
      default: '5',
      help: 'Seconds between two looks at the queues, 60 at most; a [now] queue is mailed after as many.',
      apply: number(0, 60, (draft, value) => {
        draft.sleep = value;
      }),
    },
    {
      name: 'limit',
      grammar: 'N',
      default: '0 (none)',
      help: 'At most N messages of each host in a letter; how many are left out is told. 0: no limit.',
      apply: number(0, Number.MAX_SAFE_INTEGER, (draft, { value, place }) => {
        draft.limit = { value: value || null, place };
      }),
    },
    {
      name: 'pager_limit',
      grammar: 'N',
      default: '0 (none)',
      help: 'At most N messages of each host in a pager letter. 0: no limit.',
      apply: number(0, Number.MAX_SAFE_INTEGER, (draft, { value, place }) => {
        draft.pagerLimit = { value: value || null, place };
      }),
    },
    {
      name: 'prefix',
      grammar: 'REGEX',
      default: 'none',
      help: 'A prefix of log lines that is tried before the built-in ones, in order. What matches is cut off; the group host, or group 1, is the host, the group time the time.',
      apply: readPrefix,
    },
    {
      name: 'logprefix',
      grammar: 'REGEX',
      default: 'none',
      help: 'One more prefix of log lines, tried after the built-in one, in order. What matches is cut off; group 1 is the host.',
      apply: readLogprefix,
    },
    {
      name: 'mask',
      grammar: '[TEXT]',
      default: '______',
      help: 'What stands in letters for what a capture group of a rule matched. Without TEXT: nothing.',
      apply(value, draft, report) {
        const { word: text, rest } = splitWord(value);
        reportRest(rest, report);
        draft.mask = { value: text.text, place: value.place };
      },
    },
    {
      name: 'hidepid',
      grammar: 'on|off',
      default: 'off',
      help: 'Take the process number out of "program[123]: " before the rules see the line.',
      apply: onOff((draft, value) => {
        draft.hidepid = value;
      }),
    },
    {
      name: 'timezone',
      grammar: 'ZONE',
      default: "this machine's",
      help: 'The zone, such as Asia/Tokyo, of schedules and of log lines that name none.',
      apply: word((draft, value, at, report) => {
        if (isTimezone(value.value)) draft.timezone = value;
        else
          report.error(at, `the unknown time zone ${quote(value.value)}`, 'write one such as Europe/Berlin');
      }),
    },
    {
      name: 'mailserver',
      grammar: 'HOST[:PORT]|URL',
      default: 'maildir: in the state folder',
      help: 'Where letters go: HOST[:PORT], smtp://[USER@]HOST[:PORT], smtps:// the same, sendmail:PATH or maildir:PATH. HOST alone uses STARTTLS when it is offered; smtp:// requires it, with a certificate that can be checked, unless the host is this machine or ?tls=off or ?tls=opportunistic stands behind it; smtps:// is TLS from the first byte, on port 465. ?ca=FILE names a private CA. A password is never sent without TLS to another machine.',
      apply(value, draft, report) {
        const parsed = parseRoute(value.text, dirname(value.place.file));
        if (!parsed.ok) return report.error(from(value, parsed.offset), parsed.seen, parsed.instead);
        draft.mailserver = { value: parsed.route, place: value.place };
        draft.urlUser = parsed.user;
      },
    },
    {
      name: 'mailuser',
      grammar: 'NAME',
      default: 'none',
      help: 'The user to log in as at the mail server, unless one stands in its URL. It needs mailpassword.',
      apply: word((draft, value) => {
        draft.mailuser = value;
      }),
    },
    {
      name: 'mailpassword',
      grammar: 'FILE|credential:NAME',
      default: 'none',
      help: 'The file that holds the password for the mail server and nothing else, or the name that it has among the credentials that systemd hands to the service (LoadCredential=). It is read anew for each letter.',
      apply: readMailPassword,
    },
    {
      name: 'mailfrom',
      grammar: 'ADDRESS',
      default: 'the FROM of each queue',
      help: 'The sender of all letters, in the header and for the mail server.',
      apply: word((draft, value, at, report) => {
        if (/^[^\s<>,]+$/.test(value.value)) {
          draft.mailfrom = value;
          reportAddress(at, report);
        } else
          report.error(
            at,
            `${quote(value.value)} as a sender`,
            'write one address, such as logs@example.org',
          );
      }),
    },
    {
      name: 'alias',
      grammar: 'NAME ADDRESS[,ADDRESS...]',
      default: 'none',
      help: 'Who gets letters to NAME, a recipient without a domain such as root. It may stand many times.',
      apply: readAlias,
    },
    {
      name: 'mailhelo',
      grammar: 'NAME',
      default: "this host's name",
      help: 'The name given to the mail server in EHLO.',
      apply: word((draft, value, at, report) => {
        if (HELO.test(value.value)) draft.mailhelo = value;
        else report.error(at, `${quote(value.value)} as a host name`, 'write one such as logs.example.org');
      }),
    },
    {
      name: 'mailtimeout',
      grammar: 'SECONDS',
      default: '10',
      help: 'How many seconds the mail server may take to be reached: to look it up and to connect. What it may take for its answers is what RFC 5321 gives it: 5 minutes to greet and for each command, 10 minutes to take a letter.',
      apply: number(1, 3600, (draft, value, at, report) => {
        draft.mailtimeout = value;
        report.notice(
          at,
          `${value.value} s are the time to connect alone`,
          'the answers of a mail server have the minutes that RFC 5321, 4.5.3.2, gives them',
          'connect-only',
        );
      }),
    },
    {
      name: 'subject',
      grammar: 'TEXT',
      default: 'tenshi report',
      help: 'The subject of letters whose queue has none of its own. The queue is always appended: TEXT [queue].',
      apply(value, draft, report) {
        const subject = readSubject(value, report);
        if (subject !== null) draft.subject = { value: subject, place: value.place };
        else if (value.text !== '0') report.error(value, 'no subject', 'write one, or remove the line');
      },
    },
    {
      name: 'queue',
      grammar: 'NAME FROM [pager:]TO[,[pager:]TO...] [CRON|now] SUBJECT',
      default: 'none',
      help: 'A queue: who gets its letter, and when. The brackets are written, SUBJECT may be left out; pager: before an address makes it a letter of short lines.',
      apply: readQueue,
    },
    {
      name: 'filter',
      grammar: 'QUEUE PATH ARGS',
      default: 'none',
      help: 'A program, run by the shell, that the body of each letter of QUEUE goes through; what it prints is sent instead.',
      apply: readFilter,
    },
    {
      name: 'csv',
      grammar: '[CRON|now] PATH ARGS',
      default: 'none',
      help: 'Makes a queue csv, whose content goes to a program, run by the shell, as lines of host, message and count.',
      apply: readCsv,
    },
    {
      name: 'sort_order',
      grammar: 'ascending|descending',
      default: 'descending',
      help: 'How the messages of each host are sorted by their counts.',
      apply: oneOf(['ascending', 'descending'], (draft, value) => {
        draft.sortOrder = value;
      }),
    },
    {
      name: 'letter',
      grammar: 'full|plain',
      default: 'full',
      help: "What letters hold: what is new before the rest, and HTML beside the text; or (plain) Tenshi's bare text mail.",
      apply: oneOf(['full', 'plain'], (draft, value) => {
        draft.letter = value;
      }),
    },
    {
      name: 'fold',
      grammar: 'QUEUE STEP[,STEP...]|off',
      default: 'off',
      help: 'Pages of a now queue fold in a storm: the first hit goes at once, further ones are told together after each STEP (as in 2m,10m,30m), what is new in between at once, and a note tells the end.',
      apply: readFold,
    },
    {
      name: 'fold_pages',
      grammar: 'N',
      default: '12',
      help: 'At most N pages an hour of a queue that folds; what is beyond them is held, counted and told later.',
      apply: number(1, 3600, (draft, value) => {
        draft.foldPages = value;
      }),
    },
    {
      name: 'letter_size',
      grammar: 'KB',
      default: '90',
      help: 'How large a letter may be as mail: what is worth most goes in, and all of it along as an attachment. Gmail cuts at about 102.',
      apply: number(10, 9000, (draft, value) => {
        draft.letterSize = value;
      }),
    },
    {
      name: 'history',
      grammar: 'DAYS',
      default: '90',
      help: 'How long a message is remembered that is not seen any more. After that it counts as new.',
      apply: number(1, 3650, (draft, value) => {
        draft.history = value;
      }),
    },
    {
      name: 'louder',
      grammar: 'FACTOR FLOOR',
      default: '3 20',
      help: 'A message is called louder when it counts FACTOR times as much as usual, and at least FLOOR lines more.',
      apply: readLouder,
    },
    {
      name: 'letters',
      grammar: 'N',
      default: '200',
      help: 'How many letters of the past are kept in the state, for tayori letters to show and to send again, and 20 MB of them at most. 0: none.',
      apply: number(0, 10_000, (draft, value) => {
        draft.letters = value;
      }),
    },
    {
      name: 'thread',
      grammar: 'none|day|week',
      default: 'none',
      help: 'Which letters of a queue mail programs show as one conversation: those of a day, or of a week from Monday.',
      apply: oneOf(['none', 'day', 'week'], (draft, value) => {
        draft.thread = value;
      }),
    },
    {
      name: 'language',
      grammar: 'en|ja',
      default: 'en',
      help: 'The language of letters: English or Japanese.',
      apply: oneOf(['en', 'ja'], (draft, value) => {
        draft.language = value;
      }),
    },
    {
      name: 'template',
      grammar: 'QUEUE FILE',
      default: 'conf/templates/letter.hbs, which ships',
      help: 'A Handlebars template for the HTML of the letters of QUEUE. With a fault in it they go out in the form that ships, and say so.',
      apply: readTemplate,
    },
    {
      name: 'values',
      grammar: 'QUEUE on|off',
      default: 'on',
      help: 'Tell in the letters of QUEUE what stood under the masks, such as the users of ______. Off: it is not kept, for what must not be shown.',
      apply: readValues,
    },
    {
      name: 'resolve',
      grammar: 'on|off',
      default: 'off',
      help: 'Show the DNS name of each host beside it. Not in pager letters.',
      apply: onOff((draft, value) => {
        draft.resolve = value;
      }),
    },
    {
      name: 'threshold',
      grammar: 'QUEUE N REGEX',
      default: 'none',
      help: 'Leave out of the letters of QUEUE the messages that match and have fewer than N hits.',
      apply: readThreshold,
    },
    {
      name: 'flush_on_signal',
      grammar: 'on|off',
      default: 'on',
      help: 'Mail all queues on TERM, INT and HUP. Off: what is counted waits in the state for its schedule.',
      apply: onOff((draft, value) => {
        draft.flushOnSignal = value;
      }),
    },
  ] satisfies Row[]
).map((row: Row) => ({
  fixed: null,
  applies: row.fixed ? 'restart' : 'reload',
  ...row,
}));

/** RFC 5321, 4.1.1.1: a domain, or an address in brackets. */
const HELO = /^(?:[\w.-]+|\[[^\s[\]]+\])$/;

/** `credential:NAME`, or a path. */
function readMailPassword(value: SourceText, draft: Draft, report: Reporter): void {
  const { word: text } = splitWord(value);
  const name = /^credential:(.*)$/.exec(text.text)?.[1];
  if (name === undefined)
    return path((draft, { value, place }) => {
      draft.mailpassword = { value: { kind: 'file', path: value }, place };
    })(value, draft, report);
  if (/^[\w.-]+$/.test(name) && !/^\.+$/.test(name))
    draft.mailpassword = { value: { kind: 'credential', name }, place: text.place };
  else
    report.error(
      text,
      `${quote(name)} as the name of a credential`,
      'write it as in LoadCredential=NAME:/PATH',
    );
}

function isTimezone(zone: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: zone });
    return true;
  } catch {
    return false; // what Intl does not know, it throws at
  }
}

function readPrefix(value: SourceText, draft: Draft, report: Reporter): void {
  if (value.text === '')
    return report.error(value, 'no regex', 'write set prefix ^(?<time>\\S+) (?<host>\\S+) ');
  const pattern = readPattern(value, report);
  if (pattern) draft.prefixes.push({ value: pattern, place: value.place });
}

function readLogprefix(value: SourceText, draft: Draft, report: Reporter): void {
  if (value.text === '') return report.error(value, 'no regex', 'write set logprefix ^(\\S+) - ');
  const pattern = readPattern(value, report);
  if (!pattern) return;
  if (pattern.groupCount === 0)
    report.warning(
      value,
      'a prefix without a capture group: its lines have no host and are dropped',
      'put the host in (...)',
      'odd-regex',
    );
  draft.logprefixes.push({ value: pattern, place: value.place });
}

function readLouder(value: SourceText, draft: Draft, report: Reporter): void {
  const { word: factor, rest } = splitWord(value);
  const { word: floor, rest: more } = splitWord(rest);
  reportRest(more, report);
  const instead = 'write set louder FACTOR FLOOR, as in set louder 3 20';
  if (!/^\d{1,6}(?:\.\d{1,6})?$/.test(factor.text) || Number(factor.text) < 1)
    return report.error(factor, `${quote(factor.text)} as a factor`, instead);
  if (!/^\d{1,9}$/.test(floor.text)) return report.error(floor, `${quote(floor.text)} as a floor`, instead);
  draft.louder = { value: { factor: Number(factor.text), floor: Number(floor.text) }, place: value.place };
}
