import { COMMANDS, COMMON_OPTIONS, type Option } from '../base/command-table.js';
import type { ExitCode } from '../base/process/io.js';
import { type Block, sample, type Term, terms } from '../base/text/prose.js';
import type { SignalTable } from '../daemon/signals.js';
import type { Page } from './page.js';

/** tayori(8): the program. Its commands and options come from the table of the command line. */
export function tayoriPage(): Page {
  const { main, ...others } = COMMANDS;
  return {
    name: 'tayori',
    section: 8,
    title: 'read logs, sort lines into queues, mail each queue as a letter',
    volume: 'System Administration',
    sections: [
      { heading: 'SYNOPSIS', blocks: [sample(...Object.entries(COMMANDS).map(synopsisOf))] },
      { heading: 'DESCRIPTION', blocks: [DESCRIPTION] },
      { heading: 'OPTIONS', blocks: [DAEMON, optionsOf(main.options), optionsOf(COMMON_OPTIONS)] },
      { heading: 'COMMANDS', blocks: Object.entries(others).map(commandOf) },
      { heading: 'SIGNALS', blocks: [termsOf(SIGNALS, 'SIG'), SECOND_SIGNAL] },
      { heading: 'AS A SERVICE', blocks: SERVICE },
      { heading: 'FILES', blocks: [FILES] },
      { heading: 'EXIT STATUS', blocks: [termsOf(EXIT_STATUS)] },
      { heading: 'ENVIRONMENT', blocks: [ENVIRONMENT] },
      { heading: 'EXAMPLES', blocks: [terms(...Object.values(COMMANDS).flatMap(examplesOf))] },
      { heading: 'SEE ALSO', blocks: ['tenshi.conf(5), systemd.service(5), systemd.exec(5), logrotate(8)'] },
    ],
  };
}

type CommandName = keyof typeof COMMANDS;
type Row = (typeof COMMANDS)[CommandName];

const DESCRIPTION =
  'tayori follows log files and sorts every line into queues, by ordered rules written as Perl regexes that mask what differs from line to line. Each queue is mailed on its own schedule, or at once, as a letter in which the same message a thousand times is one line with a count, host by host. It reads the config of Tenshi, tenshi.conf(5), as it stands, and loses neither lines nor letters when it, the machine or the mail server fails.';

const DAEMON =
  'Without `-f`, `-d` and `-p` tayori becomes a daemon once everything is known to work: what is wrong at the start is told on the terminal, with status 1. From then on trouble is told to the system log, by logger(1).';

/** What the manual says of a command beyond its line in the table. */
const MORE: Readonly<Record<Exclude<CommandName, 'main'>, string>> = {
  try: 'It reads the last part of each log of the config, shows the first letters on the screen, and goes on as the daemon until Ctrl-C. Where no log can be read, that of an invented office serves. Letters go where the config says; the config that comes with tayori puts them into a Maildir.',
  check:
    'Each line names file, line and column, what was seen, and what to write instead. Errors keep the config from being used; warnings say that it may not do what was meant; notices are worth knowing.',
  status:
    'It reads the state, the config and the files, whether the daemon runs or not, and changes nothing: each log and how far behind it is; each queue with what waits and its next letter; letters on their way with their age and the last error, and those refused for good; what was counted, and since when; rules that ran too long on a line. Run it as root or as the user that tayori runs as.',
  preview:
    'It goes by the config and by what the daemon has counted until now, whether it runs or not. Each letter is as its mail would be, cut to its size; but no filter is run. A queue that nothing waits in says so on standard error. Run it as root or as the user that tayori runs as.',
  letters:
    'The list has the number of each letter, when it was made, its queue, its recipients, and its subject, the latest first; what was refused for good is there, too. Whether it has arrived is for `status` to tell. How many are kept is for `set letters` to say, see tenshi.conf(5). With `--send` a letter goes into the outbox again, as it was but for its Message-ID and the field X-tayori-resent: to the recipients that it had, save those that it is still on its way to, or to ADDRESS, through the aliases of the config. A daemon that runs sends it at its next look; else it waits for the next start.',
  digest:
    'The letters of all queues are printed, whatever their schedules; what became of the lines is told on standard error. It helps to write rules: look at what the queue of the last rule holds, write a rule for what comes again and again, and run it again.',
  manual: 'It needs no man(1).',
  completion:
    "The Debian package has it in place. Without the package: a line `. <(tayori completion bash)` in `~/.bashrc`, or `tayori completion zsh` written to a file `_tayori` in a folder of zsh's `$fpath`.",
};

