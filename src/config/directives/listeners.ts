import { config } from '../../base/text/prose.js';
import { distinct, optional, part, setting } from './declare.js';
import { listener } from './read-listener.js';
import { oneOf, path } from './value-kinds.js';

export const LISTENERS = part(
  'Lines from other machines',
  distinct(
    'listen',
    'listen',
    listener,
    'none',
    'Receive syslog at this address: over UDP, TCP, TLS or RELP. Write an IPv6 address in brackets. It may be repeated.',
    'Each line of a message is a message. tayori reads RFC 3164 and RFC 5424, and removes `<PRI>`. Text without a prefix counts as written now, by the machine that sent it. `[::]` receives IPv4, too, unless another line listens on the same port for IPv4. If tayori cannot listen at an address, it says so and does not start; at a reload it keeps the old config. Ports below 1024 are opened before `uid` and `gid` take effect. Listeners and their connections outlive a reload.',
    '`udp:`, or nothing: UDP may lose datagrams; letters say how many the kernel dropped.',
    '`tcp:` (RFC 6587): a message begins with its length in bytes, or ends with a newline or a NUL; each is told apart by itself. A number counts as a length only where `<PRI>` or a time follows. The last message of a connection needs no end. When tayori cannot keep up, or cannot write its state, it reads no further, and the senders wait; what lies in the network when tayori ends is lost.',
    '`tls:` is the same within TLS (RFC 5425), with the certificate of `listen_cert`.',
    '`relp:` and `relp+tls:`: each message is answered when it is counted and on the disk, so that nothing is lost when tayori or the network dies. What had no answer comes again. When a connection breaks between the counting and the answer, those messages are counted twice; a line of tayori, and else the notes of letters, say how many that may be. A message above 256 KB becomes several lines.',
    'There may be 1,000 connections; for more of them, those end that never said anything, or have been silent for longest (at least a minute). A handshake of TLS may take 10 seconds. A sender that announces a message above 8 MB, or that says what is no RELP, is cut off. All of that is told. A line over TCP is cut at 256 KB.',
    '`conf/examples/loghost.conf` is a loghost over TLS, with the commands that make its certificates.',
    config(
      'set listen 127.0.0.1:514',
      'set listen relp:192.0.2.1:2514',
      'set listen tls:[::]:6514',
      'set listen_cert /etc/tayori/loghost.pem',
    ),
  ),
  optional(
    'listen_cert',
    path,
    'none',
    'The certificate that TLS listeners show: a PEM file, with those of the authorities between behind it.',
    'It is read before `uid` and `gid` take effect, and again at each reload; connections that are open keep the old one. When the user of tayori may not read it then, the old one stays, and tayori says so. `tayori check` opens the files, and says when the certificate ends.',
  ),
  optional('listen_key', path, 'the file of listen_cert', 'The key of listen_cert, a PEM file.'),
  optional(
    'listen_ca',
    path,
    'none',
    'A PEM file of authorities. Clients of TLS listeners must show a certificate of one of them.',
    'The name in the certificate (its first DNS name, else its common name) is the host of lines that name none. A line that names a host keeps it, since a relay sends lines of others: who may send may say any name. `set listen_host certificate` holds clients to their own.',
  ),
  setting(
    'listen_host',
    oneOf('line', 'certificate'),
    'line',
    'Whose lines those of TLS clients are that show a certificate: of the host that the line names, or that the certificate names.',
    'With `certificate` no client can speak for another: all its lines are of the host that its certificate names. If a line names another one, the line of tayori `HOST sent lines of another host` says so, at most once a minute; a name without its domain is none. Relays, which send lines of others, need `line`. It needs `listen_ca`.',
  ),
);
