import { describe, expect, it } from 'vitest';
import type { Dialect } from '../../src/line/dialect.js';
import { DIALECTS } from '../../src/line/dialects.js';
import { readLine, readPrefix, THIS_MACHINE, timeOf } from './read.js';

function textOf({ yields: { program, pid, message } }: Dialect, hidepid: boolean): string {
  if (program === undefined) return message;
  return `${program}${pid === undefined || hidepid ? '' : `[${pid}]`}: ${message}`;
}

describe('the example of each dialect is read by its own row, and yields what the row says', () => {
  it.each(DIALECTS.map((row) => [row.name, row] as const))('%s', (_, row) => {
    for (const hidepid of [true, false])
      expect(readPrefix(row.example, { hidepid })).toEqual({
        dialect: row.name,
        host: row.yields.host,
        time: timeOf(row.yields.time),
        priority: row.yields.priority ?? null,
        text: textOf(row, hidepid),
      });
  });

  it('no two rows have the same name', () => {
    expect(new Set(DIALECTS.map(({ name }) => name)).size).toBe(DIALECTS.length);
  });
});

/** What a row begins with that it does not name would never be tried. */
it('each row says with which characters its example begins', () => {
  const unnamed = DIALECTS.filter(({ begins, example, pattern }) => {
    const text = pattern.test(example) ? example : example.replace(/^<\d+>[ \t]*/, '');
    return begins !== '' && !begins.includes(text[0] ?? '');
  });
  expect(unnamed.map(({ name }) => name)).toEqual([]);
});

type Row = readonly [name: string, line: string, host: string | null, time: string | null, text: string];

