import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { daemonOn, place } from '../ingest/daemon-on.js';
import { configOf, open } from '../ingest/open-receivers.js';
import { freeUdpPort } from '../support/free-port.js';
import { heldClock } from '../support/held-clock.js';
import { maildir } from '../support/maildir.js';
import { send } from '../support/send.js';
import { letterText } from './start-daemon.js';

const NOW = Date.UTC(2026, 10, 29, 18, 0, 0);

const REPEATS = String.raw`repeat ^(?:[^:\[\]]+(?:\[\d+\])?:? )?message repeated (\d+) times: \[
repeat ^[^:\[\]]+(?:\[\d+\])?: Last message '.*' repeated (\d+) times?, suppressed by syslog-ng
`;
/** Of the file x.log, where a line names no host; of UDP the sender is. */
const CONF = 'set letter plain\nset hidepid on\nset start beginning\nset loghost x.log filehost\n';

/** `HOST COUNT MESSAGE` for each message of the letter that comes of lines, by the way that they take. */
async function messagesOf(
  way: 'udp' | 'file',
  lines: readonly (string | Buffer)[],
  conf = '',
): Promise<string[]> {
  const at = place();
  const port = await freeUdpPort();
  const log = join(at.folder, 'x.log');
  writeFileSync(log, '');
  const source = way === 'udp' ? `set listen 127.0.0.1:${port}\n` : `set logfile ${log}\n`;
  const config = configOf(`${CONF}${source}${conf}`, at.folder, REPEATS);
  const clock = heldClock(NOW);
  const { receivers } = await open(config, { clock });
  const { daemon } = daemonOn(at, config, receivers, clock);
  await daemon.poll();
  if (way === 'udp') await send(port, lines);
  else
    writeFileSync(
      log,
      Buffer.concat(lines.map((line) => Buffer.concat([Buffer.from(line), Buffer.from('\n')]))),
    );
  for (let turn = 0; turn < 5; turn++) {
    clock.advance(5000);
    await daemon.poll();
  }
  await daemon.flush('flushing');
  const found: string[] = [];
  let host = '';
  for (const line of letterText(maildir(at.folder)[0] ?? '').split('\n')) {
    host = /^(\S+): *$/.exec(line)?.[1] ?? host;
    const row = /^ +(\d+): (.*)$/.exec(line);
    if (row) found.push(`${host} ${row[1]} ${row[2]}`);
  }
  return found.sort();
}

type Row = readonly [
  name: string,
  way: 'udp' | 'file',
  lines: readonly (string | Buffer)[],
  told: readonly string[],
];

const SENDER = '127.0.0.1';

