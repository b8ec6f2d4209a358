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
    '`tayori import` PROGRAM PATH makes a config of that of logcheck, swatch, OSSEC or fail2ban, and reports line by line what it could not carry over, and why. Look at the report, try the config with `tayori digest -c FILE LOG` and `tayori try -c FILE`, and run `tayori check`. By hand: other programs match the whole line; rules here see what is left behind the prefix, so `^` and the time, and the host in a regex, have to go (see `group_host`). A group `(...)` masks: write `(?:...)` for one that only groups.',
    ...fromSwatch(),
    ...fromLogcheck(),
    ...fromOssec(),
    ...fromFail2ban(),
  ],
};

function fromSwatch(): Block[] {
  return [
    subheading('swatch'),
    terms(
      [
        '`watchfor /REGEX/`, `ignore /REGEX/`',
        'QUEUE REGEX, and `trash` REGEX. With `continue`: a `group` with the rules below it, each with this queue as well.',
      ],
      [
        '`mail=a:b,subject=S`',
        'One queue for all that has the same addresses and subject:',
        config('set queue alarm logs@example.org a@example.org,b@example.org [now] S'),
      ],
      [
        '`throttle`, `threshold`',
        '`set throttle` for limit, `set window` for threshold, both for both. What `track_by` names becomes a named group, behind `by`. The queue is then for this rule alone. A throttle without a key is by message in swatch, and by host here.',
      ],
      [
        '`exec`, `pipe`',
        '`set exec QUEUE PATH ARGS`, without a shell: a named group in place of `$1` or of an awk field; the line is on standard input. Scripts that count and block: see `conf/examples/swatch.conf`.',
      ],
      ['`when=`', 'A schedule; what comes at other times waits for it.'],
      [
        '`--tail-file`, `--read-pipe`, `--examine`',
        '`set logfile`, `set fifo`, `tayori digest`. A folder of files is read as one config; a comment `# logfile PATH` in a file names its log, and its rules are in a `group_file`.',
      ],
      [
        'Not carried over',
        '`perlcode`, except for a variable with a part of a regex; `echo`, `bell`, `write`, `quit`; patterns with `&&` or `!`; commands for a shell.',
      ],
    ),
  ];
}

function fromLogcheck(): Block[] {
  return [
    subheading('logcheck'),
    terms(
      ['`logcheck.logfiles`, `journal`', '`set logfile`, `set journal`.'],
      [
        '`cracking.d`, `violations.d`',
        'Rules of the queues attack and violations. What `violations.ignore.d` has for a file (NAME, `logcheck-NAME`, `local`, `local-*`) stands as `trash` in a `group` of the rules of that file, and is asked of no other line. `cracking.ignore.d` counts with `SUPPORT_CRACKING_IGNORE=1`.',
      ],
      [
        '`ignore.d.paranoid`, `.server`, `.workstation`',
        '`trash` rules behind these, as far as your `REPORTLEVEL` goes, each file in a file of its own.',
      ],
      ['All other lines', '`unusual .*` as the last rule.'],
      [
        'A regex',
        'Stamp and host are cut off, groups only group, and what `grep -E` reads otherwise than Perl is written as Perl reads it. A rule for one host is in a `group_host`. `$` becomes `\\s*$`: logcheck takes blanks off the end of lines.',
      ],
      [
        '`SENDMAILTO`, the line in `cron.d`',
        'A queue:',
        config('set queue unusual logs@example.org root@example.org [2 * * * *] Events'),
      ],
      [
        'The offsets of logtail',
        '`set start_at`: the first letter goes on where logcheck stopped. Stop logcheck before you import.',
      ],
      ['`logcheck-test`', '`tayori digest -`.'],
      ['All of it together', '`conf/examples/journal.conf`: the sections, hourly, from the journal.'],
      ['Not carried over', 'Header and footer, attachments, rules that repeat a group of the stamp.'],
    ),
  ];
}

