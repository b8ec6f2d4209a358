import { sample, terms } from '../base/text/prose.js';
import type { Section } from './page.js';

/** How other machines are made to send their lines. */
export const OTHER_MACHINES: Section = {
  heading: 'LINES OF OTHER MACHINES',
  blocks: [
    '`set listen` receives them. Take RELP where no line may be lost, TLS where the network is not yours, TCP where a sender knows nothing better, UDP for devices. Lines keep the host that they name; a line that names none is of its sender.',
    terms(
      [
        'rsyslog over RELP',
        'Package rsyslog-relp. The size of the queue matters: when it is full, rsyslog drops lines, however often it may try again.',
        sample(
          'module(load="omrelp")',
          'action(type="omrelp" target="loghost.example.org" port="2514"',
          '  template="RSYSLOG_ForwardFormat" action.resumeRetryCount="-1"',
          '  queue.type="LinkedList" queue.size="500000"',
          '  queue.filename="tayori" queue.saveOnShutdown="on")',
        ),
      ],
      [
        'rsyslog over TLS',
        'Package rsyslog-gnutls.',
        sample(
          'global(DefaultNetstreamDriverCAFile="/etc/ssl/ca.pem"',
          '  DefaultNetstreamDriverCertFile="/etc/ssl/web1.pem"',
          '  DefaultNetstreamDriverKeyFile="/etc/ssl/web1.key")',
          'action(type="omfwd" target="loghost.example.org" port="6514"',
          '  protocol="tcp" TCP_Framing="octet-counted"',
          '  StreamDriver="gtls" StreamDriverMode="1"',
          '  StreamDriverAuthMode="x509/name"',
          '  StreamDriverPermittedPeers="loghost.example.org"',
          '  action.resumeRetryCount="-1"',
          '  queue.type="LinkedList" queue.size="500000")',
        ),
      ],
      [
        'syslog-ng',
        'Over TLS; `transport("tcp")` without it.',
        sample(
          'destination tayori {',
          '  syslog("loghost.example.org" port(6514) transport("tls")',
          '    tls(ca-file("/etc/ssl/ca.pem")));',
          '};',
          'log { source(s_src); destination(tayori); };',
        ),
      ],
    ),
  ],
};
