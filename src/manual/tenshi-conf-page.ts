import { type Block, config, sample, subheading, type Term, terms } from '../base/text/prose.js';
import { PARTS, type SetDirective } from '../config/directives/directives.js';
import { dialectTerms, formatTerms } from './dialect-terms.js';
import { EXAMPLE } from './example.js';
import { DELIVERY, NEWS, TEMPLATES } from './letters-sections.js';
import { DIFFERENCES, OTHERS } from './migration-sections.js';
import { OWN_LINES } from './own-line-terms.js';
import type { Page, Section } from './page.js';
import { PROGRAMS } from './programs-section.js';
import { ROTATED_LOGS } from './rotation-section.js';
import { OTHER_MACHINES } from './senders-section.js';
import { TIMED_RULES } from './timed-section.js';
import { LETTERS_TO_URLS } from './urls-section.js';

const { raw } = String;

/** tenshi.conf(5): the language of the config. What it says of each directive comes from the table that reads them. */
export function tenshiConfPage(): Page {
  return {
    name: 'tenshi.conf',
    section: 5,
    title: 'the logs, queues and rules of tayori',
    volume: 'File Formats',
    sections: [
      DESCRIPTION,
      FILE_FORMAT,
      { heading: 'DIRECTIVES', blocks: directives() },
      SCHEDULES,
      PREFIXES,
      RULES,
      TIMED_RULES,
      PROGRAMS,
      REGEXES,
      LETTERS,
      NEWS,
      TEMPLATES,
      DELIVERY,
      LETTERS_TO_URLS,
      ROTATED_LOGS,
      OTHER_MACHINES,
      DIFFERENCES,
      OTHERS,
      DIALECT_TABLE,
      FORMAT_TABLE,
      OWN_LINES,
      { heading: 'FILES', blocks: [FILES] },
      SEE_ALSO,
    ],
  };
}

const DESCRIPTION: Section = {
  heading: 'DESCRIPTION',
  blocks: [
    'This file names the logs that tayori(8) follows, and the queues: who gets the letters of each queue, and when. Its rules decide which queue a log line goes to. It is the config of Tenshi, the Perl program, and needs no changes.',
    'A complete config:',
    config(...EXAMPLE.config),
    'From these log lines',
    sample(...EXAMPLE.log),
    'it makes this letter at half past twelve:',
    sample(...EXAMPLE.letter),
    '`tayori check FILE` reports everything in a config that is wrong or doubtful, in one run. `tayori digest -c FILE LOG` shows the letters that the config would make of a log.',
  ],
};

const FILE_FORMAT: Section = {
  heading: 'FILE FORMAT',
  blocks: [
    'Each line is one statement. Blanks before it are ignored. An empty line, or one that begins with `#`, is a comment; a `#` further on is part of the statement, since a regex may contain it. A statement cannot continue on the next line. The file is UTF-8.',
    terms(
      [
        '`set` NAME VALUE',
        'A setting: see DIRECTIVES. It holds for the whole file, above and below. If a setting is repeated, the last line holds, except where a directive says that it may be repeated.',
      ],
      [
        'QUEUES REGEX',
        'A rule: see RULES. Its queues must be defined above it. Blanks at the end of the line belong to the regex.',
      ],
      [
        '`group` REGEX ... `group_end`',
        'Rules that are only tried if REGEX matches the text; `group_host`, `group_file` and `group_priority` try REGEX on something else.',
      ],
      ['`include` FILE', 'Reads FILE at this point, in order.'],
      [
        '`includedir` DIRECTORY',
        'Reads all plain files of DIRECTORY at this point, in byte order of their names, except those that begin with a dot.',
      ],
    ),
    'A relative path starts at the folder of the file that names it, in `include` as in every directive. A file that includes itself is an error.',
    'A config is checked as a whole before it is used. Each fault is reported with file, line, column and what to write instead. If there is an error, nothing of the config is used: tayori does not start, and on a reload it keeps the old config.',
  ],
};

function directives(): Block[] {
  return [
    'A reload (SIGHUP) applies changes of all directives, except those that say that a change waits for a restart.',
    ...PARTS.flatMap(({ title, rows }) => [subheading(title), ...rows.map((row) => terms(termOf(row)))]),
  ];
}

function termOf({ name, grammar, help, notes, applies, ...directive }: SetDirective): Term {
  const restart = applies === 'restart' ? ' A change waits for a restart.' : '';
  const unset = directive.default === 'none' ? '' : ` Default: ${directive.default}.`;
  return [`\`set ${name}\` ${grammar}`, `${help}${unset}${restart}`, ...notes];
}

