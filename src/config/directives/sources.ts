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
    'A file to follow, or a glob (*, ?, [...]) of files; files that match later are followed, too. It may be repeated.',
    'tayori waits for a file that does not exist yet (see `tail_missing`). It reads a rotated file to its end, then the new one from its beginning. The rotated file may be a copy of a log that was truncated, or compressed by gzip (or by bzip2, xz or zstd if that program is installed), and the log may have been rotated while tayori was not running. tayori looks for it beside the log, beside the target of a link, and in the folders there. It only counts if it belongs to the owner of the log or to root, and lies where nobody else may write. A file with two names is read once: a name in the config is preferred to one that a glob finds, and a real name to a link.',
    'If a log is rewritten with the lines that it held (by rsync, `cp`, `sed -i` or an editor), reading continues where it stopped. If lines were lost because a log was truncated, replaced or deleted, the next letter of each queue says so. If a glob finds more files than the process may open, they are read in turns; `LimitNOFILE=` in the systemd unit raises the limit.',
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
    'listen',
    'listen',
    listenAddress,
    'none',
    'Receive syslog over UDP at this address; write an IPv6 address in brackets. It may be repeated.',
    'Each line of a datagram is a message. tayori reads RFC 3164 and RFC 5424, and removes `<PRI>`. Text without a prefix counts as written now, by the machine that sent it. UDP may lose datagrams; letters say how many the kernel dropped. `[::]` receives IPv4, too, unless another line listens on the same port for IPv4. If tayori cannot listen at an address, it says so and does not start; at a reload it keeps the old config.',
    config('set listen 127.0.0.1:514', 'set listen [::1]:514'),
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
  setting(
    'start',
    oneOf('end', 'beginning'),
    'end',
    'Where to begin in a file that was never seen before. In a known file, reading continues where it stopped.',
  ),
);
