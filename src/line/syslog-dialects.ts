import {
  ANY_STAMP,
  begins,
  CLOCK,
  DATE,
  DAY,
  DIGITS,
  type Dialect,
  FRACTION,
  HOST,
  MONTH,
  MONTHS_BEGIN,
  NO_HOST,
  RFC3339,
  TAG_AHEAD,
  WORD,
  YEAR,
  YEAR_BEFORE,
  YEAR_BEHIND,
  ZONED,
} from './dialect.js';
import { LEVEL_WORD, SEVERITY_WORD } from './level.js';
import { SD_ELEMENT, textOfRfc5424 } from './structured-data.js';

const CAPITALS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ';

/** Perl's `\s`, as Tenshi's prefix has it. */
const BLANK = '[ \\t\\n\\r\\f\\v]';
const TENSHI = `[A-Z][a-z]{2}${BLANK}[ \\t\\n\\r\\f\\v\\d]\\d${BLANK}\\d\\d:\\d\\d:\\d\\d${BLANK}`;

/** RFC 3164 as syslogd writes it: what Tenshi reads. These rows come before `set logprefix`. */
export const TENSHI_DIALECTS: readonly Dialect[] = [
  {
    name: 'level behind the host',
    from: 'busybox syslogd (Alpine, OpenWrt), AIX syslogd',
    example: 'Nov 28 13:11:39 h1 auth.info sshd[27366]: Failed password',
    yields: {
      host: 'h1',
      time: '2026-11-28T13:11:39Z',
      priority: 'auth.info',
      program: 'sshd',
      pid: '27366',
      message: 'Failed password',
    },
    begins: MONTHS_BEGIN,
    pattern: begins(`${MONTH} {1,2}${DAY} ${CLOCK} ${HOST}(?<level>${LEVEL_WORD}) `),
    pid: 'tag',
  },
  {
    name: 'severity behind the host',
    from: 'F5 BIG-IP',
    example: 'Nov 29 10:02:57 bigip1 notice mcpd[6000]: 01070417:5: AUDIT - user admin',
    yields: {
      host: 'bigip1',
      time: '2026-11-29T10:02:57Z',
      priority: 'notice',
      program: 'mcpd',
      pid: '6000',
      message: '01070417:5: AUDIT - user admin',
    },
    begins: MONTHS_BEGIN,
    pattern: begins(
      `${MONTH} {1,2}${DAY} ${CLOCK} ${HOST}(?<level>${SEVERITY_WORD}) (?=[^ \\t:\\[\\]]+\\[\\d+\\]: )`,
    ),
    pid: 'tag',
  },
  {
    name: 'AIX forward',
    from: 'AIX syslogd, of what another machine sent it',
    example: 'Nov 29 10:02:57 Message forwarded from aix1: sshd[123]: Accepted password',
    yields: {
      host: 'aix1',
      time: '2026-11-29T10:02:57Z',
      program: 'sshd',
      pid: '123',
      message: 'Accepted password',
    },
    begins: MONTHS_BEGIN,
    pattern: begins(
      `${MONTH} {1,2}${DAY} ${CLOCK} (?:(?:${WORD} )?Message forwarded from|From) (?<host>[^ \\t:]+): `,
    ),
    pid: 'tag',
  },
  {
    name: 'RFC 3164',
    from: 'syslogd, rsyslog and syslog-ng in their old form, journalctl -o short',
    example: 'Nov 20 10:00:01 web1 sshd[812]: Failed password for root',
    yields: {
      host: 'web1',
      time: '2026-11-20T10:00:01Z',
      program: 'sshd',
      pid: '812',
      message: 'Failed password for root',
    },
    begins: CAPITALS,
    pattern: begins(`${TENSHI}${NO_HOST}(?<host>${WORD})${BLANK}`),
    pid: 'tenshi',
  },
];

/** `VERSION TIMESTAMP HOSTNAME APP-NAME PROCID MSGID` (RFC 5424, 6); `-` is the NIL value. */
const RFC5424 = `[1-9]\\d{0,2} (?<stamp>-|\\d{4}-${WORD}) (?:-|(?<host>${WORD})) (?:-|(?<program>${WORD})) (?:-|(?<pid>${WORD})) (?<messageId>${WORD})`;