const SCHEDULES: Section = {
  heading: 'SCHEDULES',
  blocks: [
    'The brackets of `set queue` and `set csv` hold either `now`, which means at the next poll, within `sleep` seconds, or five fields with blanks between them:',
    terms(
      ['`minute`', '0 to 59'],
      ['`hour`', '0 to 23'],
      ['`day`', '1 to 31, the day of the month; `L` is its last day'],
      ['`month`', '1 to 12, or names: jan, february'],
      [
        '`weekday`',
        '0 to 7, or names: sun, monday. 0 and 7 are both Sunday. `1#2` is the second Monday of the month, `5L` its last Friday; also with names: `mon#2`, `friL`.',
      ],
    ),
    'Each field is `*`, `*/n` (every n-th value, from the lowest on), `a`, `a-b`, `a-b/n`, or a list of these with commas. Names may be in upper or lower case. A range must rise, except that `fri-sun` runs through the end of the week. All five fields must match: day of the month AND weekday, unlike in crontab(5); `check` points this out. A step that is too large means the lowest value alone: `0 */24 * * *` is midnight.',
    config(
      'set queue noon   logs@example.org me@example.org [30 12 * * *]',
      'set queue office logs@example.org me@example.org [*/30 8-17 * * mon-fri]',
      'set queue weekly logs@example.org me@example.org [@weekly] The week',
      'set queue month  logs@example.org me@example.org [0 18 L * *] The month',
      'set queue patch  logs@example.org me@example.org [0 8 * * tue#2] Patch day',
    ),
    '`@hourly`, `@daily` (`@midnight`), `@weekly`, `@monthly` and `@yearly` (`@annually`) work, too. Times are in the zone of `set zone` for that queue, or of `set timezone`, or of this machine.',
    'A schedule fires once in its minute. If minutes were missed because the machine slept or tayori did not run, the schedule fires once afterwards. When the clocks change, a fixed time fires exactly once: one that is skipped at the change, one that comes twice the first time.',
  ],
};

const DIALECT_TABLE: Section = {
  heading: 'DIALECTS',
  blocks: [
    'How lines may begin, in the order in which the dialects are tried. `tayori digest -v LOG` shows how many lines of a log each dialect read.',
    dialectTerms(),
  ],
};

const FORMAT_TABLE: Section = {
  heading: 'LOG FORMATS',
  blocks: ['What `set logformat` can name.', formatTerms()],
};

const PREFIXES: Section = {
  heading: 'LINES AND THEIR PREFIX',
  blocks: [
    'Rules see a line without its prefix, which holds the time and the host. Prefixes are tried in this order:',
    terms(
      ['`set prefix` REGEX', 'Each, in the order of the config.'],
      [
        '`Nov 20 10:00:00 host` MESSAGE',
        'RFC 3164, as syslogd writes it, with a host name; then the first rows of the table below.',
      ],
      ['`set logprefix` REGEX', 'Each, in the order of the config.'],
      ['The dialects', 'All other rows of the table below. A priority such as `<34>` is removed first.'],
    ),
    'Only what can be a host name is taken as a host: no tag (`sshd[812]:`), no year, no level (`info`, `auth.info`), no zone (`UTC`), no stream (`stdout`). If a line names no host, its host is its sender if it came over the network, otherwise this machine. A host name has at most 255 bytes; a line whose prefix names a longer one matches none of these prefixes. A timestamp without a year gets the latest year in which it is no later than a day from now.',
    'Rules see `program[pid]: ` before the text, whatever the dialect. `set hidepid on` removes the pid: in RFC 3164 where Tenshi removes it, as in `sshd[812]: `; in the other dialects also from tags without a colon (`app[14] text`) or with blanks (`my app[14]: text`). What only says how a message travelled (priority, counters, the elements `timeQuality`, `origin` and `meta` of RFC 5424) is not part of the text. If an RFC 5424 line has no other text, its MSGID and structured data are the text.',
    'If a line quotes the message that was repeated (`app: message repeated 3 times: [ text]`), a `repeat` rule counts that message as if it had come so often; otherwise it counts the last message of the host. Further lines of a message, which journalctl indents, are joined to it with a blank, and the lines of journalctl itself (`-- Boot ... --`) are skipped.',
    'A line without a known prefix goes to the queue `noprefix` if there is one. Otherwise it is counted, and letters say how many such lines there were. Blank lines do not count, the CR of CRLF is not part of a line, and letters show bytes that are not UTF-8 as `\\xNN`.',
  ],
};

