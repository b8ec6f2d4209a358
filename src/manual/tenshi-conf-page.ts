import { type Block, config, sample, subheading, type Term, terms } from '../base/text/prose.js';
import { PARTS, type SetDirective } from '../config/directives/directives.js';
import { dialectTerms } from './dialect-terms.js';
import { EXAMPLE } from './example.js';
import { DELIVERY, NEWS, TEMPLATES } from './letters-sections.js';
import { DIFFERENCES, OTHERS } from './migration-sections.js';
import type { Page, Section } from './page.js';
import { ROTATED_LOGS } from './rotation-section.js';

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
      REGEXES,
      LETTERS,
      NEWS,
      TEMPLATES,
      DELIVERY,
      ROTATED_LOGS,
      DIFFERENCES,
      OTHERS,
      DIALECT_TABLE,
      { heading: 'FILES', blocks: [FILES] },
      SEE_ALSO,
    ],
  };
}

const DESCRIPTION: Section = {
  heading: 'DESCRIPTION',
  blocks: [
    'This file says which logs tayori(8) follows, which queues there are, who gets the letter of each and when, and, rule by rule, which queue a line goes to. It is the config of Tenshi, the Perl program, read as it stands.',
    'A whole one:',
    config(...EXAMPLE.config),
    'It makes of these lines',
    sample(...EXAMPLE.log),
    'a letter at half past twelve that says',
    sample(...EXAMPLE.letter),
    '`tayori check FILE` tells all that is wrong with a config, or doubtful, in one run. `tayori digest -c FILE LOG` shows the letters that it would make of a log.',
  ],
};

const FILE_FORMAT: Section = {
  heading: 'FILE FORMAT',
  blocks: [
    'One statement a line. Blanks in front of it do not count. An empty line, or one that begins with `#`, is a comment; a `#` further on is part of the statement, since regexes hold such. No statement goes on in the next line. The file is UTF-8.',
    terms(
      [
        '`set` NAME VALUE',
        'A setting: see DIRECTIVES. It holds for the whole file, above and below. Of two of one name the last holds, but for those that may stand many times.',
      ],
      [
        'QUEUES REGEX',
        'A rule: see RULES. Its queues must be defined above it. Blanks at the end of the line belong to the regex.',
      ],
      [
        '`group` REGEX ... `group_end`',
        'Rules that are only tried where REGEX matches; `group_host` asks the host.',
      ],
      ['`include` FILE', 'Reads FILE in place, so that order is kept.'],
      [
        '`includedir` DIRECTORY',
        'Reads all plain files of DIRECTORY in place, in byte order of their names, but those that begin with a dot.',
      ],
    ),
    'A relative path is taken from the folder of the file that names it, in `include` as in every directive. A file that includes itself is a fault.',
    'A config is checked whole before it is used. Each fault is told with file, line, column and what to write instead. Where there is one, nothing is used: tayori does not start, and on a reload the old config stays in force.',
  ],
};

function directives(): Block[] {
  return [
    'A reload (SIGHUP) applies all but those of which it is said that they wait for a restart.',
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
    'In the brackets of `set queue` and `set csv` stands either `now`, which is at the next look, within `sleep` seconds, or five fields with blanks between them:',
    terms(
      ['`minute`', '0 to 59'],
      ['`hour`', '0 to 23'],
      ['`day`', '1 to 31, the day of the month'],
      ['`month`', '1 to 12, or names: jan, february'],
      ['`weekday`', '0 to 7, or names: sun, monday. 0 and 7 are both Sunday.'],
    ),
    'Each is `*`, `*/n` (from the lowest value on, every n-th), `a`, `a-b`, `a-b/n`, or a list of such with commas. Names may be written in any case. A range runs upwards, but `fri-sun` goes through the end of the week. All five must hold: day of the month AND weekday, unlike in crontab(5); `check` reminds of it. A step that is too large means the lowest value alone: `0 */24 * * *` is midnight.',
    config(
      'set queue noon   logs@example.org me@example.org [30 12 * * *]',
      'set queue office logs@example.org me@example.org [*/30 8-17 * * mon-fri]',
      'set queue weekly logs@example.org me@example.org [@weekly] The week',
    ),
    '`@hourly`, `@daily` (`@midnight`), `@weekly`, `@monthly` and `@yearly` (`@annually`) are known, too. Times are of `set timezone`, or of this machine.',
    'A schedule fires once in its minute. A minute that was missed, since the machine slept or tayori did not run, is made up for once. When the clocks change, a fixed time fires exactly once.',
  ],
};

const DIALECT_TABLE: Section = {
  heading: 'DIALECTS',
  blocks: [
    'How lines may begin, in the order in which it is tried; `tayori digest -v LOG` tells how many lines of a log were read by which.',
    dialectTerms(),
  ],
};