/** RFC 5424. rsyslog's RSYSLOG_SyslogProtocol23Format writes a second blank in front of each message. */
export const RFC5424_DIALECTS: readonly Dialect[] = [
  {
    name: 'RFC 5424',
    from: 'rsyslog, syslog-ng, logger --rfc5424, Juniper, pfSense, NXLog',
    example:
      '<14>1 2026-11-29T10:00:00Z srx1 RT_IDS - RT_SCREEN_TCP [junos@2636.1.1.1.2.26 attack-name="TCP sweep!" source-address="192.0.2.9"]',
    yields: {
      host: 'srx1',
      time: '2026-11-29T10:00:00Z',
      priority: 'user.info',
      program: 'RT_IDS',
      message: 'RT_SCREEN_TCP [junos@2636.1.1.1.2.26 attack-name="TCP sweep!" source-address="192.0.2.9"]',
    },
    begins: DIGITS,
    needsPriority: true,
    hasHostField: true,
    pattern: new RegExp(`^${RFC5424} (?<data>-|(?:${SD_ELEMENT})+)(?: {1,2}\\uFEFF?|$)`, 's'),
    pid: 'tag',
    text: textOfRfc5424,
  },
  {
    name: 'RFC 5424 without structured data',
    from: 'Tasmota, and devices that end their header with the MSGID',
    example: '<134>1 2026-11-29T10:00:00Z wemos5 tasmota - - HTP: Web server active',
    yields: {
      host: 'wemos5',
      time: '2026-11-29T10:00:00Z',
      priority: 'local0.info',
      program: 'tasmota',
      message: 'HTP: Web server active',
    },
    begins: DIGITS,
    needsPriority: true,
    hasHostField: true,
    pattern: begins(RFC5424, '(?: {1,2}\\uFEFF?|$)'),
    pid: 'tag',
    text: textOfRfc5424,
  },
];

/** RFC 3339, behind the devices and programs that begin with it, too. */
export const RFC3339_DIALECTS: readonly Dialect[] = [
  {
    name: 'RFC 3339',
    from: 'rsyslog (Debian 12 and later), syslog-ng, VMware ESXi, journalctl -o short-iso',
    example: '2026-11-29T10:00:00.123456+09:00 web1 sshd[812]: Failed password for root',
    yields: {
      host: 'web1',
      time: '2026-11-29T01:00:00.123Z',
      program: 'sshd',
      pid: '812',
      message: 'Failed password for root',
    },
    begins: DIGITS,
    pattern: begins(`${RFC3339}[ \\t]${HOST}`),
    pid: 'tag',
  },
  {
    name: 'RFC 3339 without a host',
    from: 'programs that write their own files',
    example: '2026-11-29T10:00:00Z INFO main: started',
    yields: { host: null, time: '2026-11-29T10:00:00Z', message: 'INFO main: started' },
    begins: DIGITS,
    pattern: begins(`${RFC3339}:?[ \\t]+`),
    pid: 'tag',
  },
];