const RULES: Section = {
  heading: 'RULES',
  blocks: [
    'Rules are tried in order, and the first that matches takes the line. A line that matches no rule is counted and dropped, so let the last rule be `misc .*`. Letters say at their end how many such lines there were, and show the three most frequent ones, with `#` for numbers.',
    'A regex may match anywhere in the text unless `^` or `$` anchors it. Letters mask what a capture group `(...)` matched, and lines that are equal after masking are one message with a count; `(?:...)` masks nothing. A group that took no part in the match masks nothing, and of nested groups the outermost masks.',
    terms(
      [
        'QUEUE[,QUEUE...] REGEX',
        'The message goes to each of these queues. Write no blanks between them.',
        config('critical,report ^kernel: .* I/O error'),
      ],
      [
        'QUEUE,QUEUE`:`N[,QUEUE`:`N...] REGEX',
        'Escalation. The first queue gets every message. tayori counts for each host how often the rule matched. In `a,b:10,c:50`, b gets the message when the count modulo 50 is 10, c when it is 0, with the count reached: b at 10, 60 and 110, c at 50 and 100. When a letter of the first queue is made, the counts of its hosts begin at 0 again. Plain queues come first, and the numbers must not fall from left to right.',
        config(raw`report,critical:10,page:50 ^sshd: Failed password for .+ from (\S+)`),
      ],
      [
        '`trash` REGEX',
        'Drops the line: no letter shows it. To review such lines once a week, send them to a queue of their own instead. `tayori rules --trash` shows how many lines each of these rules took, and one of them. Where one takes ten times as many lines as in the four weeks before, or lines of a program that it never took, a note tells it: in the letter of the first queue that is mailed once a week or more rarely, or else of the first report.',
      ],
      [
        '`repeat` REGEX',
        'Group 1 is a number. It is added to the count of the last message of that host, in every queue that the message went to. Nothing is added if the line before was trash or matched no rule. One line adds at most 1,000,000, since anybody may write such a line; letters say how many repeats were not counted. Last messages are remembered where the config has such a rule: the first one that a reload adds begins with the lines that come then.',
        config(raw`repeat ^(?:last message repeated|above message repeats) (\d+) times?`),
      ],
      [
        '`group` REGEX',
        'If REGEX does not match the text, all rules up to its `group_end` are skipped. Groups may be nested. Their regexes mask nothing. A group that is never closed skips nothing, and `check` says so.',
        config(
          'group ^postfix/',
          raw`report ^postfix/smtpd: warning: (\S+): SASL LOGIN`,
          'trash  ^postfix/',
          'group_end',
        ),
      ],
      [
        '`group_host` REGEX',
        'The same, but REGEX is tried on the host.',
        config('group_host ^db', 'critical ^mysqld: .* corrupt', 'group_end'),
      ],
      [
        '`group_file` REGEX',
        'The same on the path of the log that the line stands in. FIFOs and the programs of `set command` have a path, too; a line of a datagram, a Redis list or a journal is in no such group.',
        config(
          'set logfile /var/typescripts/*',
          'group_file /typescripts/',
          raw`critical \bpasswd\b`,
          'group_end',
        ),
      ],
      [
        '`group_priority` REGEX',
        'The same on facility and severity, as in `auth.err` or `kern.warning`, where the line, the datagram or the entry of a journal names them. Files that rsyslog writes in its usual form do not, and are in no such group. Other names of a severity read as those of syslog(3): `error` as `err`.',
        config(raw`group_priority \.(?:emerg|alert|crit)$`, 'critical .*', 'group_end'),
      ],
      ['`group_end`', 'Ends the innermost group. It stands alone on its line.'],
      [
        '`noprefix` REGEX, `csv` REGEX',
        'Queues like any other. noprefix, if it is defined, also gets all lines without a known prefix; csv is the queue of `set csv`.',
      ],
    ),
    '`trash`, `repeat` and the groups stand alone, not in a list of queues.',
    'To begin, run `tayori digest` over a log, look at the queue misc, write a rule for messages that come again and again, and run it again. The rules that ship in `includes-active` each carry a sample line (`#>`) and what becomes of it (`#=`), as a pattern for your own: `tayori check` tries the samples above your rules, too, and says which of them contradict their rule.',
    'A rule that is wanted for a time only may say so in a note above it, with the last day on which it is:',
    config(
      '#: the old switch is replaced in January; until 2027-01-31',
      raw`trash ^switch7: port (\d+) flaps`,
    ),
    'When that day has passed, in the zone of `set timezone`, `tayori check` asks whether the rule is still needed, and so does one letter a week: the first letter in the week, from Monday, of the first queue with a schedule that is weekly or rarer. Where there is none, it is that of the first queue of reports (`set kind`), or else of the first queue with a schedule. Pager letters and those of `[now]` never ask. A letter names five such rules, and counts the others. A note without a day is kept for people alone.',
  ],
};

