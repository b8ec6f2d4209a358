import { type Block, config, subheading, terms } from '../base/text/prose.js';
import { DIRECTIVES } from '../config/directives/directives.js';
import type { Section } from './page.js';

/** What Tenshi 0.18 knows. */
const OF_TENSHI =
  'uid gid pidfile logfile tail tail_multiple tail_missing fifo listen redisqueue redisserver sleep limit pager_limit logprefix mask hidepid mailserver mailhelo mailtimeout subject queue filter csv sort_order resolve threshold'.split(
    ' ',
  );
const NEW = DIRECTIVES.map(({ name }) => name).filter((name) => !OF_TENSHI.includes(name));

export const DIFFERENCES: Section = {
  heading: 'DIFFERENCES FROM TENSHI',
  blocks: [
    'A config of Tenshi means the same here: order of rules, groups, masks, `repeat`, `noprefix`, escalation, schedules, the layout of letters. These faults are fixed:',
    terms(
      [
        'Restarts',
        'Tenshi forgets what it has counted and begins again at the end of the logs. tayori continues after the last line that it has counted, in rotated files, too.',
      ],
      [
        'Mail',
        'Tenshi loses a letter that the server rejects after the final dot, and sends to nobody if one recipient is rejected. tayori keeps the letter and tries again; the other recipients get theirs.',
      ],
      [
        'Reloads',
        'Tenshi dies of an error in the config, or of a changed `uid`, `gid`, `pidfile`, `listen` or `fifo`. tayori keeps the old config, or says what waits for a restart.',
      ],
      [
        'Faults',
        'Tenshi reports the first one, with a line of its own source. tayori reports all of them, with file, line and column.',
      ],
      [
        'Prefixes',
        'Tenshi drops lines without the classic prefix. tayori reads the dialects of a table, and counts the rest. It does not take a tag, a year or a level for a host.',
      ],
      [
        'Files',
        'tayori follows globs, waits for files that do not exist yet, and never mixes lines of two files.',
      ],
      [
        'Hosts',
        'A tag or a year where the host would be is a host in Tenshi. Here the host is that of the sender, or this machine.',
      ],
      [
        'Removed queues',
        'Tenshi drops what a queue held that a reload removes. tayori mails it as the queue was last defined.',
      ],
      ['Nested groups', 'In Tenshi they garble the line. Here the outermost one masks.'],
      ['`repeat`', 'It never counts for an older message if the line before was trash or matched no rule.'],
      ['`pager:`', 'It may stand before any address, not only the first.'],
      ['`limit`', 'The warning only appears if something was left out, and says how much.'],
      [
        '`filter`',
        'If a filter fails without output, the letter waits; if it succeeds without output, the letter is done.',
      ],
      ['`csv`', 'Quotation marks in messages are doubled.'],
      [
        '`listen`',
        'IPv6 too. A datagram is taken whole, and none is glued to the next. Lost ones are counted, and the listener does not end.',
      ],
      ['`redisqueue`', 'Lines that Tenshi took from a list are lost when it dies. tayori counts them once.'],
      ['`sleep`', 'A `now` queue is mailed after that many seconds, not one later.'],
      ['Schedules', '`fri-sun`, `@daily` and full names work; a missed minute is made up for.'],
      [
        'Paths',
        'A relative path starts at the folder of the file that names it, not where the program was started.',
      ],
      ['CRLF', 'Its CR is part neither of a config nor of a message.'],
    ),
    `New are ${NEW.join(', ')}, and the forms of \`mailserver\` beyond HOST. \`tail\` and \`tail_multiple\` are read and ignored.`,
  ],
};

/** What a user of another program brings, and what it becomes here. */
export const OTHERS: Section = {
  heading: 'COMING FROM OTHER PROGRAMS',
  blocks: [
    'Carry configs over by hand, try them with `tayori digest -c FILE LOG`, and run `tayori check`. Other programs match the whole line; rules here see what is left behind the prefix, so `^` and the time, and the host in a regex, have to go (see `group_host`). A group `(...)` masks: write `(?:...)` for one that only groups.',
    ...fromSwatch(),
    ...fromLogcheck(),
    ...fromOssec(),
  ],
};

function fromSwatch(): Block[] {
  return [
    subheading('swatch'),
    terms(
      [
        '`watchfor /REGEX/`, `ignore /REGEX/`',
        'QUEUE REGEX, and `trash` REGEX. With `continue`: `q1,q2` REGEX.',
      ],
      [
        '`mail=a:b,subject=S`',
        'One queue for all that has the same addresses and subject:',
        config('set queue alarm logs@example.org a@example.org,b@example.org [now] S'),
      ],
      [
        '`throttle`, `threshold`',
        '`set throttle QUEUE TIME`; `set window QUEUE N TIME by GROUP` for `threshold type=both` with `track_by`. `set fold` bounds the pages of a queue in a storm.',
      ],
      [
        '`exec`, `pipe`',
        '`set exec QUEUE PATH ARGS`, with a named group in place of `$1` or of an awk field; the line is on standard input. Scripts that count and block: see `conf/examples/swatch.conf`.',
      ],
      ['`when=`', 'A schedule.'],
      ['`--tail-file`, `--read-pipe`, `--examine`', '`set logfile`, `set fifo`, `tayori digest`.'],
      ['Not carried over', '`perlcode`, `echo`, `bell`, `write`.'],
    ),
  ];
}

function fromLogcheck(): Block[] {
  return [
    subheading('logcheck'),
    terms(
      ['`logcheck.logfiles`', '`set logfile`.'],
      [
        '`cracking.d`, `violations.d`',
        'Rules of two queues. The files `cracking.ignore.d` and `violations.ignore.d` become `trash` rules in front of them.',
      ],
      [
        '`ignore.d.paranoid`, `.server`, `.workstation`',
        '`trash` rules behind these, as far as your `REPORTLEVEL` goes; or the rules of a weekly queue, so that they can be looked over.',
      ],
      ['All other lines', '`unusual .*` as the last rule.'],
      [
        '`SENDMAILTO`, the line in `cron.d`',
        'A queue:',
        config('set queue unusual logs@example.org root@example.org [2 * * * *] Events'),
      ],
      ['`logcheck-test`', '`tayori digest -`.'],
      ['All of it together', '`conf/examples/journal.conf`: the sections, hourly, from the journal.'],
      ['Not carried over', 'The offsets of logtail (reading begins at the end), header and footer.'],
    ),
  ];
}

function fromOssec(): Block[] {
  return [
    subheading('OSSEC'),
    terms(
      ['`<localfile>`', '`set logfile`; not the output of commands.'],
      [
        '`<decoder>`',
        '`group` for prematch and parent; `regex` and `order` become named groups: `(?<srcip>\\S+)`.',
      ],
      ['`level`', 'The queue: `trash` for 0, a `[now]` queue from `email_alert_level` on.'],
      ['`if_sid`', 'A nested group.'],
      [
        '`match`, `regex`, `program_name`, `hostname`',
        'A regex, one that begins with `^prog:`, `group_host`.',
      ],
      ['`ignore`, `email_maxperhour`', '`set fold`, `set fold_pages`.'],
      [
        'Not carried over',
        'Correlation (`frequency`, `timeframe`, `if_matched_sid`), active responses, syscheck, rootcheck and agents. Regexes of OSSEC are not those of Perl (`\\.` is any character there), so each has to be rewritten.',
      ],
    ),
  ];
}