const PREFIXES: Section = {
  heading: 'LINES AND THEIR PREFIX',
  blocks: [
    'Rules see what is left of a line when its prefix, with time and host, is off. Prefixes are tried in this order:',
    terms(
      ['`set prefix` REGEX', 'Each, as they stand in the config.'],
      [
        '`Nov 20 10:00:00 host` MESSAGE',
        'RFC 3164, as syslogd writes it, where a host name stands, and the first rows of the table below.',
      ],
      ['`set logprefix` REGEX', 'Each, as they stand in the config.'],
      ['The dialects', 'All others of the table below; before them `<34>`, a priority, is taken off.'],
    ),
    'A host is only what can be the name of one: no tag (`sshd[812]:`), no year, no level (`info`, `auth.info`), no zone (`UTC`), no stream (`stdout`). Where a line names none it is of its sender, when it came over the net, else of this machine. A host name has at most 255 bytes; a line whose prefix names a longer one fits none of these. A stamp without a year is of the last year in which it is no later than a day from now.',
    'Rules see `program[pid]: ` before the text, whatever the dialect; `set hidepid on` takes the pid off: off RFC 3164 what Tenshi takes off, `sshd[812]: `, and off the other dialects that of tags without a colon (`app[14] text`) or with blanks (`my app[14]: text`), too. What only says how a message travelled (priority, counters, the elements `timeQuality`, `origin` and `meta` of RFC 5424) is no part of it. Of RFC 5424 the MSGID and the structured data are the text where there is no other.',
    'A `repeat` rule counts what the line says was repeated (`app: message repeated 3 times: [ text]`) as if it had come so often; where the line does not say, the last message of its host. Further lines of a message that journalctl indents are joined to it with a blank, and its own lines (`-- Boot ... --`) are passed over.',
    'A line that fits none goes to the queue `noprefix` when there is one. Else it is counted, and letters say how many there were. Blank lines are no lines, the CR of CRLF is no part of a line, and bytes that are not UTF-8 stand as `\\xNN` in letters.',
  ],
};