const REGEXES: Section = {
  heading: 'REGULAR EXPRESSIONS',
  blocks: [
    'Regexes are those of Perl, see perlre(1), and mean the same. The file itself requires no escapes: `/`, `@`, `#` and `%` stand for themselves, and so does a brace that is no quantifier. These are supported:',
    terms(
      [
        raw`. [a-z] [^a-z] [[:digit:]] [[:^space:]]`,
        'One character: any, or one of a class. POSIX classes stand inside brackets.',
      ],
      [
        raw`\d \w \s \h \v \R \N, \D \W \S \H \V, \p{Lu}`,
        'Shorthand classes. `\\d`, `\\w`, `\\s` and `\\b` know ASCII only, as in Tenshi: an ideographic space is not a blank.',
      ],
      [raw`\t \n \r \f \e \a \cI \x41 \x{3042} \101 \o{101}`, 'Characters by number or name.'],
      [raw`^ $ \A \z \Z \b \B \G \K`, 'Assertions. `$` is the end of the text. `\\K` begins the match anew.'],
      [raw`* + ? {n} {n,} {n,m} {,m}`, 'Quantifiers: greedy; lazy with `?` after them, possessive with `+`.'],
      ['(...) (?:...) (?<name>...) (?P<name>...) (?|...)', 'Groups. `(?:...)` masks nothing.'],
      [
        raw`\1 \g1 \g{-1} \k<name> (?P=name)`,
        'Backreferences. One to a group that took no part fails, as in Perl.',
      ],
      [
        '(?=...) (?!...) (?<=...) (?<!...)',
        'Lookahead and lookbehind; lookbehind sees at most 255 characters.',
      ],
      ['(?>...) (?i) (?i:...) (?x) (?s) (?m) (?n) (?#...)', 'Atomic groups, modifiers, comments.'],
      ['(?1) (?&name) (?(1)...|...) (?(DEFINE)...) (*FAIL)', 'Recursion and conditions.'],
    ),
    'Perl matches bytes, tayori matches characters: `.` is one character, however many bytes it has. `\\Q...\\E` quotes the text in between, as its author means it to; Perl sees it too late and does not. `check` reports this, and regexes that do not mean what they seem to, such as `(\\\\d+)`.',
    'In a loop such as `(?:(a)|b)*`, a group keeps what it matched in an earlier iteration if the last iteration took another branch. Perl up to 5.36 (Debian 12) does the same; since 5.38 (Debian 13) it resets the group.',
    'Rejected, with the reason and the column: embedded code (`(?{...})`, `(??{...})`), control verbs other than `(*FAIL)`, script runs, `\\X`, `\\b{...}`, `\\N{NAME}`, the modifiers u and l, extended classes (`(?[...])`), groups nested more than 200 deep, and everything that Perl itself rejects.',
    'A regex that exceeds its match limit on a line counts as not matching there, so no line can stop the work. tayori reports the regex with its place in the config. Each regex has a limit of its own: what the others cost on the same line changes nothing. Without backreferences and recursion, the time grows in proportion to the length of the line, and lines of 10,000 characters usually stay below the limit.',
  ],
};

const LETTERS: Section = {
  heading: 'LETTERS',
  blocks: [
    'Each letter has a text part of this form, and an HTML part that says the same:',
    sample(
      '*** Status: terminating ***',
      '',
      'web1:',
      '    22: sshd: Invalid user ______ from ______',
      '    1: systemd: backup.service: Failed',
    ),
    'The first line only appears if a signal caused the letter (terminating, reloading or flushing), or if the queue was removed from the config. Hosts are in order of their names, the messages of each host in order of their counts. At its end, between stars, the letter says what was left out, and what a reader must know to trust it. The first lines and the subject count everything, also what was left out. A year is only shown if it is not that of the letter. Invisible characters are shown as `\\u200b`, except within an emoji. An empty queue sends nothing.',
    'The header holds From, To, Date, Message-ID, `Auto-Submitted: auto-generated`, the subject, and, as from Tenshi, X-tenshi-version, X-tenshi-hostname and, for queues with a schedule, X-tenshi-report-start: when the last letter of that queue was made.',
  ],
};

/** Where configs, and what they make, are found. */
const FILES: Block = terms(
  ['`/etc/tayori/tenshi.conf`', 'The config, unless `-c` names another.'],
  ['`/etc/tenshi/tenshi.conf`', 'The config of Tenshi, which is read if the first does not exist.'],
  [
    '`conf/tenshi.conf`',
    "In tayori's own folder: a sample that works unchanged on any Linux machine, explained line by line. It is used if there is no other config.",
  ],
  ['`includes-active`', "In tayori's own folder: rules for what current machines log."],
  [
    '`conf/examples`',
    'Whole configs: `logcheck.conf` mails what logcheck does, in three sections every hour; `ossec.conf` what one address does too often, web attacks, and levels as queues; `typescripts.conf` sessions of script(1) and the log of auditd.',
  ],
);

const SEE_ALSO: Section = {
  heading: 'SEE ALSO',
  blocks: ['tayori(8), crontab(5), perlre(1), syslogd(8)'],
};
