import { config } from '../../base/text/prose.js';
import { each, part } from './declare.js';
import { loghost, multiline } from './read-log-reading.js';

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
);