const RULES: Section = {
  heading: 'RULES',
  blocks: [
    'Rules are tried in order, and the first that matches takes the line. A line that no rule takes is counted and forgotten, so let the last rule be `misc .*`. Letters say at their end how many such lines there were, and show the three most frequent ones, with `#` for numbers.',
    'A regex is found anywhere in the text unless `^` or `$` holds it. What a capture group `(...)` matched is masked in the letter, and lines that are the same then are one message with a count; `(?:...)` masks nothing. A group that took no part is left alone, and of nested groups the outermost masks.',
    terms(
      [
        'QUEUE[,QUEUE...] REGEX',
        'The message goes to each of these queues. No blanks stand between them.',
        config('critical,report ^kernel: .* I/O error'),
      ],
      [
        'QUEUE,QUEUE`:`N[,QUEUE`:`N...] REGEX',
        'Escalation. The first queue gets every message. Of each host it is counted how often the rule matched; in `a,b:10,c:50` b gets the message when the count modulo 50 is 10, c when it is 0, with the count reached: b at 10, 60 and 110, c at 50 and 100. When a letter of the first queue goes, its hosts begin at 0 again. Plain queues come first, and numbers never fall from left to right.',
        config(raw`report,critical:10,page:50 ^sshd: Failed password for .+ from (\S+)`),
      ],
      [
        '`trash` REGEX',
        'Thrown away: no letter has it. To look the trash over once a week, send it to a queue of its own instead.',
      ],
      [
        '`repeat` REGEX',
        'Group 1 is a number: it is added to the count of the last message of that host, in every queue it went to. Nothing is added when the line before was trash, or matched no rule. One line adds at most 1,000,000: anybody may write such a line. What it claims beyond is not counted, and that is told.',
        config(raw`repeat ^(?:last message repeated|above message repeats) (\d+) times?`),
      ],
      [
        '`group` REGEX',
        'Where it does not match the text, all rules up to its `group_end` are passed over. Groups may stand in groups. Their regexes mask nothing. One that is never closed passes nothing over, and `check` says so.',
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
      ['`group_end`', 'Ends the innermost group. It stands alone in its line.'],
      [
        '`noprefix` REGEX, `csv` REGEX',
        'Queues as any other. The first one, where it is defined, gets all lines without a known prefix, too; the second one is that of `set csv`.',
      ],
    ),
    '`trash`, `repeat`, `group` and `group_host` stand alone, not in a list of queues.',
    'To begin with, run `tayori digest` over a log, look at what misc holds, write a rule for what comes again and again, and run it again. The rules that ship in `includes-active` each carry a sample line (`#>`) and what becomes of it (`#=`), as a pattern for your own.',
  ],
};

const REGEXES: Section = {
  heading: 'REGULAR EXPRESSIONS',
  blocks: [
    'Regexes are those of Perl, see perlre(1), and mean what they mean there. Nothing needs quoting on account of the file: `/`, `@`, `#` and `%` stand for themselves, and so does a brace that counts nothing. Understood are:',
    terms(
      [
        raw`. [a-z] [^a-z] [[:digit:]] [[:^space:]]`,
        'One character: any, or of a class. The POSIX classes stand inside brackets.',
      ],
      [
        raw`\d \w \s \h \v \R \N, \D \W \S \H \V, \p{Lu}`,
        'The short ones. `\\d`, `\\w`, `\\s` and `\\b` know ASCII only, as in Tenshi: an ideographic space is no blank.',
      ],
      [raw`\t \n \r \f \e \a \cI \x41 \x{3042} \101 \o{101}`, 'Characters by number or name.'],
      [raw`^ $ \A \z \Z \b \B \G \K`, 'Places. `$` is the end of the text.'],
      [raw`* + ? {n} {n,} {n,m} {,m}`, 'Repetition, greedy; with `?` behind it lazy, with `+` possessive.'],
      ['(...) (?:...) (?<name>...) (?P<name>...) (?|...)', 'Groups: the second masks nothing.'],
      [
        raw`\1 \g1 \g{-1} \k<name> (?P=name)`,
        'What a group matched, once more. Of a group that took no part it fails, as in Perl.',
      ],
      ['(?=...) (?!...) (?<=...) (?<!...)', 'Looking ahead and behind; behind at most 255 characters.'],
      ['(?>...) (?i) (?i:...) (?x) (?s) (?m) (?n) (?#...)', 'Atomic groups, modifiers, comments.'],
      ['(?1) (?&name) (?(1)...|...) (?(DEFINE)...) (*FAIL)', 'Recursion and conditions.'],
    ),
    'Perl looks at bytes, tayori at characters: `.` is one of them whatever its bytes. `\\Q...\\E` quotes what stands between, as who writes it means; Perl, which sees it too late, does not. `check` tells of this, and of what means something else than it seems to, such as `(\\\\d+)`.',
    'A group in a loop whose branch the last turn did not take, as in `(?:(a)|b)*`, keeps what it matched in an earlier turn. So does Perl up to 5.36 (Debian 12); since 5.38 (Debian 13) it forgets it.',
    'Refused, with the reason and the column: embedded code (`(?{...})`, `(??{...})`), control verbs other than `(*FAIL)`, script runs, `\\X`, `\\b{...}`, `\\N{NAME}`, the modifiers u and l, extended classes (`(?[...])`), groups more than 200 deep, and all that Perl itself refuses.',
    'A regex that runs too long on a line counts as not matching there, so that no line can stop the work. It is told, with its place in the config. Each regex has a bound of its own: what the others take on the same line changes nothing. Without backreferences and recursion, time grows with the length of the line and no faster, and lines of 10,000 characters are as a rule answered.',
  ],
};

const LETTERS: Section = {
  heading: 'LETTERS',
  blocks: [
    'Each letter has a text of this form, and an HTML part that says the same:',
    sample(
      '*** Status: terminating ***',
      '',
      'web1:',
      '    22: sshd: Invalid user ______ from ______',
      '    1: systemd: backup.service: Failed',
    ),
    "The first line is only there when a signal caused the letter: terminating, reloading or flushing, or when the config has dropped the queue. Hosts stand in order of their names, the messages of each by count. What was left out, and what a reader must know to trust the letter, stands at the end between stars. The first lines and the subject count all of it, whatever was left out. Years stand where they are not the letter's, and characters that nobody sees as `\\u200b`, save within an emoji. A queue that holds nothing sends nothing.",
    'In the head stand From, To, Date, Message-ID, `Auto-Submitted: auto-generated`, the subject, and, as from Tenshi, X-tenshi-version, X-tenshi-hostname and, for queues with a schedule, X-tenshi-report-start: when the last letter of that queue was made.',
  ],
};

/** Where configs, and what they make, are found. */
const FILES: Block = terms(
  ['`/etc/tayori/tenshi.conf`', 'The config, unless `-c` names another.'],
  ['`/etc/tenshi/tenshi.conf`', 'That of Tenshi, which is read where the other is not there.'],
  [
    '`conf/tenshi.conf`',
    "In tayori's own folder: a sample that works as it stands on any Linux machine, explained line by line. It is used where there is no other.",
  ],
  ['`includes-active`', "In tayori's own folder: rules for what today's machines log."],
);

const SEE_ALSO: Section = {
  heading: 'SEE ALSO',
  blocks: ['tayori(8), crontab(5), perlre(1), syslogd(8)'],
};
