import { config, sample } from '../../base/text/prose.js';
import { distinct, ignored, part, setting } from './declare.js';
import { command, journal } from './read-journal.js';
import { oneOf, onOff, path, server, word } from './value-kinds.js';

export const SOURCES = part(
  'Where lines come from',
  distinct(
    'logfile',
    'logfiles',
    path,
    'none',
    'A file to follow, or a glob (*, ?, [...]) of files; files that match later are followed, too. It may be repeated.',
    'tayori waits for a file that does not exist yet (see `tail_missing`). It reads a rotated file to its end, then the new one from its beginning. The rotated file may be a copy of a log that was truncated, or compressed by gzip (or by bzip2, xz or zstd if that program is installed), and the log may have been rotated while tayori was not running. tayori looks for it beside the log, beside the target of a link, and in the folders there. It only counts if it belongs to the owner of the log or to root, and lies where nobody else may write. A file with two names is read once: a name in the config is preferred to one that a glob finds, and a real name to a link.',
    'If a log is rewritten with the lines that it held (by rsync, `cp`, `sed -i` or an editor), reading continues where it stopped. If lines were lost because a log was truncated, replaced or deleted, the next letter of each queue says so, unless a rule takes the line of tayori about it (LINES OF TAYORI). If a glob finds more files than the process may open, they are read in turns; `LimitNOFILE=` in the systemd unit raises the limit.',
    config('set logfile /var/log/syslog', 'set logfile /var/log/remote/*.log'),
  ),
  ignored(
    'tail',
    word('PATH ARGS'),
    'files are followed without a tail program',
    'none',
    'The tail program to run. Accepted for old configs and ignored: files are followed without one.',
  ),
  ignored(
    'tail_multiple',
    onOff,
    'lines of two files never mix',
    'on',
    'One tail for each file. Accepted for old configs and ignored: lines of two files never mix.',
  ),
  setting(
    'tail_missing',
    onOff,
    true,
    'Wait for files that do not exist yet. Off: skip them with a message.',
  ),
  distinct(
    'fifo',
    'fifos',
    path,
    'none',
    'A FIFO to read; its writers may come and go. It may be repeated.',
    '`mkfifo -m 600 /run/log.fifo` makes one. tayori waits for one that does not exist yet.',
  ),
  distinct(
    'redisqueue',
    'redisQueues',
    word('KEY'),
    'none',
    'A Redis list to take lines from. It may be repeated.',
    'tayori takes lines from the head of the list, in order, and keeps them in the list KEY:tayori until they are counted. Only one tayori may take lines from a list.',
  ),
  setting(
    'redisserver',
    server,
    { host: '127.0.0.1', port: 6379 },
    'The Redis server that holds the lists of redisqueue.',
  ),
  distinct(
    'journal',
    'journals',
    journal,
    'none',
    "Read a journal of systemd: this machine's, or the journal files in a folder. It may stand many times.",
    'journalctl(1) reads it, which must be installed, and the user that tayori runs as must be in the group systemd-journal or adm. A MATCH is what `journalctl` takes: `FIELD=VALUE`. Two of one field, or with `+` between them, mean the one or the other, else both must hold. `PRIORITY=0..4` stands for those numbers. Give each journal one line: what two lines ask for is counted twice.',
    'An entry reads as a syslog line would: `program[pid]: message` of its host, from `SYSLOG_IDENTIFIER` (else `_COMM`), `_PID`, `MESSAGE` and `_HOSTNAME`; the lines of a message are joined. How far was read is remembered with the counts, whatever is rotated meanwhile; entries that were vacuumed before they could be read are told. In a folder each machine has a position of its own, so that one may send late.',
    config(
      'set journal',
      'set journal PRIORITY=0..4 + _SYSTEMD_UNIT=ssh.service',
      'set journal /var/log/journal/remote',
    ),
  ),
  setting(
    'journal_fallback',
    onOff,
    false,
    "Read this machine's journal where no file of set logfile can be read. It counts for nothing beside set journal.",
    'As soon as one of the files is there the journal is let go until the next start, so that nothing is counted twice.',
  ),
  distinct(
    'command',
    'commands',
    command,
    'none',
    'A program that runs on, whose lines are read, such as docker logs -f NAME. It may stand many times.',
    'No shell reads the line: words end at blanks, and quotes are characters. The program runs as the user that tayori runs as, and ends with it. Lines of its standard error count, too. When it ends it is started again, after up to a minute where it ends at once; what it prints cannot be read again, so give it an option that leaves out what is old. A line without a prefix is taken as said now, by this machine.',
    sample('set command /usr/bin/docker logs -f --since 1s web'),
  ),
  setting(
    'start',
    oneOf('end', 'beginning'),
    'end',
    'Where to begin in a file or journal that was never seen before. In a known one, reading continues where it stopped.',
  ),
);
