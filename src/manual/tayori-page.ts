import type { Option } from '../base/command-row.js';
import { COMMANDS, COMMON_OPTIONS } from '../base/command-table.js';
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
      { heading: 'SYNOPSIS', blocks: [sample(...Object.entries(COMMANDS).flatMap(synopsisOf))] },
      { heading: 'DESCRIPTION', blocks: [DESCRIPTION] },
      { heading: 'OPTIONS', blocks: [DAEMON, optionsOf(main.options), optionsOf(COMMON_OPTIONS)] },
      { heading: 'COMMANDS', blocks: Object.entries(others).map(commandOf) },
      { heading: 'SIGNALS', blocks: [termsOf(SIGNALS, 'SIG'), SECOND_SIGNAL] },
      { heading: 'AS A SERVICE', blocks: SERVICE },
      { heading: 'FILES', blocks: [FILES] },
      { heading: 'EXIT STATUS', blocks: [termsOf(EXIT_STATUS)] },
      { heading: 'ENVIRONMENT', blocks: [ENVIRONMENT] },
      { heading: 'EXAMPLES', blocks: [terms(...Object.values(COMMANDS).flatMap(examplesOf))] },
      {
        heading: 'SEE ALSO',
        blocks: ['tenshi.conf(5), tayori-fleet(7), systemd.service(5), systemd.exec(5), logrotate(8)'],
      },
    ],
  };
}

type CommandName = keyof typeof COMMANDS;
type Row = (typeof COMMANDS)[CommandName];

const DESCRIPTION =
  'tayori follows log files and sorts every line into queues, by ordered rules. A rule is a Perl regex that masks what differs from line to line. Each queue is mailed on its own schedule, or at once. In a letter, a message that came a thousand times is one line with a count, host by host. tayori reads the config of Tenshi, tenshi.conf(5), unchanged. It loses neither lines nor letters when it, the machine or the mail server fails.';

const DAEMON =
  'Without `-f`, `-d` and `-p` tayori becomes a daemon as soon as everything works: errors at the start are printed on the terminal, with status 1; otherwise one line says as whom it runs, its process, how many logs it follows, its next letter and where mail goes. After that, errors go to the system log, by logger(1).';

