import { appendFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { NOON, startDaemon } from '../daemon/start-daemon.js';
import { heldClock } from '../support/held-clock.js';
import { temporaryFolder } from '../support/temporary-folder.js';
import { openPostOffice } from './post-office.js';
import { countsOf, prove } from './prove.js';
import { readReport } from './report.js';

/**
 * The config of an observatory, after a report that its administrator wrote on his years with Tenshi: the backslashes
 * that print had lost are back, and the user, the pid file and the mail server of that machine are left out.
 */
const CONF = `## general settings
#set logfile /var/log/syslog
#set logfile /var/log/auth.log
#set logfile /var/log/messages
set logfile %DIR%/remote/alma-i***.log
set logfile %DIR%/remote/alma-e***.log
set logfile %DIR%/remote/alma-s***.log
set logfile %DIR%/remote/alma-d***.log
set logfile %DIR%/remote/alma***.nao.ac.jp.log
set tail_multiple on

set limit 800
set pager_limit 2
set mask ___
set subject tenshi report
set hidepid on
set logprefix ^\\S+T\\d{2}:\\d{2}:\\d{2}.\\d{6}\\S\\d+:\\d+\\s(\\S+)\\s

## queues
# syntax: set queue <queue_name> <mail_from> [pager:]<mail_to> <cron_spec> [<subject>]
set queue report   sysadm@alma.example.jp sysadm@alma.example.jp [30 12 * * *] Report from Tenshi
set queue misc     sysadm@alma.example.jp sysadm@alma.example.jp [35 12 * * *] Misc from Tenshi
set queue trash2   sysadm@alma.example.jp sysadm@alma.example.jp [40 12 * * sat] Weekly mirroring trash from Tenshi
set queue critical sysadm@alma.example.jp sysadm@alma.example.jp [now] tenshi CRITICAL report

## regex definitions
# syntax: <queue_name>[,<queue_name>..] <regex>
repeat ^(?:last message repeated|above message repeats) (\\\\d+) times?

trash ^message repeated (.+) times
trash ^init: tty \\((.+)\\) main process \\((.+)\\) killed by TERM signal
critical ^init

#instead of listing all regexps here, we separated them in multiple ext. files
includedir %DIR%/includes-active

#catch everything else here
misc .*
`;

const INCLUDES = {
  'includes-active/ssh.conf': `## ssh rules include rules
report ^sshd: Did not receive identification string from 133\\.40\\.
trash2 ^sshd: Did not receive identification string from
report ^sshd: fatal: Timeout before authentication for (.+)
report ^sshd: subsystem request for sftp
report ^sshd: reverse mapping checking getaddrinfo for

#for Host1
trash2 ^sshd: User root from n\\w+-\\w+\\.mtk\\.nao\\.ac\\.jp
trash ^sshd: Protocol major versions differ for UNKNOWN

#for Host2
trash ^sshd: Accepted password for root from 133\\.40\\.(?:20|12|16)\\.(.+) port (.+) ssh2
trash ^sshd: fatal: Read from socket failed: Connection reset by peer
group_host ^alma-gw
trash2 ^sshd: Accepted publickey for jncraft from \\S+ port (\\d+) ssh2
trash2 ^sshd: Connection closed (.+)
trash2 ^sshd: Received disconnect from
trash2 ^sshd: Invalid user (.*) from
trash2 ^sshd: input_userauth_request:
trash2 ^sshd: pam_unix\\(sshd:session\\): session (?:opened|closed) for user (.+)
group_end
report ^sshd: Accepted publickey for \\S+ from \\S+ port (\\d+) ssh2
`,
  'includes-active/others.conf': `report ^sendmail: \\w+: (?:from|to)=
trash2 ^CRON: 
misc ^sSMTP: .* outbytes=(\\d+)
misc ^rpc\\.idmapd: nss_getpwnam: name (\\S+) does not map
`,
};

interface Heard {
  readonly host: string;
  readonly times: number;
  /** `#` stands for another number in each line. */
  readonly line: string;
}

/** A week of three machines and a gateway, in short. */
const HEARD: readonly Heard[] = [
  { host: 'alma-ea1', times: 3, line: 'sshd[#]: subsystem request for sftp by user uwtm.u' },
  {
    host: 'almasri1.nao.ac.jp',
    times: 1,
    line: 'sendmail[#]: s8J435c8009012: from=<root@alma.example.jp>, size=25595, class=0, nrcpts=1, proto=ESMTP, daemon=MTA, relay=localhost.localdomain [127.0.0.1]',
  },
  {
    host: 'almasri1.nao.ac.jp',
    times: 1,
    line: 'sendmail[#]: s8J435c8009012: to=<root@alma.example.jp>, delay=00:00:00, mailer=local, pri=55827, dsn=2.0.0, stat=Sent',
  },
  {
    host: 'alma-ss1',
    times: 292,
    line: 'sshd[#]: reverse mapping checking getaddrinfo for 221.238.67.211.broad.tj.example.cn [211.67.238.221] failed - POSSIBLE BREAK-IN ATTEMPT!',
  },
  {
    host: 'alma-ss1',
    times: 5,
    line: 'sshd[#]: Accepted publickey for yu from 190.161.88.218 port # ssh2',
  },
  {
    host: 'alma-ss1',
    times: 3,
    line: 'sshd[#]: reverse mapping checking getaddrinfo for 206.11.174.61.dialup.zj.example.cn [61.174.11.206] failed - POSSIBLE BREAK-IN ATTEMPT!',
  },
  {
    host: 'alma-ss1',
    times: 1,
    line: 'sshd[#]: reverse mapping checking getaddrinfo for . [192.3.160.1] failed - POSSIBLE BREAK-IN ATTEMPT!',
  },
  { host: 'alma-ss1', times: 2, line: 'sshd[#]: Did not receive identification string from 133.40.7.7' },
  { host: 'alma-ss1', times: 2, line: 'sshd[#]: Did not receive identification string from 61.147.80.6' },
  { host: 'alma-ss1', times: 4, line: 'sshd[#]: Protocol major versions differ for UNKNOWN' },
  { host: 'alma-ss1', times: 4, line: 'sshd[#]: Accepted password for root from 133.40.12.9 port # ssh2' },
  { host: 'alma-ss1', times: 1, line: 'last message repeated 3 times' },
  { host: 'alma-ss1', times: 1, line: 'message repeated 3 times: [ sshd[1]: Connection closed]' },
  {
    host: 'alma-db1',
    times: 2,
    line: 'kernel: MPDH0: NOTICE: SCSI4 (0 0 0): SK=0x04 SC=0xf1 SSC=0x75 FRU=0x75: FRU failed',
  },
  {
    host: 'alma-db1',
    times: 2,
    line: 'kernel: MPDH0: WARNING: SCSI5 (0 0 0): SK=0x04 SC=0xf1 SSC=0x75 FRU=0x75: FRU failed',
  },
  {
    host: 'alma-in1',
    times: 4,
    line: 'clamd[#]: SelfCheck: Database modification detected. Forcing reload.',
  },
  {
    host: 'alma-in1',
    times: 3,
    line: 'sSMTP[#]: Sent mail for sysadm@alma.example.jp (221 2.0.0 Bye) uid=0 username=root outbytes=#',
  },
  {
    host: 'alma-in1',
    times: 2,
    line: "rpc.idmapd[#]: nss_getpwnam: name user# does not map into domain 'mtk.nao.ac.jp'",
  },
  {
    host: 'alma-in1',
    times: 1,
    line: 'sudo: k2w2k2r1 : TTY=pts/0 ; PWD=/home/k2w2k2r1 ; USER=root ; COMMAND=/bin/su -',
  },
  { host: 'alma-in1', times: 1, line: 'init: tty (4) main process (1022) killed by TERM signal' },
  { host: 'alma-in1', times: 1, line: 'init: Id "s0" respawning too fast: disabled for 5 minutes' },
  { host: 'alma-gw1', times: 1212, line: 'sshd[#]: Connection closed by 119.147.14.# [preauth]' },
  {
    host: 'alma-gw1',
    times: 673,
    line: 'sshd[#]: Received disconnect from 119.147.14.44: 11: Bye Bye [preauth]',
  },
  { host: 'alma-gw1', times: 278, line: 'sshd[#]: Invalid user guest# from 61.147.80.6' },
  {
    host: 'alma-gw1',
    times: 174,
    line: 'CRON[#]: pam_unix(cron:session): session opened for user root by (uid=0)',
  },
  { host: 'alma-gw1', times: 174, line: 'CRON[#]: pam_unix(cron:session): session closed for user root' },
  {
    host: 'alma-gw1',
    times: 151,
    line: 'sshd[#]: pam_unix(sshd:session): session closed for user user#',
  },
  {
    host: 'alma-gw1',
    times: 50,
    line: 'sshd[#]: input_userauth_request: invalid user oracle [preauth]',
  },
  {
    host: 'alma-gw1',
    times: 48,
    line: 'sshd[#]: Accepted publickey for jncraft from 202.7.25.124 port # ssh2',
  },
];

/** As rsyslog writes them, host by host. */
function linesOf(host: string): string {
  let number = 1000;
  return HEARD.filter((heard) => heard.host === host)
    .flatMap(({ times, line }) => Array.from({ length: times }, () => line))
    .map((line) => line.replaceAll('#', () => String(number++)))
    .map((line) => `2014-09-19T04:03:21.123456+09:00 ${host} ${line}\n`)
    .join('');
}

const HOSTS = [...new Set(HEARD.map(({ host }) => host))];

const BREAK_IN = 'failed - POSSIBLE BREAK-IN ATTEMPT!';
const REPORT = [
  'report/alma-ea1 3 sshd: subsystem request for sftp by user uwtm.u',
  `report/alma-ss1 292 sshd: reverse mapping checking getaddrinfo for 221.238.67.211.broad.tj.example.cn [211.67.238.221] ${BREAK_IN}`,
  'report/alma-ss1 5 sshd: Accepted publickey for yu from 190.161.88.218 port ___ ssh2',
  `report/alma-ss1 3 sshd: reverse mapping checking getaddrinfo for 206.11.174.61.dialup.zj.example.cn [61.174.11.206] ${BREAK_IN}`,
  'report/alma-ss1 2 sshd: Did not receive identification string from 133.40.7.7',
  `report/alma-ss1 1 sshd: reverse mapping checking getaddrinfo for . [192.3.160.1] ${BREAK_IN}`,
  'report/almasri1.nao.ac.jp 1 sendmail: s8J435c8009012: from=<root@alma.example.jp>, size=25595, class=0, nrcpts=1, proto=ESMTP, daemon=MTA, relay=localhost.localdomain [127.0.0.1]',
  'report/almasri1.nao.ac.jp 1 sendmail: s8J435c8009012: to=<root@alma.example.jp>, delay=00:00:00, mailer=local, pri=55827, dsn=2.0.0, stat=Sent',
];
const MISC = [
  'misc/alma-db1 2 kernel: MPDH0: NOTICE: SCSI4 (0 0 0): SK=0x04 SC=0xf1 SSC=0x75 FRU=0x75: FRU failed',
  'misc/alma-db1 2 kernel: MPDH0: WARNING: SCSI5 (0 0 0): SK=0x04 SC=0xf1 SSC=0x75 FRU=0x75: FRU failed',
  'misc/alma-in1 4 clamd: SelfCheck: Database modification detected. Forcing reload.',
  'misc/alma-in1 3 sSMTP: Sent mail for sysadm@alma.example.jp (221 2.0.0 Bye) uid=0 username=root outbytes=___',
  "misc/alma-in1 2 rpc.idmapd: nss_getpwnam: name ___ does not map into domain 'mtk.nao.ac.jp'",
  'misc/alma-in1 1 sudo: k2w2k2r1 : TTY=pts/0 ; PWD=/home/k2w2k2r1 ; USER=root ; COMMAND=/bin/su -',
  // its repeat rule, which is that of Tenshi's sample config, never matches
  'misc/alma-ss1 1 last message repeated 3 times',
];
const TRASH2 = [
  'trash2/alma-gw1 1212 sshd: Connection closed ___',
  'trash2/alma-gw1 673 sshd: Received disconnect from 119.147.14.44: 11: Bye Bye [preauth]',
  'trash2/alma-gw1 278 sshd: Invalid user ___ from 61.147.80.6',
  'trash2/alma-gw1 174 CRON: pam_unix(cron:session): session closed for user root',
  'trash2/alma-gw1 174 CRON: pam_unix(cron:session): session opened for user root by (uid=0)',
  'trash2/alma-gw1 151 sshd: pam_unix(sshd:session): session closed for user ___',
  'trash2/alma-gw1 50 sshd: input_userauth_request: invalid user oracle [preauth]',
  'trash2/alma-gw1 48 sshd: Accepted publickey for jncraft from 202.7.25.124 port ___ ssh2',
  'trash2/alma-ss1 2 sshd: Did not receive identification string from 61.147.80.6',
];
const CRITICAL = ['critical/alma-in1 1 init: Id "s0" respawning too fast: disabled for 5 minutes'];
const SYSADM = 'sysadm@alma.example.jp';

prove('the config of an observatory, mailed at the end', [
  {
    name: 'both make the same letters',
    conf: CONF,
    files: INCLUDES,
    log: HOSTS.map(linesOf).join(''),
    letters: {
      counts: [...CRITICAL, ...MISC, ...REPORT, ...TRASH2],
      heads: {
        report: { subject: 'Report from Tenshi [report]', from: SYSADM, recipients: [SYSADM] },
        misc: { subject: 'Misc from Tenshi [misc]' },
        trash2: { subject: 'Weekly mirroring trash from Tenshi [trash2]' },
        critical: { subject: 'tenshi CRITICAL report [critical]' },
      },
    },
  },
]);

describe('the config of an observatory, by the clock', () => {
  const MINUTE = 60_000;
  const logOf = (host: string): string => `remote/${host.replace(/^alma-gw1$/, '$&.nao.ac.jp')}.log`;

  it('one letter at once, two at noon, and one at the weekend', async () => {
    const office = await openPostOffice();
    onTestFinished(() => office.close());
    const folder = temporaryFolder();
    const logs = Object.fromEntries(HOSTS.map((host) => [logOf(host), '']));
    for (const [name, text] of Object.entries({ ...INCLUDES, ...logs })) {
      mkdirSync(dirname(join(folder, name)), { recursive: true });
      writeFileSync(join(folder, name), text);
    }
    const clock = heldClock(NOON); // a Friday
    const conf = `set mailserver 127.0.0.1:${office.port}\n${CONF.replaceAll('%DIR%', folder)}`;
    const { daemon } = await startDaemon(conf, { clock, folder });
    for (const host of HOSTS) appendFileSync(join(folder, logOf(host)), linesOf(host));

    async function lettersAfter(minutes: number): Promise<readonly string[]> {
      const before = office.deliveries.length;
      clock.advance(minutes * MINUTE);
      await daemon.poll();
      return countsOf(await Promise.all(office.deliveries.slice(before).map(readReport)));
    }

    expect(await lettersAfter(0)).toEqual(CRITICAL);
    expect(await lettersAfter(29)).toEqual([]);
    expect(await lettersAfter(1)).toEqual(REPORT);
    expect(await lettersAfter(4)).toEqual([]);
    expect(await lettersAfter(1)).toEqual(MISC);
    expect(await lettersAfter(24 * 60)).toEqual([]);
    expect(await lettersAfter(5)).toEqual(TRASH2);
    expect(await lettersAfter(7 * 24 * 60)).toEqual([]);
  });
});