const ROWS: readonly Row[] = [
  [
    'L1: a tag with a pid is no host',
    'udp',
    ['<168>Nov 29 10:02:57 haproxy[2329]: backend b1 has no server available!'],
    [`${SENDER} 1 haproxy: backend b1 has no server available!`],
  ],
  [
    'L2: nor is that of chronyd',
    'udp',
    ['<30>Nov 23 13:17:42 chronyd[1119]: Selected source 192.0.2.1'],
    [`${SENDER} 1 chronyd: Selected source 192.0.2.1`],
  ],
  [
    'L3: nor that of filterlog',
    'udp',
    ['<134>Nov 16 14:12:51 filterlog[24923]: 4,,,1000000103,em0,match,block,in,4'],
    [`${SENDER} 1 filterlog: 4,,,1000000103,em0,match,block,in,4`],
  ],
  [
    'L4: a year behind the time is no host',
    'udp',
    ['<190>Nov 28 06:43:28 2026 SW01 %%10WEB/4/X(l): admin failed'],
    ['SW01 1 %%10WEB/4/X(l): admin failed'],
  ],
  [
    'L5: ASA with a year and a name',
    'udp',
    ['<164>Nov 14 2026 09:33:47 asa-x : %ASA-4-106023: Deny icmp'],
    ['asa-x 1 %ASA-4-106023: Deny icmp'],
  ],
  [
    'L6: ASA without a name',
    'udp',
    [
      '<164>Nov 14 2026 10:07:20: %ASA-4-106023: Deny udp',
      '<164>Nov 14 2026 10:07:21: %ASA-4-106023: Deny udp',
    ],
    [`${SENDER} 2 %ASA-4-106023: Deny udp`],
  ],
  [
    'L7: the counters of IOS are no part of the message',
    'udp',
    [
      '<190>421370: 421366: Nov 23 22:23:27: %SEC-6-IPACCESSLOGP: list A permitted tcp 192.0.2.3(1)',
      '<190>421371: 421367: Nov 23 22:23:28: %SEC-6-IPACCESSLOGP: list A permitted tcp 192.0.2.3(1)',
    ],
    [`${SENDER} 2 %SEC-6-IPACCESSLOGP: list A permitted tcp 192.0.2.3(1)`],
  ],
  [
    'L8: a blank behind the priority, a day of one digit',
    'udp',
    ['<181> Nov 8 18:11:57 ISE-1 CISE_Failed: a'],
    ['ISE-1 1 CISE_Failed: a'],
  ],
  [
    'L9: a fraction of a second',
    'udp',
    ['<13>Nov  6 11:56:44.000 gustav AlsidForAD[4]: x'],
    ['gustav 1 AlsidForAD: x'],
  ],
  ['L9: in a file', 'file', ['Nov  6 11:56:44.000 gustav AlsidForAD[4]: x'], ['gustav 1 AlsidForAD: x']],
  [
    'L10: two attacks are two messages, with MSGID and data',
    'udp',
    ['TCP sweep!', 'TCP scan!'].map(
      (attack) =>
        `<14>1 2026-11-29T10:00:00Z srx1 RT_IDS - RT_SCREEN_TCP [junos@2636.1.1.1.2.26 attack-name="${attack}" source-address="192.0.2.9"]`,
    ),
    ['TCP scan!', 'TCP sweep!'].map(
      (attack) =>
        `srx1 1 RT_IDS: RT_SCREEN_TCP [junos@2636.1.1.1.2.26 attack-name="${attack}" source-address="192.0.2.9"]`,
    ),
  ],
  [
    'L11: RFC 5424 without structured data',
    'udp',
    ['<134>1 2026-11-29T10:00:00Z wemos5 tasmota - - HTP: Web server active'],
    ['wemos5 1 tasmota: HTP: Web server active'],
  ],
  ['L12: RFC 5424 of NIL values', 'udp', ['<165>1 - - app - - - text'], [`${SENDER} 1 app: text`]],
  [
    'L13: syslogd -v and -vv of BSD',
    'file',
    ['Nov 24 08:12:01 <auth.info> fbsd1 sshd[123]: Failed', 'Nov 24 08:12:01 <4.6> fbsd1 sshd[124]: Failed'],
    ['fbsd1 2 sshd: Failed'],
  ],
  [
    'L14: busybox',
    'file',
    ['Nov 28 13:11:39 h1 auth.info sshd[27366]: Failed password'],
    ['h1 1 sshd: Failed password'],
  ],
  [
    'L15: containers (CRI): the name of a stream is no host',
    'file',
    ['2026-11-20T10:00:00.123456789Z stdout F level=info msg="started"'],
    ['filehost 1 level=info msg="started"'],
  ],
  [
    'L16: a tag without a colon, in a file',
    'file',
    [
      '2026-11-29T10:00:00Z web1 app[14] text',
      '2026-11-29T10:00:00Z web1 app[15] text',
      '2026-11-29T10:00:00Z web1 my app[12]: text',
    ],
    ['web1 1 my app: text', 'web1 2 app: text'],
  ],
  [
    'L16: and the same over UDP',
    'udp',
    ['<13>1 2026-11-29T10:00:00Z web1 app 14 - - text', '<13>2026-11-29T10:00:00Z web1 app[15] text'],
    ['web1 2 app: text'],
  ],
  [
    'L17: the byte order mark of RFC 5424 as rsyslog writes it',
    'file',
    ['2026-11-29T10:00:00Z web1 app[15] \uFEFFtext', '2026-11-29T10:00:00Z web1 app: text'],
    ['web1 2 app: text'],
  ],
  [
    'L18: a repeat counts for the message in its brackets',
    'file',
    [
      'Nov 29 10:00:00 h sshd[5]: Failed password for root from 192.0.2.3',
      'Nov 29 10:00:01 h CRON[6]: (root) CMD (true)',
      'Nov 29 10:00:02 h sshd[5]: message repeated 3 times: [ Failed password for root from 192.0.2.3]',
      'Nov 29 10:00:03 h phpMyAdmin[7]: message repeated 4 times: [ user denied: root]',
    ],
    [
      'h 1 CRON: (root) CMD (true)',
      'h 4 phpMyAdmin: user denied: root',
      'h 4 sshd: Failed password for root from 192.0.2.3',
    ],
  ],
  [
    'L19: in all its forms',
    'file',
    [
      '2026-11-29T10:00:00Z h app[5] text',
      'Nov 29 10:00:00 h my app: text',
      '2026-11-29T10:00:01Z h app[5] message repeated 3 times: [text]',
      'Nov 29 10:00:01 h my app: message repeated 3 times: [ text]',
      "Nov 29 10:00:01 h app[5]: Last message 'text' repeated 3 times, suppressed by syslog-ng on vm",
    ],
    ['h 4 my app: text', 'h 7 app: text'],
  ],
  [
    'L20: a device without a clock',
    'file',
    ['Jan  1 00:00:07 ap1 wifi: Connected', 'Nov 29 12:10:00 ap1 wifi: Connected'],
    ['ap1 2 wifi: Connected'],
  ],
  [
    'L21: what journalctl prints',
    'file',
    [
      '-- Boot 0123456789abcdef0123456789abcdef --',
      'Nov 29 10:00:00 web1 app[1]: first',
      '                             second',
      'Sun 2026-11-29 10:00:01 UTC web1 app[1]: full',
      'Sun 2026-11-29 10:00:02 UTC web1 ssh.service[12]: unit',
      '1795946577.123456 web1 app[1]: unix',
      '[12345.678901] web1 app[1]: monotonic',
    ],
    [
      'web1 1 app: first second',
      'web1 1 app: full',
      'web1 1 app: monotonic',
      'web1 1 app: unix',
      'web1 1 ssh.service: unit',
    ],
  ],
  [
    'L22: what programs write themselves',
    'file',
    [
      '2026-11-20 10:00:00,123 fail2ban.actions [1877]: NOTICE [sshd] Ban 192.0.2.9',
      '2026-11-20 10:00:00 status installed libc6:amd64 2.36',
      '2026-11-20 10:00:00.123 UTC [123] LOG:  checkpoint starting',
      '2026/11/20 10:00:00 [error] 12#12: *3 open() failed',
      '[Fri Nov 20 10:00:00 2026] usb 1-1: new device',
      'date=2026-11-20 time=10:00:00 devname="F1" type="traffic" action="deny"',
    ],
    [
      'F1 1 type="traffic" action="deny"',
      'filehost 1 fail2ban.actions: NOTICE [sshd] Ban 192.0.2.9',
      'filehost 1 kernel: usb 1-1: new device',
      'filehost 1 nginx: [error] open() failed',
      'filehost 1 postgres: LOG:  checkpoint starting',
      'filehost 1 status installed libc6:amd64 2.36',
    ],
  ],
];