/** What the manual says of a command beyond its line in the table. */
const MORE: Readonly<Record<Exclude<CommandName, 'main'>, string>> = {
  try: 'It reads the last part of each log of the config, shows the first letters on the screen, puts them into the Maildir of the state folder, and runs as the daemon until Ctrl-C. Nothing leaves the machine: with `--mail` letters go where the config says, and the programs of `set filter`, `set csv` and `set exec` run. A config of which no log can be read is told, with the reason for each, and status 1. Without `-c`, where no log can be read, it shows two days of an invented office, each subject with the word SAMPLE, and ends.',
  init: 'It finds the logs in `/var/log` that the account tayori (for root, where there is one), or whoever runs it, may read, and says of others why not. On a terminal it asks for the mail server and for the address; the usual answers are a mail server at port 25 of this machine, or else a sendmail program, or else a Maildir in the state, and root@localhost. The config is the one that ships, with its comments and rules. A password goes into `mail.password` beside it, and both are then for their owner and the group of the account alone. An existing config is only replaced with `--force`. Then it does what `check` and `test-mail` do, and says the command that starts the daemon.',
  check:
    'Each message names file, line and column, what was found, and what to write instead. With an error, the config is not used. A warning says that the config may not do what you meant. A notice is worth knowing. Logs are checked as they are now: a log that does not exist, with the one that may be meant, and a log that may not be read, by the user of `set uid` if root runs the command. The same holds for the certificate files of TLS listeners: one that is missing, that is over or will be within two weeks, or whose key belongs to another one. Rules that are written for logcheck, or for the process number that `set hidepid` removes, get a warning.',
  'test-mail':
    'It looks the mail server of the config up, connects, begins TLS, logs in, names sender and recipients, and hands over a letter that says that it is a test, with the host, the config and the version. Each step is a line, with the words of the server; where one fails, the directive that mends it stands below. A program of `sendmail:` and a Maildir are tried as well. The letter does not go through the outbox, and no state is needed. A stage may take a minute, where the daemon would wait for several. As root it becomes the user of `set uid` before, or else the owner of the state, since what counts is what the daemon may do. Recipients that are URLs get a test letter as the config says, after the mail. Status 0 says that all recipients were accepted.',
  status:
    "It shows each log and how many bytes of it are unread, or why the daemon cannot read it; whether the config has an error or the daemon refused it at the last reload, where, and since when the one in force holds; each queue with its waiting lines and its next letter; letters in the outbox with their age and the last error, and rejected letters; heartbeats; what was counted, and since when; rules that ran too long on a line. It reads the state, the config and the files, whether the daemon runs or not, and changes nothing. Run it as root or as the user that tayori runs as. `--prometheus` prints metrics whose names begin with `tayori_`, for a file NAME.prom in the folder of node_exporter's textfile collector. That file must never be incomplete: print into another file beside it and rename that, or use sponge(1) as below. If the state cannot be read, nothing is printed, with status 1.",
  preview:
    'It uses the config and what the daemon has counted until now, whether the daemon runs or not. Each letter is shown as it would be mailed, cut to its size, but no filter is run; behind it stands the JSON that templates of `set webhook` make of it. Queues that are empty are named on standard error. Run it as root or as the user that tayori runs as.',
  letters:
    'The list has the number of each letter, when it was made, its queue, its recipients, and its subject, the latest first; rejected letters are listed, too. `status` shows whether letters are still in the outbox. `set letters` says how many are kept, see tenshi.conf(5). `--send` puts a letter into the outbox again, with a new Message-ID and the field X-tayori-resent, and otherwise unchanged. It goes to its own recipients, except those to whom it is still on its way, or to ADDRESS, through the aliases of the config. A running daemon sends it at its next poll; otherwise the next start does.',
  digest:
    'It prints the letters of all queues, whatever their schedules, and a summary of the lines on standard error. It helps to write rules: look at the lines that the last rule or no rule matched, write a rule for the most frequent ones, and run it again.',
  'exec-test':
    'It sorts the line by the rules of the config, as the daemon would, and prints the program, each argument, and the line that the program gets on its standard input, or says why it would not run; see PROGRAMS THAT ACT in tenshi.conf(5). Windows, throttles and the like are named and not counted. With `--run` the program runs, as the user of `set uid` where root runs the command, and what it printed is shown. Status 1 says that it would not run, or that it failed.',
  suggest:
    'It reads logs by the config, takes the lines that no rule knows or that only a rule without groups such as `misc .*` takes, finds their kinds, and prints a rule for each kind, in the form of a file of rules: what it does, a sample of its lines (`#>`), what becomes of it (`#=`), and the rule. What each rule does is counted on the same lines: how many it takes and of how many hosts, how many different messages become how many, and whether it would take lines that another rule takes now. Those that save most messages come first. Words that carry a meaning stay apart: `started` and `stopped` are never one kind. Without a LOG the lines are those that have been counted for the next letters of queues that only such a rule fills, by the daemon, whether it runs or not; `set suggest` brings the three best rules with the letter itself. `--accept` writes rules to a file of their own, behind those that it wrote there before; other files are never touched. Include that file in front of the rule that takes everything else, and run `tayori check`. Memory does not grow with the log: of more than 10,000 kinds the rarest are dropped, which is told. Look at each rule before you accept it: what is masked is no longer seen at a glance.',
  test: 'It counts nothing and changes nothing. First it shows the dialect that reads the line, and host, time, program and text, since rules see the text alone; then each capture group of the rule with its name and value; then the rule with file, line and column, the groups around it, the masked message, and each of its queues, with what `set window`, `set throttle`, `set follows`, `set mutes`, `set exempt` and escalations make of the line. For that it reads the state: each line is shown as if it came next, and where the state cannot be read, as if it came first. `--why` takes FILE:LINE as `test` and `check` print it, the end of a path, or a line of the config itself. It shows the regex and the text with a mark where the longest beginning of the regex that matches ends; or the group around the rule that does not match; or the rule that took the line first. `--log` says of which log the line is, for `set loghost`, `set logformat`, `set multiline`, `set decode` and `group_file`.',
  explain:
    'It finds the entry among what is counted for letters to come, in the ledger of past letters, and in the texts of kept letters with ids, and shows its queue, its message, hosts, when it was seen, and how much of it is usual in a letter. Where the values under its masks are known, it shows its first line as it was logged, and of that what `test` shows: groups, rule, queues. Otherwise the rule is found by the masked message: the first rule of the queue that can have made it, and others that can have. It goes by the config as it is now. Whoever may read the state may use it.',
  rules:
    'The daemon counts the lines of each rule, and the count goes on, wherever the rule stands, as long as its queues, its regex and the groups around it stay as they are written; what a config has not had for 90 days is forgotten. Without a LOG that is shown, for the first 20,000 rules. With LOGs these are read, the state is not asked, and COST is what it takes to try the regex of a rule alone on one of the lines that no earlier rule took; the daemon tries most rules on few lines. First come rules to look at. Duplicate: an earlier rule asks for the same. Shadowed: an earlier rule takes its lines; that is plain from the two regexes, or shown with a line, from the logs, from samples (`#>`) of the config, or from lines that rules of `trash` took. Wide: it names no program at its start, and takes lines of more than three programs whose names are not in its regex; a rule that takes everything, as `misc .*` does, is meant so. Dead: it took no line of the logs, or none for 30 days. Then come the rules that take most. `--trash` shows a line of each rule of `trash`. Programs are looked for in the first lines of each poll and in every 256th: what comes once may be missed. `check` warns of duplicate and shadowed rules where the regexes say it. A letter tells when a rule of `trash` takes ten times as many lines as before, or lines of a program that it never took: the letter of a queue that is mailed once a week or more rarely, or else that of the first report.',
  rehearse:
    'Each line is read once and sorted by both configs, as the daemon would sort it: with prefixes, formats, masks, windows, throttles, `repeat` and lines about own letters as each config and the lines say, and with a clock that stands at the time of each line. Lines of several logs are taken in the order of their times. The logs are those that the configs follow, with their rotated files (`.gz` here; `.bz2`, `.xz` and `.zst` by bzip2, xz and zstd), or those that are named. A log that only one of the configs follows counts as nothing for the other. The journal of systemd can be piped: `journalctl -o short-iso --since -7d | tayori rehearse NEW.conf -`. What would change is told, the worst first: pages (what comes to queues on the schedule `[now]`) that would be lost, and new ones, line by line; messages that would come to other queues, become one, become several, or be worded otherwise; those that would go from letters, and come. Each has the rule that takes its first line now, and the one that would; `(held back)` is what `set window`, `set follows` or `set exempt` keep from the queue, or an escalation whose number is not reached. Then, for each queue with a difference, its lines, different messages and letters over all this time, as its schedule would have made them by the times of the lines; messages are compared over all this time, not letter by letter. A page that moves from a `[now]` queue to another one is no lost page. Not seen are what needs programs, the network or the state: the last lines that are printed name it. `--since` goes by the time of each line; a line without one is as old as the line before. `--strict` ends with status 1 if a page would be lost, for scripts that install a config. Status 1 also says that a config has an error or that a log could not be read. Memory does not grow with the logs: of more than 10,000 different changes the rarest are dropped, which is told.',
  import:
    'See COMING FROM OTHER PROGRAMS in tenshi.conf(5) for what becomes of what. The other program is not touched, and nothing is guessed: what has no equal here is in the report, with file, line and reason, on standard error and in `import-report.txt`. Rules keep their files, order and comments. What is written passes `tayori check`. FOLDER must be new or empty. Status 1 says that something could not be read.',
  snooze:
    'A snoozed entry (a queue and a message, on every host or on that of `--host`) is counted on, but makes no page and does not stand among the messages of a letter. A note at the end of the letters of its queue tells how many lines were held back, in this letter and since when, with the reason; letters for pagers have no notes. It wakes when its time ends, when `--end` says so, or when it grows tenfold: a day of 24 hours, counted from when it was snoozed on, has ten times as many lines as a usual one. A usual day is what letters on a schedule usually count, by the ledger and the schedule; or, if that is more, what the letters of the last 24 hours told of it with what waits now; at least 1 line. The command says with how many lines a day it wakes. That is looked at once a minute. The next letter says that it is no longer snoozed, and why. What a page queue has held back goes with its next page, or at once when the entry wakes. A snooze of a queue that the config no longer defines is dropped, which tayori says in a line (LINES OF TAYORI). Another snooze of the same entry and host replaces the one before. Without an ID all are listed, with what they have held back. The daemon takes a change up at its next poll. Run it as root or as the user that tayori runs as.',
  fleet:
    'It asks the database of `set fleet`, from any of its machines, whether the daemon runs there or not: tayori-fleet(7) explains what it shows. `import` reads the state of this machine and may be run while the daemon works; run again it changes nothing more. `forget` is for a machine that does not come back. Run it as root or as the user that tayori runs as; where the password is a credential, while the service runs. Status 1 says that there is no fleet, or that the database cannot be used.',
  manual: 'man(1) is not needed.',
  completion:
    "The Debian package installs both. Without the package: add a line `. <(tayori completion bash)` to `~/.bashrc`, or write the output of `tayori completion zsh` to a file `_tayori` in a folder of zsh's `$fpath`.",
};