/** `host` null: the line names none. */
const rows: readonly Row[] = [
  [
    'L1: a tag with a pid is no host',
    '<168>Nov 29 10:02:57 haproxy[2329]: backend b1 has no server available!',
    null,
    '2026-11-29T10:02:57Z',
    'haproxy: backend b1 has no server available!',
  ],
  [
    'L2: nor in chronyd',
    '<30>Nov 23 13:17:42 chronyd[1119]: Selected source 192.0.2.1',
    null,
    '2026-11-23T13:17:42Z',
    'chronyd: Selected source 192.0.2.1',
  ],
  [
    'L3: nor in filterlog',
    '<134>Nov 16 14:12:51 filterlog[24923]: 4,,,1000000103,em0,match,block,in,4',
    null,
    '2026-11-16T14:12:51Z',
    'filterlog: 4,,,1000000103,em0,match,block,in,4',
  ],
  [
    'a tag without a pid is no host',
    'Nov 29 10:02:57 kernel: device em0 entered promiscuous mode',
    null,
    '2026-11-29T10:02:57Z',
    'kernel: device em0 entered promiscuous mode',
  ],
  [
    'L4: a year behind the time is no host',
    '<190>Nov 28 06:43:28 2026 SW01 %%10WEB/4/X(l): admin failed',
    'SW01',
    '2026-11-28T06:43:28Z',
    '%%10WEB/4/X(l): admin failed',
  ],
  [
    'L5: ASA with a year and a name',
    '<164>Nov 14 2026 09:33:47 asa-x : %ASA-4-106023: Deny icmp',
    'asa-x',
    '2026-11-14T09:33:47Z',
    '%ASA-4-106023: Deny icmp',
  ],
  [
    'L6: ASA without a name',
    '<164>Nov 14 2026 10:07:20: %ASA-4-106023: Deny udp',
    null,
    '2026-11-14T10:07:20Z',
    '%ASA-4-106023: Deny udp',
  ],
  [
    'L7: the counters of IOS',
    '<190>421370: 421366: Nov 23 22:23:27: %SEC-6-IPACCESSLOGP: list A permitted tcp 192.0.2.3(1)',
    null,
    '2026-11-23T22:23:27Z',
    '%SEC-6-IPACCESSLOGP: list A permitted tcp 192.0.2.3(1)',
  ],
  [
    'IOS with a name, milliseconds, a zone and a clock that is not set',
    '<189>77: rtr1: 000123: *Nov 29 10:00:00.123 CET: %LINK-3-UPDOWN: Interface down',
    'rtr1',
    '2026-11-29T09:00:00.123Z',
    '%LINK-3-UPDOWN: Interface down',
  ],
  [
    'IOS whose clock has lost its server, with a year',
    '<189>78: .Nov 29 2026 10:00:00: %SYS-5-CONFIG_I: Configured',
    null,
    '2026-11-29T10:00:00Z',
    '%SYS-5-CONFIG_I: Configured',
  ],
  [
    'NX-OS, which has no counter',
    '<189>: 2026 Nov 29 09:49:03 UTC: %ETHPORT-5-IF_UP: Interface Ethernet1/1 is up',
    null,
    '2026-11-29T09:49:03Z',
    '%ETHPORT-5-IF_UP: Interface Ethernet1/1 is up',
  ],
  [
    'NX-OS with a name',
    '<190>sw01.pdx01: 2026 Jul 28 14:42:46 UTC: %AUTHPRIV-6-SYSTEM_MSG: session opened',
    'sw01.pdx01',
    '2026-07-28T14:42:46Z',
    '%AUTHPRIV-6-SYSTEM_MSG: session opened',
  ],
  [
    'a wireless controller names its task',
    '<133>WLC1: *apfMsConnTask_1: Nov 29 10:00:00.123: %APF-6-RADIUS_OVERRIDE_DISABLED: apf_ms_radius_override.c:1085',
    'WLC1',
    '2026-11-29T10:00:00.123Z',
    '%APF-6-RADIUS_OVERRIDE_DISABLED: apf_ms_radius_override.c:1085',
  ],
  [
    'Dell and others put a colon behind the time',
    '<189>Nov 29 10:00:00: %STKUNIT0-M:CP %SEC-5-LOGIN_SUCCESS: Login successful',
    null,
    '2026-11-29T10:00:00Z',
    '%STKUNIT0-M:CP %SEC-5-LOGIN_SUCCESS: Login successful',
  ],
  [
    'Juniper puts two blanks before the host',
    '<28>Nov 29 10:00:00  srx1 mgd[4153]: UI_AUTH_EVENT: x',
    'srx1',
    '2026-11-29T10:00:00Z',
    'mgd: UI_AUTH_EVENT: x',
  ],
  [
    'IOS without time stamps',
    '<189>%SYS-5-CONFIG_I: Configured from console',
    null,
    null,
    '%SYS-5-CONFIG_I: Configured from console',
  ],
  [
    'ASA with logging timestamp rfc5424',
    '<166>2026-11-29T10:00:00Z asa-x : %ASA-6-302013: Built outbound',
    'asa-x',
    '2026-11-29T10:00:00Z',
    '%ASA-6-302013: Built outbound',
  ],
  [
    'L8: a blank behind the priority and a day of one digit',
    '<181> Nov 8 18:11:57 ISE-1 CISE_Failed: a',
    'ISE-1',
    '2026-11-08T18:11:57Z',
    'CISE_Failed: a',
  ],
  [
    'L9: a fraction of a second',
    '<13>Nov  6 11:56:44.000 gustav AlsidForAD[4]: x',
    'gustav',
    '2026-11-06T11:56:44Z',
    'AlsidForAD: x',
  ],
  [
    'L9: journalctl -o short-precise in a file',
    'Nov 06 11:56:44.123456 gustav AlsidForAD[4]: x',
    'gustav',
    '2026-11-06T11:56:44.123Z',
    'AlsidForAD: x',
  ],
  [
    'a zone behind the time is no host',
    'Nov 29 10:02:57 CET web1 sshd[4]: x',
    'web1',
    '2026-11-29T09:02:57Z',
    'sshd: x',
  ],
  ['a zone, and then a tag', 'Nov 29 10:02:57 UTC sshd[4]: x', null, '2026-11-29T10:02:57Z', 'sshd: x'],
  [
    'a zone whose name is of several',
    'Nov 29 10:02:57 IST web1 sshd[4]: x',
    'web1',
    '2026-11-29T10:02:57Z',
    'sshd: x',
  ],
  [
    'L10: one attack',
    '<14>1 2026-11-29T10:00:00Z srx1 RT_IDS - RT_SCREEN_TCP [junos@2636.1.1.1.2.26 attack-name="TCP sweep!" source-address="192.0.2.9"]',
    'srx1',
    '2026-11-29T10:00:00Z',
    'RT_IDS: RT_SCREEN_TCP [junos@2636.1.1.1.2.26 attack-name="TCP sweep!" source-address="192.0.2.9"]',
  ],
  [
    'L10: another attack',
    '<14>1 2026-11-29T10:00:00Z srx1 RT_IDS - RT_SCREEN_TCP [junos@2636.1.1.1.2.26 attack-name="SYN flood!" source-address="192.0.2.9"]',
    'srx1',
    '2026-11-29T10:00:00Z',
    'RT_IDS: RT_SCREEN_TCP [junos@2636.1.1.1.2.26 attack-name="SYN flood!" source-address="192.0.2.9"]',
  ],
  [
    'elements of the transport say nothing',
    '<14>1 2026-11-29T10:00:00Z h app 7 START [timeQuality tzKnown="1"][meta sequenceId="29"]',
    'h',
    '2026-11-29T10:00:00Z',
    'app: START',
  ],
  [
    'where there is a message, it is the message',
    '<14>1 2026-11-29T10:00:00Z h app 7 ID47 [ex@32473 a="1"] told',
    'h',
    '2026-11-29T10:00:00Z',
    'app: told',
  ],
  [
    'L11: RFC 5424 without structured data',
    '<134>1 2026-11-29T10:00:00Z wemos5 tasmota - - HTP: Web server active',
    'wemos5',
    '2026-11-29T10:00:00Z',
    'tasmota: HTP: Web server active',
  ],
  ['L12: RFC 5424 of NIL values', '<165>1 - - app - - - text', null, null, 'app: text'],
  ['all NIL', '<165>1 - - - - - - text', null, null, 'text'],
  ['a PROCID that is no number is hidden, too', '<165>1 - h app 4a-f - - text', 'h', null, 'app: text'],
  [
    'structured data that does not close is a message',
    '<165>1 - h app - - [x a="1 text',
    'h',
    null,
    'app: [x a="1 text',
  ],
  [
    'L13: syslogd -vv',
    'Nov 24 08:12:01 <auth.info> fbsd1 sshd[123]: Failed',
    'fbsd1',
    '2026-11-24T08:12:01Z',
    'sshd: Failed',
  ],
  [
    'L13: syslogd -v',
    'Nov 24 08:12:01 <4.6> fbsd1 sshd[123]: Failed',
    'fbsd1',
    '2026-11-24T08:12:01Z',
    'sshd: Failed',
  ],
  [
    'L14: busybox',
    'Nov 28 13:11:39 h1 auth.info sshd[27366]: Failed password',
    'h1',
    '2026-11-28T13:11:39Z',
    'sshd: Failed password',
  ],
  [
    'AIX names two facilities',
    'Nov 28 13:11:39 aix1 auth|security:info sshd[27366]: Failed password',
    'aix1',
    '2026-11-28T13:11:39Z',
    'sshd: Failed password',
  ],
  [
    'AIX forward behind a name of its own',
    'Nov 28 13:11:39 loghost Message forwarded from aix1: sshd[27366]: Failed password',
    'aix1',
    '2026-11-28T13:11:39Z',
    'sshd: Failed password',
  ],
  [
    'AIX forward in its short form',
    '<38>Nov 28 13:11:39 From aix1: sshd[27366]: Failed password',
    'aix1',
    '2026-11-28T13:11:39Z',
    'sshd: Failed password',
  ],
  [
    'a switch of ZyXEL: a blank, and the year before the time',
    '<135> Oct 28 2026 03:36:43 192.0.2.1 %Port-7: Port 18 duplex is set to force Full ',
    '192.0.2.1',
    '2026-10-28T03:36:43Z',
    '%Port-7: Port 18 duplex is set to force Full ',
  ],
  [
    'a repeat that is nothing but a priority and a message',
    '<13>last message repeated 5 times',
    null,
    null,
    'last message repeated 5 times',
  ],
  [
    'Snare, with tabs behind the host',
    '<13>Nov 28 13:11:39 WIN1\tMSWinEventLog\t1\tSecurity\t4625',
    'WIN1',
    '2026-11-28T13:11:39Z',
    'MSWinEventLog\t1\tSecurity\t4625',
  ],
  [
    'L15: CRI',
    '2026-11-20T10:00:00.123456789Z stdout F level=info msg="started"',
    null,
    '2026-11-20T10:00:00.123Z',
    'level=info msg="started"',
  ],
  [
    'a stream is no host',
    '2026-11-20T10:00:00Z stderr something else',
    null,
    '2026-11-20T10:00:00Z',
    'stderr something else',
  ],
  [
    'L16: a tag without a colon',
    '2026-11-20T10:00:00Z web1 app[14] text',
    'web1',
    '2026-11-20T10:00:00Z',
    'app: text',
  ],
  [
    'L16: the same over UDP',
    '<14>1 2026-11-20T10:00:00Z web1 app 14 - - text',
    'web1',
    '2026-11-20T10:00:00Z',
    'app: text',
  ],
  [
    'L16: a tag with blanks',
    '2026-11-20T10:00:00Z web1 my app[12]: text',
    'web1',
    '2026-11-20T10:00:00Z',
    'my app: text',
  ],
  [
    'L17: a byte order mark behind a tag without a colon',
    '2026-11-29T10:00:00Z web1 app[15] \uFEFFtext',
    'web1',
    '2026-11-29T10:00:00Z',
    'app: text',
  ],
  [
    'L17: a byte order mark behind a tag',
    '2026-11-29T10:00:00Z web1 app: \uFEFFtext',
    'web1',
    '2026-11-29T10:00:00Z',
    'app: text',
  ],
  [
    'L20: a device without a clock is not of next year',
    'Jan  1 00:00:07 ap1 wifi: Connected',
    'ap1',
    '2026-01-01T00:00:07Z',
    'wifi: Connected',
  ],
  [
    'L20: a clock that runs ahead by hours is of today',
    'Nov 30 08:00:00 ap1 wifi: Connected',
    'ap1',
    '2026-11-30T08:00:00Z',
    'wifi: Connected',
  ],
  [
    'a day that few years have',
    'Feb 29 08:00:00 ap1 wifi: Connected',
    'ap1',
    '2024-02-29T08:00:00Z',
    'wifi: Connected',
  ],
  ['a day that no year has', 'Feb 30 08:00:00 ap1 wifi: Connected', 'ap1', null, 'wifi: Connected'],
  ['L21: short-iso', '2026-11-29T10:00:00+0100 web1 app[1]: x', 'web1', '2026-11-29T09:00:00Z', 'app: x'],
  [
    'L21: with-unit',
    'Sun 2026-11-29 10:00:00 CET web1 ssh.service[12]: x',
    'web1',
    '2026-11-29T09:00:00Z',
    'ssh.service: x',
  ],
  ['L21: short-delta', '[12345.678901 <    0.000123 >] web1 app[1]: x', 'web1', null, 'app: x'],
  [
    'L22: fail2ban',
    '2026-11-20 10:00:00,123 fail2ban.actions [1877]: NOTICE [sshd] Ban 192.0.2.9',
    null,
    '2026-11-20T10:00:00.123Z',
    'fail2ban.actions: NOTICE [sshd] Ban 192.0.2.9',
  ],
  [
    'a priority before RFC 3164 in a file',
    '<34>Nov 20 10:00:00 h su: x',
    'h',
    '2026-11-20T10:00:00Z',
    'su: x',
  ],
  [
    'a priority before RFC 3339, as ESXi sends it',
    '<166>2026-11-29T10:00:00.123Z esx1 Hostd: info hostd[2099] x',
    'esx1',
    '2026-11-29T10:00:00.123Z',
    'Hostd: info hostd[2099] x',
  ],
  [
    'a message of syslogd without a host',
    'Nov 20 10:00:00 last message repeated 2 times',
    null,
    '2026-11-20T10:00:00Z',
    'last message repeated 2 times',
  ],
  [
    'the same as macOS has it',
    'Nov 20 10:00:00 --- last message repeated 2 times ---',
    null,
    '2026-11-20T10:00:00Z',
    '--- last message repeated 2 times ---',
  ],
  ['a host that is called last', 'Nov 20 10:00:00 last su: x', 'last', '2026-11-20T10:00:00Z', 'su: x'],
  [
    'a level is no host',
    '2026-11-29T10:00:00Z WARN main: slow',
    null,
    '2026-11-29T10:00:00Z',
    'WARN main: slow',
  ],
  [
    'an address of IPv6 is a host',
    '<13>Nov 29 10:00:00 2001:db8::1 su: x',
    '2001:db8::1',
    '2026-11-29T10:00:00Z',
    'su: x',
  ],
  [
    'a switch of UniFi in brackets',
    '<14>Nov 29 10:02:57 ("US8P60,fcecda000000,v4.0.66.10832") switch: DOT1S: Port(3) up',
    null,
    '2026-11-29T10:02:57Z',
    'switch: DOT1S: Port(3) up',
  ],
];

describe('hosts, times and messages', () => {
  it.each(rows)('%s', (_, line, host, time, text) => {
    expect(readLine(line)).toMatchObject({ host: host ?? THIS_MACHINE, time: timeOf(time), text });
  });

  it.each([
    ['-- Boot 0123456789abcdef0123456789abcdef --', 'marker'],
    ['-- Reboot --', 'marker'],
    ['-- No entries --', 'marker'],
    ['-- Journal begins at Sun 2026-11-29 10:00:00 UTC, ends at Sun 2026-11-29 11:00:00 UTC. --', 'marker'],
    ['-- MARK --', 'unprefixed'],
  ])('%s: %s', (line, kind) => {
    expect(readLine(line)).toBe(kind);
  });
});
