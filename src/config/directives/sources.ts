import { config } from '../../base/text/prose.js';
import { distinct, ignored, part, setting } from './declare.js';
import { listenAddress, oneOf, onOff, path, server, word } from './value-kinds.js';

export const SOURCES = part(
  'Where lines come from',
  distinct(
    'logfile',
    'logfiles',
    path,
    'none',
    'A file to follow, or a glob (*, ?, [...]) of files; those that come to match later are taken up. It may stand many times.',
    'A file that is not there is awaited (see `tail_missing`). A file that is rotated away is read to its end, then the new one from its beginning; so is one that was copied and emptied, or packed by gzip (or by bzip2, xz or zstd where that program is installed), also while tayori was not running. It is looked for beside the log, beside what a link leads to, and in the folders in there, and counts only if it belongs to the owner of the log or to root and lies where nobody else may write. The same file under two names is read once: a name that stands here goes before one that a glob finds, and a real name before a link.',
    'A log that is written anew with the lines that it held (by rsync, `cp`, `sed -i` or an editor) is read on where reading stopped. What was lost because a log was emptied, replaced or deleted is told in the next letter of each queue. Where a glob finds more files than the process may open, they are read by turns; `LimitNOFILE=` in the unit of systemd raises the limit.',
    config('set logfile /var/log/syslog', 'set logfile /var/log/remote/*.log'),
  ),
  ignored(
    'tail',
    word('PATH ARGS'),
    'files are followed without a tail program',
    'none',
    'Which tail program to run. Accepted for old configs and ignored: files are followed without one.',
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
    'Wait for files that do not exist yet. Off: they are skipped with a message.',
  ),
  distinct(
    'fifo',
    'fifos',
    path,
    'none',
    'A FIFO to read; its writers may come and go. It may stand many times.',
    '`mkfifo -m 600 /run/log.fifo` makes one. One that is not there is awaited.',
  ),
  distinct(
    'listen',
    'listen',
    listenAddress,
    'none',
    'Receive syslog over UDP at this address; one of IPv6 stands in brackets. It may stand many times.',
    'A datagram is a message; one of several lines is as many. RFC 3164 and RFC 5424 are understood, and `<PRI>` is taken off. Bare text is taken as said now, by the machine that sent it. UDP promises nothing: how many datagrams the kernel had to drop is counted and told. `[::]` takes IPv4 too, unless another line listens there for IPv4. An address that cannot be had is told, and tayori does not start; at a reload the old config stays.',
    config('set listen 127.0.0.1:514', 'set listen [::1]:514'),
  ),
  distinct(
    'redisqueue',
    'redisQueues',
    word('KEY'),
    'none',
    'A Redis list to take lines from. It may stand many times.',
    'Lines are taken from its head, in order, and wait in the list KEY:tayori until they are counted. Only one tayori may take lines from a list.',
  ),
  setting(
    'redisserver',
    server,
    { host: '127.0.0.1', port: 6379 },
    'The Redis server that holds the lists of redisqueue.',
  ),
  setting(
    'start',
    oneOf('end', 'beginning'),
    'end',
    'Where to begin in a file that was never seen before. Known files are read on from where they were left.',
  ),
);