/** Every signal that is served: a new one does not compile without its line here. */
const SIGNALS: Readonly<Record<keyof SignalTable, string>> = {
  TERM: 'Mails all queues, and exits.',
  INT: 'The same.',
  HUP: 'Mails all queues, and reads the config again. If the config has an error, tayori reports it and keeps the old one.',
  USR1: 'Polls now, and mails the queues that are due.',
  USR2: 'Mails all queues.',
};

const SECOND_SIGNAL =
  'With `set flush_on_signal off`, see tenshi.conf(5), TERM, INT and HUP leave the queues to their schedules. A second TERM or INT ends tayori at once, with status 1. That loses nothing, nor does SIGKILL: the next start continues at the last commit.';

/** What `conf/systemd` is for. */
const SERVICE: readonly Block[] = [
  'The Debian package starts tayori as the service `tayori`, under the account of that name, now and at each boot. The same unit is in `conf/systemd` of the source, for machines without the package.',
  terms(
    [
      '`systemctl reload tayori`',
      'Reads the config again. If it has an error, the command fails, the journal says where, and the old config stays in force.',
    ],
    [
      '`systemctl status tayori`',
      'Shows how many logs are followed, how many letters are in the outbox, and when the next letter is due.',
    ],
    ['`journalctl -u tayori`', 'Shows what tayori reports: trouble, and at each start what it watches.'],
    [
      '`systemctl edit tayori`',
      'Adds a drop-in for this machine. A comment in the unit says what to write where one of its restrictions may be in the way. Most of them concern programs of the config: the service may read all that its account may read, and write only its state.',
    ],
  ),
  'If logs are only in the journal of systemd, `set journal` reads it, and the account must be in the group systemd-journal or (on Debian) adm: `usermod -aG systemd-journal tayori`.',
  'The sendmail programs of Postfix, Exim and the like change their user or group when they start, which the unit forbids. `set mailserver localhost` sends letters to the same mail server by SMTP. If you need `sendmail:`, add the drop-in `sendmail.conf`:',
  sample(
    'cd /etc/systemd/system && mkdir -p tayori.service.d',
    'cp /usr/share/doc/tayori/examples/sendmail.conf tayori.service.d/',
    'systemctl daemon-reload && systemctl restart tayori',
  ),
  'tayori notifies systemd when it is ready, reloads and stops (`Type=notify`), and sends keep-alive messages to its watchdog. It stops sending them when the event loop hangs, when the state cannot be read, or when for five minutes no poll of the logs has ended and nothing was committed. Then systemd restarts it (`WatchdogSec=`, `Restart=`). No line that was read from files is lost by that, or counted twice. A full disk or an unreachable mail server is no reason: tayori waits for them. With systemd 253 and later the messages go over a socket that systemd connects (`OpenFile=`); with older ones tayori runs systemd-notify(1).',
];