function fromOssec(): Block[] {
  return [
    subheading('OSSEC'),
    terms(
      [
        '`ossec.conf`',
        '`set logfile` for `<localfile>`, `set queue` and `set mailserver` for `<email_to>`, `<email_from>` and `<smtp_server>`. It names the files of rules and decoders; one such file alone can be imported, too.',
      ],
      [
        '`level`',
        'The queue: `trash` for 0; `now` from 10 on, `noon` from `<email_alert_level>` on (7), `quiet`, weekly, below. If `<email_alert_level>` is above 10, `now` begins there. `no_email_alert` means `quiet`.',
      ],
      [
        '`if_sid`, `if_group`, `if_level`',
        'A nested `group`; the rules below one stand in it first, those of level 0 before all others, then by falling level. Behind them stands what the rule itself makes of the line.',
      ],
      [
        '`match`, `regex`, `program_name`, `hostname`, `decoded_as`, `category`',
        'A `group` each, or `group_host`. Case does not matter. `^` stands behind the tag of the program, which OSSEC takes away and tayori does not.',
      ],
      [
        '`<decoder>`, `<order>`',
        'A rule with named groups, so that letters mask the fields: `(?<srcip>[^ ]+)`. `<url>`, `<user>`, `<id>`, `<srcip>` and other fields of a rule are asked of what their group takes.',
      ],
      [
        '`frequency`, `timeframe`, `same_source_ip`, `same_user`, `same_id`',
        '`set window` of a queue of its own, `by` these fields. OSSEC fires at two more than `frequency` says, and so does the window. With `if_matched_sid` or `if_matched_group` that queue gets the lines of the rules that it counts, and these stay in their own queues.',
      ],
      ['`ignore`', '`set throttle` of a queue of its own.'],
      [
        'A regex',
        'os_regex is written as Perl: `.` is a dot there and `\\.` any character, `\\w` has `-` and `@`, `\\s` is a blank only, brackets and braces are characters, and a repetition is lazy.',
      ],
      [
        'Not carried over',
        'Rules that ask for more than that (`time`, `weekday`, `if_fts`, `different_...`, lists): without it they would take more lines. Active responses, syscheck, rootcheck, agents, outputs of commands.',
      ],
    ),
  ];
}

function fromFail2ban(): Block[] {
  return [
    subheading('fail2ban'),
    terms(
      [
        'A jail',
        'A queue of its name, for each jail that is enabled by `jail.conf`, `jail.d` and `jail.local`. A file of `filter.d` can be imported alone.',
      ],
      ['`logpath`; `backend = systemd`, `journalmatch`', '`set logfile`; `set journal`.'],
      ['`maxretry`, `findtime`', '`set window QUEUE N TIME by ip`; with `maxretry = 1` none.'],
      ['`bantime`', '`set throttle`: so long an address makes no further page.'],
      ['`ignoreip`', '`set exempt ip`, for all queues. Add the addresses of this machine.'],
      [
        '`action`',
        'Nobody is banned: the queue has mail, to `destemail`. A comment below it has the two lines that ban, one for nft and one with `set exec`; see PROGRAMS THAT ACT.',
      ],
      [
        '`failregex`, `prefregex`',
        'A rule each, with all options put in. `<HOST>`, `<ADDR>` and `<F-ID>` are the group `ip`, `<F-USER>` is the group `user`; groups without a name only group. Stamp and host are left out, and where a regex expects what fail2ban leaves of a stamp, a stamp that tayori does not know may stand there.',
      ],
      [
        '`ignoreregex`',
        '`trash` rules in front; where other jails read the same log, a `group` around the other rules, which leaves such lines to them.',
      ],
      [
        '`<F-NOFAIL>`, `<F-MLFID>`',
        'The same. fail2ban remembers a connection and may count such a line with a later one; a rule sees one line, so regexes that name no address are not carried over.',
      ],
      [
        'Not carried over',
        'Regexes for several lines; a ban itself. A line that several jails match counts for the first one alone, and the report names jails that read the same log.',
      ],
    ),
  ];
}
