import { config } from '../../base/text/prose.js';
import { each, part } from './declare.js';
import { decode, jsonfields, logformat, loghost, multiline } from './read-log-reading.js';

const raw = String.raw;

export const LOG_READINGS = part(
  'Logs that are read in a way of their own',
  each(
    'loghost',
    'loghosts',
    loghost,
    'none',
    'Whose lines stand in the logs that a glob matches: a HOST, or what a REGEX finds in the path. It may be repeated; the first line whose glob and regex match a log holds.',
    'The host is the group named host; where no group has a name, it is group 1; where groups have names but none is named host, it is this machine. Lines of such a log need no prefix: one that has none is all text, without a time. A prefix is read where there is one, and the host that it names stands above that of the path, unless it is localhost. A FIFO, and the program of `set command`, is named by its path.',
    'What other named groups find stands in front of each line, for rules and letters: `user=alice address=192.0.2.7: ` and then the text. So a rule can ask for a user, and mask an address, as in the last line here. A group that found nothing is left out, and blanks, `=` and `:` in a value become `_`.',
    config(
      'set logfile /var/log/remote/*/*.log',
      'set loghost /var/log/remote/*/*.log ^/var/log/remote/([^/]+)/',
      'set logfile /srv/shop/app.log',
      'set loghost /srv/shop/app.log shop1',
      'set logfile /var/log/ope/*.log',
      raw`set loghost /var/log/ope/*.log /(?<user>[^/]+)_\d+_(?<address>[\d.]+)`,
      raw`critical ^user=\S+ address=(\S+): .*\bchattr -a`,
    ),
  ),
  each(
    'logformat',
    'logformats',
    logformat,
    'syslog',
    'The format of the logs that a glob matches. It may be repeated; the first line whose glob matches a log holds.',
    'LOG FORMATS lists them, with what rules get of each. A line that is not of the format is read as any other. Where JSON and logfmt name time, host, program and process, those count; their message stands first, then the level and all other fields by their names, so that equal messages are equal whoever wrote them.',
    config(
      'set logfile /var/log/containers/*.log',
      'set logformat /var/log/containers/*.log cri',
      'set logfile /srv/shop/app.log',
      'set logformat /srv/shop/app.log json',
    ),
  ),
  each(
    'jsonfields',
    'jsonfields',
    jsonfields,
    'none',
    'Names of fields of JSON and logfmt, by what they say: time, level, message, host, program or pid. They count before the names that tayori knows. It may be repeated.',
    config('set jsonfields message=what host=machine program=job'),
  ),
  each(
    'multiline',
    'multilines',
    multiline,
    'none',
    'Which logs have entries of several lines. indent: a line that begins with a blank goes on with the one before it. REGEX: matches the first line of each entry. It may be repeated; the first line whose glob matches a log holds.',
    'The lines of an entry are joined by a blank, so a rule sees a stack trace, a statement of PostgreSQL or an exception of Java as one text. With indent, `Caused by: ` goes on, too. The last entry of a log waits for its next line, but no longer than some five seconds; a restart reads it again. An entry has at most 500 lines; what is beyond that is an entry of its own, and tayori says so.',
    config(
      'set logfile /var/log/postgresql/*.log',
      'set multiline /var/log/postgresql/*.log indent',
      'set logfile /srv/shop/app.log',
      raw`set multiline /srv/shop/app.log ^\d{4}-\d\d-\d\d\s`,
    ),
  ),
  each(
    'decode',
    'decodes',
    decode,
    'none',
    'What the lines of the logs that a glob matches are encoded in: audit, the log of auditd; terminal, a typescript of script(1). It may be repeated; the first line whose glob matches a log holds.',
    'The records of an event (`msg=audit(TIME:SERIAL)`) become one entry, which rules see as `audit: TYPE fields TYPE fields ...`, with the records and the fields in their order: `audit: SYSCALL arch=x86_64 syscall=execve ... exe="/usr/bin/sudo" ... EXECVE argc=2 a0="sudo" a1="-i" ... PROCTITLE proctitle="sudo -i"`. Its time is that of the event, its host is the node, where auditd writes one (`name_format`). Time and serial number are no part of the text. With `set hidepid on`, neither are pid, ppid and opid.',
    'Text that audit writes in hex is shown in quotes: arguments, proctitle, name, cwd, cmd, comm, exe, key, data and others. A quote in it reads `\\"`, a control character `\\x0a`, so that no text passes for another field. Where auditd adds names (`log_format = ENRICHED`), they stand in place of the numbers: `auid=opc`, `syscall=execve`. 4294967295 reads unset, saddr is an address and a port.',
    'An event ends with its PROCTITLE. One without is handed on when a record is two seconds later, when 200 lines of others have followed, or when nothing has been written for five seconds. An event of more than 256 kB is cut in two, and tayori says so. Lines that are no records are read as any others; `set multiline` says nothing for such a log. Reading audit.log takes root or the group that `log_group` of auditd.conf names.',
    'terminal: a line reads as it looked. Corrections with backspace, the cursor and the keys of readline are applied, what a line was overwritten with by a return stands in its place, escape sequences, titles and bracketed paste are dropped; of vi or less `[full screen]` is left where they begin and end in one line. Text that was painted elsewhere on the screen follows, behind a blank, so that no prompt hides what is typed. Empty lines are passed over. No line has a prefix, whatever it looks like; `set loghost` takes host, user and address from the path. What was typed without being shown, as passwords are, does not stand in a typescript.',
    config(
      'set logfile /var/log/audit/audit.log',
      'set decode /var/log/audit/audit.log audit',
      'set hidepid on',
      'set logfile /var/log/ope_log/*.log',
      'set decode /var/log/ope_log/*.log terminal',
      raw`critical ^audit: USER_CMD .* auid=(\S+) .* cmd="chattr -a`,
      raw`report ^audit: SYSCALL .* (a0=.* items=\d+) .* ses=(\d+)`,
    ),
  ),
);
