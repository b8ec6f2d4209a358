import { hostname } from 'node:os';
import { type Case, FAR, log, on } from './case.js';
import { prove } from './prove.js';

const cases: Case[] = [
  {
    name: 'hosts are counted apart, by the letter',
    conf: 'a ^x$',
    log: on('web1', 'x', 'x') + on('Web1', 'x') + on('0', 'x') + on('192.0.2.7', 'x'),
    letters: {
      counts: ['a/0 1 x', 'a/192.0.2.7 1 x', 'a/Web1 1 x', 'a/web1 2 x'],
    },
  },
  {
    name: 'a tag where the host would be',
    mended: 'it is no host: the line is of this machine, and the tag is part of its message',
    conf: 'a x$',
    log: on('sshd[7]:', 'x') + on('kernel:', 'x'),
    original: { counts: ['a/kernel: 1 x', 'a/sshd[7]: 1 x'] },
    tayori: { counts: [`a/${hostname()} 1 kernel: x`, `a/${hostname()} 1 sshd[7]: x`] },
  },
  {
    name: 'a message of syslogd that names no host',
    mended: 'the line is of this machine',
    conf: 'a repeated',
    log: 'Nov 20 10:00:00 last message repeated 2 times\n',
    original: { counts: ['a/last 1 message repeated 2 times'] },
    tayori: { counts: [`a/${hostname()} 1 last message repeated 2 times`] },
  },
  {
    name: 'a level behind the host, as busybox writes it',
    mended: 'it is no part of the message, so that the pid can be hidden',
    conf: 'set hidepid on\na x$',
    log: on('web1', 'auth.info sshd[7]: x'),
    original: { counts: ['a/web1 1 auth.info sshd[7]: x'] },
    tayori: { counts: ['a/web1 1 sshd: x'] },
  },
  {
    name: 'the prefix has a day of two places, padded by a blank or a zero',
    conf: 'a ^',
    log: 'Nov  2 10:00:00 h one\nNov 02 10:00:00 h two\nNov\t20\t10:00:00\th\tthree\n',
    letters: { counts: ['a/h 1 one', 'a/h 1 three', 'a/h 1 two'] },
  },
  {
    name: 'only one prefix is taken off',
    conf: 'a ^',
    log: 'Nov 20 10:00:00 h Nov 20 10:00:00 g x\n',
    letters: { counts: ['a/h 1 Nov 20 10:00:00 g x'] },
  },
  {
    name: 'lines without the prefix',
    mended: 'they go to no queue either, but the letter tells how many they were',
    conf: 'a x$',
    log: `${log('x')}nov 20 10:00:00 h x\nNov 20 10:00 h x\n Nov 20 10:00:00 h x\n`,
    original: { counts: ['a/web1 1 x'], heads: { a: { notes: [] } } },
    tayori: {
      counts: ['a/web1 1 x'],
      heads: {
        a: {
          notes: ['3 lines had no known prefix and went to no queue; a queue named noprefix would show them'],
        },
      },
    },
  },
  {
    name: 'what only resembles the prefix',
    mended: 'it is read, too',
    conf: 'a x$',
    log: `${log('x')}Nov 2 10:00:00 h1 x\n<34>Nov 20 10:00:00 h2 x\nNov 20 10:00:00  h3 x\n`,
    original: { counts: ['a/web1 1 x'] },
    tayori: { counts: ['a/h1 1 x', 'a/h2 1 x', 'a/h3 1 x', 'a/web1 1 x'] },
  },
  {
    name: 'ISO 8601, as rsyslog writes it today, and RFC 5424',
    mended: 'they are prefixes, too',
    conf: 'a x$',
    log: `${log('x')}2026-11-20T12:30:00.123456+09:00 web2 x\n<34>1 2026-11-20T12:30:00Z web3 app 77 - - x\n`,
    original: { counts: ['a/web1 1 x'] },
    tayori: { counts: ['a/web1 1 x', 'a/web2 1 x', 'a/web3 1 app[77]: x'] },
  },
  {
    name: 'a queue named noprefix takes them whole: no rules, no masks, no trash',
    conf: `set queue noprefix np@example.org admin@example.org ${FAR}
set hidepid on
trash ^secret
a (\\d+)`,
    log: `${log('n 1')}secret 1\nsecret 1\nsshd[77]: hello 2\n`,
    letters: {
      counts: [
        'a/web1 1 n ______',
        'noprefix/[unprefixed logs] 2 secret 1',
        'noprefix/[unprefixed logs] 1 sshd[77]: hello 2',
      ],
    },
  },
  {
    name: 'rules may name noprefix like any queue',
    conf: `set queue noprefix np@example.org admin@example.org ${FAR}\nnoprefix,a ^x (\\d)`,
    log: `${log('x 1')}x 1\n`,
    letters: {
      counts: ['a/web1 1 x ______', 'noprefix/[unprefixed logs] 1 x 1', 'noprefix/web1 1 x ______'],
    },
  },
  {
    name: 'blank lines under noprefix',
    mended: 'they are no lines',
    conf: `set queue noprefix np@example.org admin@example.org ${FAR}`,
    log: 'one\n\n\n',
    original: { counts: ['noprefix/[unprefixed logs] 2 ', 'noprefix/[unprefixed logs] 1 one'] },
    tayori: { counts: ['noprefix/[unprefixed logs] 1 one'] },
  },
  {
    name: 'a logprefix is tried behind the built-in one, its group 1 is the host, its blank at the end counts',
    conf: 'set logprefix ^(\\S+) - - \\[[^\\]]+\\] \nset logprefix ^(\\S+) - \na ^',
    log: `10.0.0.9 - - [20/Nov/2026:10:00:00 +0900] "GET /"\nh7 - x\n${log('h8 - y')}`,
    letters: { counts: ['a/10.0.0.9 1 "GET /"', 'a/h7 1 x', 'a/web1 1 h8 - y'] },
  },
  {
    name: 'a logprefix is cut out wherever it matches',
    conf: 'set logprefix \\[(\\w+)\\] \na ^',
    log: 'before [h7] behind\n',
    letters: { counts: ['a/h7 1 before behind'] },
  },
  {
    name: 'a logprefix that finds no host drops the line, though there is noprefix',
    conf: `set queue noprefix np@example.org admin@example.org ${FAR}
set logprefix ^(?:(\\w+)|\\d)? ?> ?
set logprefix ^! \na ^`,
    log: '> x\n! y\nh > z\nnone\n',
    letters: { counts: ['a/h 1 z', 'noprefix/[unprefixed logs] 1 none'] },
  },
  {
    name: 'hidepid takes the number out of "program[7]: " and nothing else',
    conf: 'a ^\nset hidepid on',
    log: log(
      'sshd[1]: x',
      'sshd[22]: x',
      'sshd(pam_unix)[1]: x',
      '/usr/sbin/cron[9]: x',
      'a[1][2]: x',
      'kernel: [123.4] x',
      'a[1]:x',
      'a [1]: x',
      'a[x]: y',
      'a b[1]: c',
      '[5]: z',
      'foo[12] bar: z',
    ),
    letters: {
      counts: [
        'a/web1 2 sshd: x',
        'a/web1 1 /usr/sbin/cron: x',
        'a/web1 1 [5]: z',
        'a/web1 1 a [1]: x',
        'a/web1 1 a b[1]: c',
        'a/web1 1 a[1]: x',
        'a/web1 1 a[1]:x',
        'a/web1 1 a[x]: y',
        'a/web1 1 foo[12] bar: z',
        'a/web1 1 kernel: [123.4] x',
        'a/web1 1 sshd(pam_unix): x',
      ],
    },
  },
  {
    name: 'without hidepid the number stays, and the last setting holds',
    conf: 'set hidepid on\na ^sshd\\[\\d+\\]: \nset hidepid off',
    log: log('sshd[1]: x', 'sshd[2]: x'),
    letters: { counts: ['a/web1 1 sshd[1]: x', 'a/web1 1 sshd[2]: x'] },
  },
  {
    name: 'a log with CRLF',
    mended: 'the CR is no part of the message',
    conf: 'a foo$\nb ^bar',
    log: 'Nov 20 10:00:00 web1 foo\r\nNov 20 10:00:00 web1 bar\r\nNov 20 10:00:00 web1 bar\n',
    original: { counts: ['b/web1 1 bar', 'b/web1 1 bar'] },
    tayori: { counts: ['a/web1 1 foo', 'b/web1 2 bar'] },
  },
  {
    name: 'blanks inside and at the end of messages are kept apart',
    conf: 'a ^x',
    log: log('x y', 'x  y', 'x y '),
    letters: { counts: ['a/web1 1 x  y', 'a/web1 1 x y', 'a/web1 1 x y '] },
  },
  {
    name: 'Japanese is carried over, and the blank of full width is none to \\s and \\S',
    conf: 'a ^x (\\S+) y',
    log: log('x 日本\u3000語 y', 'x 便り\u00a0 y z'),
    letters: { counts: ['a/web1 1 x ______ y', 'a/web1 1 x ______ y z'] },
  },
  {
    name: 'a dot and a class take characters',
    mended: 'not bytes',
    conf: 'a ^一文字(.)で$\nb ^[あい]+(\\S+)',
    log: log('一文字あで', 'あいムロ'),
    original: { counts: [`b/web1 1 ${Buffer.from('あい').toString('latin1')}\xe3______`] },
    tayori: { counts: ['a/web1 1 一文字______で', 'b/web1 1 あい______'] },
  },
  {
    name: 'bytes that are not UTF-8',
    mended: 'they are shown as numbers, so that the letter stays readable',
    conf: 'a ^x',
    log: Buffer.from('Nov 20 10:00:00 web1 x \x93\xfa\n', 'latin1'),
    original: { counts: ['a/web1 1 x \x93\xfa'] },
    tayori: { counts: ['a/web1 1 x \\x93\\xfa'] },
  },
  {
    name: 'a line of 20,000 characters',
    conf: 'a ^x',
    log: log(`x ${'y'.repeat(20_000)}`),
    letters: { counts: [`a/web1 1 x ${'y'.repeat(20_000)}`] },
  },
];
prove('prefixes and hosts', cases);
