import {
  ANY_STAMP,
  begins,
  CLOCK,
  DATE,
  DIGITS,
  type Dialect,
  FRACTION,
  HOST,
  MONTHS_BEGIN,
  RFC3339,
  WORD,
  ZONED,
} from './dialect.js';
import { ZONE } from './zone-name.js';

/** `421370: `, and `: ` where NX-OS has no number. */
const COUNTER = '(?:\\d+: |: )?';
/** A name that IOS puts before the time (`logging origin-id`), and ASA (`logging device-id`). */
const CISCO_HOST = '(?:(?!\\d+:)(?<host>[\\w.-]+) ?: )?';
/** `%ASA-4-106023:` */
const MNEMONIC = '(?=%[A-Z][\\w-]*-\\d-\\w+:)';
const CISCO_BEGIN = `${DIGITS}*.:${MONTHS_BEGIN}ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_`;

/** How devices begin their messages: each before what only resembles RFC 3164. */
export const DEVICE_DIALECTS: readonly Dialect[] = [
  {
    name: 'Cisco ASA',
    from: 'Cisco ASA, FTD, PIX and FWSM',
    example: '<164>Nov 14 2026 09:33:47 asa-x : %ASA-4-106023: Deny icmp',
    yields: {
      host: 'asa-x',
      time: '2026-11-14T09:33:47Z',
      priority: 'local4.warning',
      message: '%ASA-4-106023: Deny icmp',
    },
    begins: MONTHS_BEGIN + DIGITS,
    pattern: begins(`(?:${RFC3339}|${ANY_STAMP})(?: (?<host>[^ \\t:]+))? ?: ${MNEMONIC}`),
    pid: 'tag',
  },
  {
    name: 'Cisco IOS',
    from: 'Cisco IOS, IOS XE, NX-OS and WLC, whatever counters, names and marks stand before the time',
    example: '<190>421370: 421366: Nov 23 22:23:27: %SEC-6-IPACCESSLOGP: list A permitted tcp 192.0.2.3(1)',
    yields: {
      host: null,
      time: '2026-11-23T22:23:27Z',
      priority: 'local7.info',
      message: '%SEC-6-IPACCESSLOGP: list A permitted tcp 192.0.2.3(1)',
    },
    begins: CISCO_BEGIN,
    pattern: begins(
      `${COUNTER}${CISCO_HOST}${COUNTER}(?:\\*[\\w -]{1,40}: )?(?:\\[syslog@9 [^\\]]*\\]: )?[*.]?${ANY_STAMP}: ${MNEMONIC}`,
    ),
    pid: 'tag',
  },
  {
    name: 'Cisco IOS without a clock',
    from: 'Cisco IOS with the time since it was started, or none',
    example: '<189>29: sw7: 1w2d: %SYS-5-CONFIG_I: Configured from console by vty0 (192.0.2.7)',
    yields: {
      host: 'sw7',
      time: null,
      priority: 'local7.notice',
      message: '%SYS-5-CONFIG_I: Configured from console by vty0 (192.0.2.7)',
    },
    begins: CISCO_BEGIN,
    pattern: begins(
      `${COUNTER}${CISCO_HOST}${COUNTER}(?:(?:\\d+[ywd]\\d+[wdh]|\\d+:\\d\\d:\\d\\d): )?${MNEMONIC}`,
    ),
    pid: 'tag',
  },
  {
    name: 'Cisco IOS XR',
    from: 'Cisco IOS XR, with the card that speaks',
    example:
      '<189>4: RP/0/RSP0/CPU0:Nov 29 10:02:57.123 UTC: config[65710]: %MGBL-SYS-5-CONFIG_I : Configured by admin',
    yields: {
      host: null,
      time: '2026-11-29T10:02:57.123Z',
      priority: 'local7.notice',
      program: 'config',
      pid: '65710',
      message: '%MGBL-SYS-5-CONFIG_I : Configured by admin',
    },
    begins: CISCO_BEGIN,
    pattern: begins(`${COUNTER}(?:(?<host>[\\w.-]+) )?\\w+/\\w+/\\w+/\\w+:${ANY_STAMP}: `),
    pid: 'tag',
  },
  {
    name: 'Cisco Meraki',
    from: 'Meraki, whose RFC 5424 has seconds since 1970 and one word behind the host',
    example: '<134>1 1795946577.342705328 MX84 urls src=192.0.2.9:63735 dst=198.51.100.7:80 request: GET /',
    yields: {
      host: 'MX84',
      time: '2026-11-29T10:02:57.342Z',
      priority: 'local0.info',
      message: 'urls src=192.0.2.9:63735 dst=198.51.100.7:80 request: GET /',
    },
    begins: '1',
    pattern: begins(`1 (?<unix>\\d{9,10}\\.\\d{1,9}) ${HOST}`),
    pid: 'tag',
  },
  {
    name: 'NetApp ONTAP',
    from: 'NetApp: [NODE:EVENT:SEVERITY]',
    example: '<13>Nov 29 10:02:57 [netapp1:wafl.vol.full:notice]: file system on volume vol1 is full',
    yields: {
      host: 'netapp1',
      time: '2026-11-29T10:02:57Z',
      priority: 'user.notice',
      program: 'wafl.vol.full',
      message: 'file system on volume vol1 is full',
    },
    begins: MONTHS_BEGIN,
    pattern: begins(
      `${ANY_STAMP} \\[(?<host>[^ \\t:\\]]+):(?<program>[^ \\t:\\]]+):(?<level>[^ \\t:\\]]+)\\]: `,
    ),
    pid: 'tag',
  },
  {
    name: 'Ubiquiti UniFi',
    from: 'UniFi access points and switches, with model, address and version before the tag',
    example: '<14>Nov 29 10:02:57 U7PG2,fcecda000000,v4.3.28.11361: hostapd: ath0: STA associated',
    yields: {
      host: null,
      time: '2026-11-29T10:02:57Z',
      priority: 'user.info',
      program: 'hostapd',
      message: 'ath0: STA associated',
    },
    begins: MONTHS_BEGIN,
    pattern: begins(
      `${ANY_STAMP} (?:(?<host>[\\w.-]+) )?\\(?"?[\\w. -]{1,40},[0-9a-f]{12},v?[\\w.+-]+"?\\)?:? +`,
    ),
    pid: 'tag',
  },
  {
    name: 'Citrix NetScaler',
    from: 'Citrix ADC, with the day behind the month',
    example: '<134> 11/29/2026:10:02:57 GMT ns1 0-PPE-0 : default SSLLOG SSL_HANDSHAKE_SUCCESS',
    yields: {
      host: 'ns1',
      time: '2026-11-29T10:02:57Z',
      priority: 'local0.info',
      message: '0-PPE-0 : default SSLLOG SSL_HANDSHAKE_SUCCESS',
    },
    begins: DIGITS,
    pattern: begins(`(?<month>\\d\\d)/(?<day>\\d\\d)/(?<year>\\d{4}):${CLOCK}${ZONED}? ${HOST}`),
    pid: 'tag',
  },
  {
    name: 'VMware ESXi files',
    from: 'the logs on an ESXi host, with a level where others have a host',
    example: '2026-11-29T10:02:57.123Z In(166) Hostd[2099]: Task completed',
    yields: {
      host: null,
      time: '2026-11-29T10:02:57.123Z',
      priority: 'local4.info',
      program: 'Hostd',
      pid: '2099',
      message: 'Task completed',
    },
    begins: DIGITS,
    pattern: begins(`${RFC3339} [A-Z][a-z]\\((?<code>\\d{1,3})\\) `),
    pid: 'tag',
  },
  {
    name: 'Fortinet FortiGate',
    from: 'FortiOS in its own form, fields with the time first',
    example:
      '<189>date=2026-11-29 time=10:02:57 devname="F1" devid="FGT" type="traffic" action="deny" srcip=192.0.2.9',
    yields: {
      host: 'F1',
      time: '2026-11-29T10:02:57Z',
      priority: 'local7.notice',
      message: 'devid="FGT" type="traffic" action="deny" srcip=192.0.2.9',
    },
    begins: 'd',
    pattern: begins(`date=${DATE} time=${CLOCK} (?:devname="?(?<host>[^" ]+)"? )?`),
    pid: 'tag',
  },
  {
    name: 'Sophos Firewall',
    from: 'Sophos XG and XGS in their own form',
    example:
      '<30>device="SFW" date=2026-11-29 time=10:02:57 timezone="CET" device_name="XG1" log_component="Firewall Rule"',
    yields: {
      host: 'XG1',
      time: '2026-11-29T09:02:57Z',
      priority: 'daemon.info',
      message: 'log_component="Firewall Rule"',
    },
    begins: 'd',
    pattern: begins(
      `device="[^"]*" date=${DATE} time=${CLOCK} timezone="(?:(?<zone>${ZONE})|[^"]*)" device_name="(?<host>[^" ]+)" `,
    ),
    pid: 'tag',
  },
  {
    name: 'Sophos UTM',
    from: 'Sophos (Astaro) UTM, with colons in the date',
    example: '<30>2026:11:29-10:02:57 utm1 httpproxy[5678]: id="0001" severity="info"',
    yields: {
      host: 'utm1',
      time: '2026-11-29T10:02:57Z',
      priority: 'daemon.info',
      program: 'httpproxy',
      pid: '5678',
      message: 'id="0001" severity="info"',
    },
    begins: DIGITS,
    pattern: begins(`(?<year>\\d{4}):(?<month>\\d\\d):(?<day>\\d\\d)-${CLOCK} ${HOST}`),
    pid: 'tag',
  },
  {
    name: 'SonicWall',
    from: 'SonicOS; the host is the address of the firewall',
    example:
      '<134>id=firewall sn=000000000000 time="2026-11-29 10:02:57 UTC" fw=192.0.2.1 pri=6 c=262144 m=98',
    yields: {
      host: '192.0.2.1',
      time: '2026-11-29T10:02:57Z',
      priority: 'local0.info',
      message: 'pri=6 c=262144 m=98',
    },
    begins: 'i',
    pattern: begins(`id=${WORD} sn=${WORD} time="${DATE} ${CLOCK}${ZONED}?" fw=(?<host>${WORD}) `),
    pid: 'tag',
  },
  {
    name: 'Kiwi Syslog',
    from: 'Kiwi Syslog Server in its own files, with tabs',
    example: '2026-11-29\t10:02:57\tLocal7.Info\t192.0.2.1\t%SYS-5-CONFIG_I: Configured',
    yields: {
      host: '192.0.2.1',
      time: '2026-11-29T10:02:57Z',
      priority: 'local7.info',
      message: '%SYS-5-CONFIG_I: Configured',
    },
    begins: DIGITS,
    pattern: begins(`${DATE}\\t${CLOCK}(?:${FRACTION})?\\t(?<level>\\w+\\.\\w+)\\t(?<host>${WORD})\\t`),
    pid: 'tag',
  },
];