const EXIT_STATUS: Readonly<Record<ExitCode, string>> = {
  0: 'All is well.',
  1: 'The command failed, or the config has an error.',
  2: 'Wrong usage.',
};

const FILES = terms(
  [
    '`/var/run/tenshi.pid`',
    'The process number of the daemon, unless `-P` or `set pidfile` names another file.',
  ],
  [
    '`/etc/tayori/tenshi.conf`',
    'The config, see tenshi.conf(5), unless `-c` names another. If it does not exist, tayori reads that of Tenshi: `/etc/tenshi/tenshi.conf`.',
  ],
  ['`/etc/tayori/includes-active`', "Rules for what today's machines log, which that config includes."],
  ['`conf/tenshi.conf`', "In tayori's own folder: a sample config that works unchanged."],
  [
    '`/usr/lib/systemd/system/tayori.service`',
    'The unit. Drop-ins in `/etc/systemd/system/tayori.service.d` change it, and upgrades keep them.',
  ],
  ['`/usr/share/doc/tayori/examples`', 'Drop-ins for the unit.'],
  ['`/usr/lib/tayori`', 'The program, where the Debian package puts it.'],
  [
    '`/var/lib/tayori`',
    'The state: how far each log was read, what was counted, and letters in the outbox. If it cannot be written, the state is in `tayori` in `$XDG_STATE_HOME`. See `set state` in tenshi.conf(5).',
  ],
  [
    '`/var/lib/tayori/Maildir`',
    'Letters, if the config names no mail server: `mutt -f /var/lib/tayori/Maildir`.',
  ],
);