/** What only resembles RFC 3164. */
export const LIKE_RFC3164: readonly Dialect[] = [
  {
    name: 'syslogd -v',
    from: 'syslogd -v and -vv of FreeBSD and its kin',
    example: 'Nov 24 08:12:01 <auth.info> fbsd1 sshd[123]: Failed password',
    yields: {
      host: 'fbsd1',
      time: '2026-11-24T08:12:01Z',
      priority: 'auth.info',
      program: 'sshd',
      pid: '123',
      message: 'Failed password',
    },
    begins: MONTHS_BEGIN,
    pattern: begins(`${ANY_STAMP} <(?<level>[\\w.]{1,24})> ${HOST}`),
    pid: 'tag',
  },
  {
    name: 'year behind the time',
    from: 'H3C and HPE Comware switches, Juniper',
    example: '<190>Nov 28 06:43:28 2026 SW01 %%10WEB/4/X(l): admin failed',
    yields: {
      host: 'SW01',
      time: '2026-11-28T06:43:28Z',
      priority: 'local7.info',
      message: '%%10WEB/4/X(l): admin failed',
    },
    begins: MONTHS_BEGIN,
    pattern: begins(`${YEAR_BEHIND} {1,2}${HOST}`),
    pid: 'tag',
  },
  {
    name: 'year before the time',
    from: 'Huawei, Cisco ASA',
    example: '<190>Nov 29 2026 10:02:57+01:00 HW1 %%01SHELL/5/CMDRECORD(l)[12]:Recorded command',
    yields: {
      host: 'HW1',
      time: '2026-11-29T09:02:57Z',
      priority: 'local7.info',
      message: '%%01SHELL/5/CMDRECORD(l)[12]:Recorded command',
    },
    begins: MONTHS_BEGIN,
    pattern: begins(`${YEAR_BEFORE} {1,2}${HOST}`),
    pid: 'tag',
  },
  {
    name: 'year in front',
    from: 'Cisco NX-OS in its own files',
    example: '2026 Nov 29 10:02:57 n9k1 %MODULE-5-MOD_OK: Module 1 is online',
    yields: {
      host: 'n9k1',
      time: '2026-11-29T10:02:57Z',
      message: '%MODULE-5-MOD_OK: Module 1 is online',
    },
    begins: DIGITS,
    pattern: begins(`${YEAR} ${MONTH} {1,2}${DAY} ${CLOCK}(?:${FRACTION})?${ZONED}? {1,2}${HOST}`),
    pid: 'tag',
  },
  {
    name: 'blanks and days as they come',
    from: 'Cisco ISE and other devices that do not pad',
    example: '<181> Nov 8 18:11:57 ISE-1 CISE_Failed: a',
    yields: {
      host: 'ISE-1',
      time: '2026-11-08T18:11:57Z',
      priority: 'local6.notice',
      program: 'CISE_Failed',
      message: 'a',
    },
    begins: MONTHS_BEGIN,
    pattern: begins(`${MONTH} {1,2}${DAY} ${CLOCK} {1,2}${HOST}`),
    pid: 'tag',
  },
  {
    name: 'fraction or zone',
    from: 'journalctl -o short-precise, Tenable.ad, Aruba',
    example: '<13>Nov  6 11:56:44.000 gustav AlsidForAD[4]: deviation',
    yields: {
      host: 'gustav',
      time: '2026-11-06T11:56:44Z',
      priority: 'user.notice',
      program: 'AlsidForAD',
      pid: '4',
      message: 'deviation',
    },
    begins: MONTHS_BEGIN,
    pattern: begins(`${MONTH} {1,2}${DAY} ${CLOCK}(?:${FRACTION})?${ZONED}? {1,2}${HOST}`),
    pid: 'tag',
  },
  {
    name: 'RFC 3164 without a host',
    from: 'haproxy, chronyd, pfSense and syslog(3) over UDP; "last message repeated"',
    example: '<168>Nov 29 10:02:57 haproxy[2329]: backend b1 has no server available!',
    yields: {
      host: null,
      time: '2026-11-29T10:02:57Z',
      priority: 'local5.emerg',
      program: 'haproxy',
      pid: '2329',
      message: 'backend b1 has no server available!',
    },
    begins: MONTHS_BEGIN + DIGITS,
    pattern: begins(`${ANY_STAMP}(?: ?:)?[ \\t]+`),
    pid: 'tag',
  },
  {
    name: 'date and time, then a host and a tag',
    from: 'syslog-ng, and programs that write ISO 8601 with a blank',
    example: '2026-11-29 10:02:57 web1 sshd[812]: Failed password for root',
    yields: {
      host: 'web1',
      time: '2026-11-29T10:02:57Z',
      program: 'sshd',
      pid: '812',
      message: 'Failed password for root',
    },
    begins: DIGITS,
    pattern: begins(`${DATE} ${CLOCK}(?:${FRACTION})?${ZONED}? ${HOST}${TAG_AHEAD}`),
    pid: 'tag',
  },
];