describe('section L: lines, whoever wrote them, up to the letter', () => {
  it.each(ROWS)('%s', async (_, way, lines, told) => {
    expect(await messagesOf(way, lines)).toEqual(told);
  });

  it('L22: JSON, by its format', async () => {
    const line =
      '{"time":"2026-11-20T10:00:00Z","hostname":"web1","name":"shop","level":50,"msg":"no stock"}';
    expect(await messagesOf('file', [line], 'set logformat x.log json\n')).toEqual([
      'web1 1 shop: no stock level=error',
    ]);
  });

  it.each([
    ['L23: a logprefix, behind the built-in ones, which step aside where no host name stands', 'logprefix'],
    ['L23: set prefix, before them', 'prefix'],
  ])('%s', async (_, name) => {
    const lines = ['Nov 29 10:00:00 [web1] app: text'];
    const conf = String.raw`set ${name} ^\w+ \d+ [\d:]+ \[(\w+)\] `;
    expect(await messagesOf('file', lines, `${conf}\n`)).toEqual(['web1 1 app: text']);
  });

  it('L23: set prefix reads rightly what the built-in prefix reads wrongly', async () => {
    const lines = ['Nov 29 10:00:00 rack7 web1 app: text'];
    expect(await messagesOf('file', lines)).toEqual(['rack7 1 web1 app: text']);
    const conf = String.raw`set prefix ^\w+ \d+ [\d:]+ rack\d+ (\w+) `;
    expect(await messagesOf('file', lines, `${conf}\n`)).toEqual(['web1 1 app: text']);
  });
});