const ENVIRONMENT = terms(
  [
    '`CREDENTIALS_DIRECTORY`',
    'The folder of credentials, set by systemd: see `set mailpassword` in tenshi.conf(5).',
  ],
  [
    '`NOTIFY_SOCKET`, `WATCHDOG_USEC`, `LISTEN_FDNAMES`',
    'Set by systemd, see AS A SERVICE. Programs that tayori runs do not get them.',
  ],
  ['`XDG_STATE_HOME`', 'The folder for the state of users other than root. Unset: `~/.local/state`.'],
  ['`TZ`', 'The time zone of schedules, and of log lines that name none, unless `set timezone` says so.'],
);

/** So wide is a line of the synopsis, without its indent. */
const SYNOPSIS_WIDTH = 72;

/** One command with its options; what is too long goes on below, behind the name. */
function synopsisOf([name, row]: [string, Row]): string[] {
  const command = name === 'main' ? 'tayori' : `tayori ${name}`;
  const options = Object.entries(row.options).map(([flag, option]) => `[${spell(flag, option)}]`);
  const lines = [command];
  for (const part of [...options, ...wordsOf(row).map(([, { value }]) => value)]) {
    const line = `${lines.at(-1)} ${part}`;
    if (line.length <= SYNOPSIS_WIDTH) lines.splice(-1, 1, line);
    else lines.push(`${' '.repeat(command.length)} ${part}`);
  }
  return lines;
}

function commandOf([name, row]: [string, Row]): Block {
  const words = wordsOf(row);
  const heading = [`\`${name}\``, ...words.map(([, { value }]) => value)].join(' ');
  const more = MORE[name as keyof typeof MORE];
  const explained = words.map(([, { value, describe }]): Term => termOf(value, describe));
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
  return termOf(term, `${option.describe}${choices}`);
}

/** `-c FILE`, `--format FORMAT`; `quote`: around what is written as it stands. */
function spell(flag: string, { value }: Option, quote = ''): string {
  const word = `${quote}${flag.length === 1 ? '-' : '--'}${flag}${quote}`;
  return value === undefined ? word : `${word} ${value}`;
}

function examplesOf({ examples }: Row): Term[] {
  return examples.map(([line, does]) => termOf(`\`${line}\``, does));
}

function termsOf(rows: Readonly<Record<string, string>>, before = ''): Block {
  return terms(...Object.entries(rows).map(([name, does]) => termOf(`\`${before}${name}\``, does)));
}

function termOf(term: string, does: string): Term {
  return [term, sentence(does)];
}

/** The table's lines have no capital and no full stop, as `--help` shows them. */
function sentence(words: string): string {
  return `${words.charAt(0).toUpperCase()}${words.slice(1)}${/[.?!]$/.test(words) ? '' : '.'}`;
}