/** Every signal that is served: a new one does not compile without its line here. */
const SIGNALS: Readonly<Record<keyof SignalTable, string>> = {
  TERM: 'Mails all queues, and ends.',
  INT: 'The same.',
  HUP: 'Mails all queues, and takes up the config again if it is sound; else what is wrong is told, and the old one stays in force.',
  USR1: 'Looks at the queues now: those that are due are mailed.',
  USR2: 'Mails all queues.',
};

const SECOND_SIGNAL =
  'With `set flush_on_signal off`, see tenshi.conf(5), TERM, INT and HUP leave the queues to their schedules. A second TERM or INT ends tayori at once, with status 1. Nothing is lost by it, nor by SIGKILL: the next start goes on from the last commit.';

/** What `conf/systemd` is for. */
const SERVICE: readonly Block[] = [
  'The Debian package starts tayori as the service `tayori`, with the account of that name, and at each boot. The same unit is in `conf/systemd` of the source, for machines without the package.',
  terms(
    [
      '`systemctl reload tayori`',
      'Takes up the config. An error in it makes the command fail, and the journal says where; the old config stays in force.',
    ],
    [
      '`systemctl status tayori`',
      'Shows how many logs are followed, how many letters are on their way, and when the next one goes.',
    ],
    ['`journalctl -u tayori`', 'What it says: troubles, and at each start what is watched.'],
    [
      '`systemctl edit tayori`',
      'A drop-in for what this machine needs: each line of the unit that may be in the way says what to write. Most of it is about programs of the config, since the service may read all that its account may, and write only its state.',
    ],
  ),
  'Where logs are in the journal of systemd alone, `set journal` reads it, and the account must be in the group systemd-journal or (on Debian) adm: `usermod -aG systemd-journal tayori`.',
  'The sendmail programs of Postfix, Exim and their like take another user or group when they are started, which the unit forbids. `set mailserver localhost` hands letters to the same mail server by SMTP. Where it has to be `sendmail:`, put `sendmail.conf` among the drop-ins:',
  sample(
    'cd /etc/systemd/system && mkdir -p tayori.service.d',
    'cp /usr/share/doc/tayori/examples/sendmail.conf tayori.service.d/',
    'systemctl daemon-reload && systemctl restart tayori',
  ),
  'tayori tells systemd when it is ready, reloads and stops (`Type=notify`), and gives signs of life to its watchdog. They end when the event loop does not turn, when the state cannot be read, or when for five minutes no look at the logs has ended and nothing was committed; then systemd starts it again (`WatchdogSec=`, `Restart=`). Nothing that was read from files is lost by that, or counted twice. A disk that is full, and a mail server that is away, are waited for and are no reason. By systemd 253 and later the messages go over a socket that systemd connects (`OpenFile=`); for older ones tayori runs systemd-notify(1).',
];

const EXIT_STATUS: Readonly<Record<ExitCode, string>> = {
  0: 'All is well.',
  1: 'The work failed, or there is an error in the config.',
  2: 'Wrong usage.',
};

const FILES = terms(
  ['`/var/run/tenshi.pid`', 'The number of the daemon, unless `-P` or `set pidfile` names another file.'],
  [
    '`/etc/tayori/tenshi.conf`',
    'The config, see tenshi.conf(5), unless `-c` names another. Where it is not there, that of Tenshi is read: `/etc/tenshi/tenshi.conf`.',
  ],
  ['`/etc/tayori/includes-active`', "Rules for what today's machines log, which that config includes."],
  ['`conf/tenshi.conf`', "In tayori's own folder: a sample config that works as it stands."],
  [
    '`/usr/lib/systemd/system/tayori.service`',
    'The unit. What is in `/etc/systemd/system/tayori.service.d` changes it, and outlives upgrades.',
  ],
  ['`/usr/share/doc/tayori/examples`', 'Drop-ins for the unit.'],
  ['`/usr/lib/tayori`', 'The program, where the Debian package puts it.'],
  [
    '`/var/lib/tayori`',
    'The state: how far each log was read, what was counted, and letters on their way. Where it cannot be written, it is `tayori` in `$XDG_STATE_HOME`. See `set state` in tenshi.conf(5).',
  ],
  [
    '`/var/lib/tayori/Maildir`',
    'Letters, where the config names no mail server: `mutt -f /var/lib/tayori/Maildir`.',
  ],
);

const ENVIRONMENT = terms(
  [
    '`CREDENTIALS_DIRECTORY`',
    'The folder of credentials, which systemd sets: see `set mailpassword` in tenshi.conf(5).',
  ],
  [
    '`NOTIFY_SOCKET`, `WATCHDOG_USEC`, `LISTEN_FDNAMES`',
    'Set by systemd, see AS A SERVICE. Programs that tayori runs do not get them.',
  ],
  ['`XDG_STATE_HOME`', 'The folder for the state of those who are not root. Unset: `~/.local/state`.'],
  ['`TZ`', 'The time zone of schedules, and of log lines that name none, unless `set timezone` says so.'],
);

function synopsisOf([name, row]: [string, Row]): string {
  const command = name === 'main' ? [] : [name];
  const options = Object.entries(row.options).map(([flag, option]) => `[${spell(flag, option)}]`);
  return ['tayori', ...command, ...options, ...wordsOf(row).map(([, { value }]) => value)].join(' ');
}

function commandOf([name, row]: [string, Row]): Block {
  const words = wordsOf(row);
  const heading = [`\`${name}\``, ...words.map(([, { value }]) => value)].join(' ');
  const more = MORE[name as keyof typeof MORE];
  const explained = words.map(([, { value, describe }]): Term => entry(value, describe));
  const options = Object.entries<Option>(row.options).map(optionOf);
  return terms([heading, `${sentence(row.describe)} ${more}`, terms(...explained, ...options)]);
}

function wordsOf(row: Row): [string, { readonly value: string; readonly describe: string }][] {
  return 'words' in row ? Object.entries(row.words) : [];
}

function optionsOf(options: Readonly<Record<string, Option>>): Block {
  return terms(...Object.entries(options).map(optionOf));
}

function optionOf([name, option]: [string, Option]): Term {
  const flags = [name, ...(option.alias === undefined ? [] : [option.alias])];
  const choices = option.choices ? ` (${option.choices.join(', ')}; ${option.default} if unset)` : '';
  const term = flags.map((flag) => spell(flag, option, '`')).join(', ');
  return entry(term, `${option.describe}${choices}`);
}

/** `-c FILE`, `--format FORMAT`; `mark`: around what is written as it stands. */
function spell(flag: string, { value }: Option, mark = ''): string {
  const word = `${mark}${flag.length === 1 ? '-' : '--'}${flag}${mark}`;
  return value === undefined ? word : `${word} ${value}`;
}

function examplesOf({ examples }: Row): Term[] {
  return examples.map(([line, does]) => entry(`\`${line}\``, does));
}

function termsOf(rows: Readonly<Record<string, string>>, before = ''): Block {
  return terms(...Object.entries(rows).map(([name, does]) => entry(`\`${before}${name}\``, does)));
}

function entry(term: string, does: string): Term {
  return [term, sentence(does)];
}

/** The table's lines have no capital and no full stop, as `--help` shows them. */
function sentence(words: string): string {
  return `${words.charAt(0).toUpperCase()}${words.slice(1)}${/[.?!]$/.test(words) ? '' : '.'}`;
}
