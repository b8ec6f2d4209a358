import { closeSync, openSync, writeSync } from 'node:fs';
import { createRandom } from '../../support/random.js';
import { createUnknownLines, type UnknownOptions } from './unknown-lines.js';

/** What lines are made of. All that differs from line to line in life differs here. */
interface Dice {
  below(n: number): number;
  pick<T>(from: readonly T[]): T;
  text(length: number, alphabet: string): string;
}

function createDice(seed: number): Dice {
  const { below } = createRandom(seed);
  return {
    below,
    pick: <T>(from: readonly T[]): T => from[below(from.length)] as T,
    text: (length, alphabet) => Array.from({ length }, () => alphabet[below(alphabet.length)]).join(''),
  };
}

const HOSTS = ['mail1', 'mail2', 'web1', 'web2', 'db1', 'ns1', 'gw', 'shell.example.org'];
const USERS = ['root', 'admin', 'alice', 'bob', 'carol', 'postgres', 'www-data', 'backup', 'oracle', 'test'];
const WORDS = 'abcdefghijklmnopqrstuvwxyz';
const HEX = '0123456789abcdef';
const UPPER_HEX = '0123456789ABCDEF';
const BASE64 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
const TLDS = ['com', 'org', 'net', 'de', 'jp', 'example.org', 'co.uk'];
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

const pid = (d: Dice): number => 300 + d.below(4_000_000);
const ip = (d: Dice): string => `${1 + d.below(223)}.${d.below(256)}.${d.below(256)}.${1 + d.below(254)}`;
const port = (d: Dice): number => 1024 + d.below(64_000);
const name = (d: Dice): string => `${d.text(4 + d.below(9), WORDS)}.${d.pick(TLDS)}`;
const address = (d: Dice): string => `${d.text(3 + d.below(7), WORDS)}@${name(d)}`;
const queueId = (d: Dice): string => d.text(10, UPPER_HEX);
const user = (d: Dice): string => (d.below(3) === 0 ? d.text(4 + d.below(5), WORDS) : d.pick(USERS));
const delay = (d: Dice): string => `${d.below(30)}.${d.below(100)}`;
const client = (d: Dice): string => `${d.below(4) === 0 ? 'unknown' : name(d)}[${ip(d)}]`;
const uptime = (d: Dice): string => `${1000 + d.below(9_000_000)}.${d.text(6, '0123456789')}`;

type Template = (d: Dice) => string;

const SSHD: readonly Template[] = [
  (d) => `Failed password for invalid user ${user(d)} from ${ip(d)} port ${port(d)} ssh2`,
  (d) => `Failed password for root from ${ip(d)} port ${port(d)} ssh2`,
  (d) => `Invalid user ${user(d)} from ${ip(d)} port ${port(d)}`,
  (d) =>
    `Accepted publickey for ${user(d)} from ${ip(d)} port ${port(d)} ssh2: RSA SHA256:${d.text(43, BASE64)}`,
  (d) => `Accepted password for ${user(d)} from ${ip(d)} port ${port(d)} ssh2`,
  (d) => `Connection closed by authenticating user ${user(d)} ${ip(d)} port ${port(d)} [preauth]`,
  (d) => `Received disconnect from ${ip(d)} port ${port(d)}:11: Bye Bye [preauth]`,
  (d) => `Disconnected from invalid user ${user(d)} ${ip(d)} port ${port(d)} [preauth]`,
  (d) => `Did not receive identification string from ${ip(d)} port ${port(d)}`,
  (d) => `pam_unix(sshd:session): session opened for user ${user(d)}(uid=${1000 + d.below(9000)}) by (uid=0)`,
  (d) => `pam_unix(sshd:session): session closed for user ${user(d)}`,
  (d) =>
    `pam_unix(sshd:auth): authentication failure; logname= uid=0 euid=0 tty=ssh ruser= rhost=${ip(d)}  user=${user(d)}`,
];

const POSTFIX: readonly Template[] = [
  (d) => `postfix/smtpd[${pid(d)}]: connect from ${client(d)}`,
  (d) =>
    `postfix/smtpd[${pid(d)}]: disconnect from ${client(d)} ehlo=1 mail=1 rcpt=1 data=1 quit=1 commands=5`,
  (d) => `postfix/smtpd[${pid(d)}]: ${queueId(d)}: client=${client(d)}`,
  (d) => `postfix/cleanup[${pid(d)}]: ${queueId(d)}: message-id=<${d.text(24, HEX)}@${name(d)}>`,
  (d) =>
    `postfix/qmgr[${pid(d)}]: ${queueId(d)}: from=<${address(d)}>, size=${500 + d.below(900_000)}, nrcpt=1 (queue active)`,
  (d) => `postfix/qmgr[${pid(d)}]: ${queueId(d)}: removed`,
  (d) =>
    `postfix/smtp[${pid(d)}]: ${queueId(d)}: to=<${address(d)}>, relay=${name(d)}[${ip(d)}]:25, delay=${delay(d)}, delays=0.1/0.02/${delay(d)}/0.5, dsn=2.0.0, status=sent (250 2.0.0 Ok: queued as ${queueId(d)})`,
  (d) =>
    `postfix/smtp[${pid(d)}]: ${queueId(d)}: to=<${address(d)}>, relay=none, delay=${d.below(90_000)}, delays=${d.below(90_000)}/0.02/30/0, dsn=4.4.1, status=deferred (connect to ${name(d)}[${ip(d)}]:25: Connection timed out)`,
  (d) =>
    `postfix/smtpd[${pid(d)}]: NOQUEUE: reject: RCPT from ${client(d)}: 554 5.7.1 <${address(d)}>: Relay access denied; from=<${address(d)}> to=<${address(d)}> proto=ESMTP helo=<${name(d)}>`,
  (d) =>
    `postfix/local[${pid(d)}]: ${queueId(d)}: to=<${address(d)}>, relay=local, delay=${delay(d)}, delays=0.1/0/0/0.2, dsn=2.0.0, status=sent (delivered to mailbox)`,
  (d) => `postfix/smtpd[${pid(d)}]: lost connection after AUTH from ${client(d)}`,
  (d) => `postfix/smtpd[${pid(d)}]: warning: hostname ${name(d)} does not resolve to address ${ip(d)}`,
  (d) => `postfix/pickup[${pid(d)}]: ${queueId(d)}: uid=${d.below(2000)} from=<${user(d)}>`,
];

const OTHERS: readonly Template[] = [
  (d) =>
    `dovecot: imap-login: Login: user=<${address(d)}>, method=PLAIN, rip=${ip(d)}, lip=${ip(d)}, mpid=${pid(d)}, TLS, session=<${d.text(16, BASE64)}>`,
  (d) =>
    `dovecot: imap(${user(d)})<${pid(d)}><${d.text(16, BASE64)}>: Disconnected: Logged out in=${d.below(9000)} out=${d.below(90_000)}`,
  (d) =>
    `dovecot: imap-login: Disconnected (auth failed, 1 attempts in 2 secs): user=<${address(d)}>, method=PLAIN, rip=${ip(d)}, lip=${ip(d)}`,
  (d) =>
    `named[${pid(d)}]: client @0x${d.text(12, HEX)} ${ip(d)}#${port(d)} (${name(d)}): query (cache) '${name(d)}/ANY/IN' denied`,
  (d) => `named[${pid(d)}]: lame server resolving '${name(d)}' (in '${name(d)}'?): ${ip(d)}#53`,
  (d) => `named[${pid(d)}]: client ${ip(d)}#${port(d)}: query (cache) '${name(d)}/A/IN' denied`,
  (d) => `CRON[${pid(d)}]: (root) CMD (   cd / && run-parts --report /etc/cron.hourly)`,
  (d) => `CRON[${pid(d)}]: pam_unix(cron:session): session opened for user ${user(d)}(uid=0) by (uid=0)`,
  (d) => `CRON[${pid(d)}]: pam_unix(cron:session): session closed for user ${user(d)}`,
  (d) =>
    `kernel: [${uptime(d)}] [UFW BLOCK] IN=eth0 OUT= MAC=${d.text(12, HEX)} SRC=${ip(d)} DST=${ip(d)} LEN=40 TOS=0x00 PREC=0x00 TTL=${d.below(250)} ID=${d.below(65_536)} PROTO=TCP SPT=${port(d)} DPT=${d.below(10_000)} WINDOW=1024 RES=0x00 SYN URGP=0`,
  (d) =>
    `kernel: [${uptime(d)}] usb 1-${d.below(9)}: new high-speed USB device number ${d.below(120)} using xhci_hcd`,
  (d) =>
    `kernel: [${uptime(d)}] Out of memory: Killed process ${pid(d)} (java) total-vm:${d.below(9_000_000)}kB, anon-rss:${d.below(9_000_000)}kB`,
  (d) => `systemd[1]: Started Session ${d.below(1_000_000)} of user ${user(d)}.`,
  (d) => `systemd[1]: session-${d.below(1_000_000)}.scope: Succeeded.`,
  () => 'systemd[1]: Starting Daily apt download activities...',
  (d) => `systemd-logind[${pid(d)}]: New session ${d.below(1_000_000)} of user ${user(d)}.`,
  (d) => `dhclient[${pid(d)}]: DHCPACK of ${ip(d)} from ${ip(d)} (xid=0x${d.text(8, HEX)})`,
  (d) => `dhcpd[${pid(d)}]: DHCPREQUEST for ${ip(d)} from ${mac(d)} via eth0`,
  (d) =>
    `sudo:   ${user(d)} : TTY=pts/${d.below(30)} ; PWD=/home/${user(d)} ; USER=root ; COMMAND=/usr/bin/apt-get update`,
  (d) => `su[${pid(d)}]: pam_unix(su:session): session opened for user root(uid=0) by ${user(d)}(uid=1000)`,
  (d) => `ntpd[${pid(d)}]: synchronized to ${ip(d)}, stratum ${1 + d.below(4)}`,
  (d) =>
    `spamd[${pid(d)}]: spamd: clean message (${delay(d)}/5.0) for vmail:5000 in ${delay(d)} seconds, ${d.below(90_000)} bytes.`,
  (d) =>
    `squid[${pid(d)}]: TCP_MISS/200 ${d.below(90_000)} GET http://${name(d)}/${d.text(20, WORDS)} - DIRECT/${ip(d)} text/html`,
];

const mac = (d: Dice): string => Array.from({ length: 6 }, () => d.text(2, HEX)).join(':');

function text(dice: Dice): string {
  const kind = dice.below(100);
  if (kind < 25) return `sshd[${pid(dice)}]: ${dice.pick(SSHD)(dice)}`;
  if (kind < 58) return dice.pick(POSTFIX)(dice);
  return dice.pick(OTHERS)(dice);
}

const twoDigits = (n: number): string => String(n).padStart(2, '0');

/** `Nov  2 09:30:00`, as syslogd writes it; the log goes on by about fifty lines a second. */
function stamp(line: number): string {
  const time = new Date(Date.UTC(2026, 9, 2) + Math.floor(line / 50) * 1000);
  const day = String(time.getUTCDate()).padStart(2, ' ');
  const clock = [time.getUTCHours(), time.getUTCMinutes(), time.getUTCSeconds()].map(twoDigits).join(':');
  return `${MONTHS[time.getUTCMonth()]} ${day} ${clock}`;
}

const LINES_A_WRITE = 20_000;

/** Beside the lines of well-known programs, the share of lines that no rule knows, and what they are like. */
export interface Unknown extends UnknownOptions {
  readonly share: number;
  /** The share of the other lines that are Postfix's, all of which Debian's rules know, beside the usual third. */
  readonly postfix?: number;
}

/**
 * With the 82 rules of Debian's tenshi and `misc .*`, 47 % of the lines come to `misc .*`, and 88 % of those are different
 * from all before: the log of a machine in its first weeks. `sharesOf` measures it.
 */
export const HALF_NEW: Unknown = { share: 0.1, postfix: 0.203, different: 0.67, repeated: 20 };

/** Writes a log of so many lines to `path`, the same for the same seed. */
export function generateLog(path: string, lines: number, seed = 1, unknown: Unknown | null = null): void {
  const dice = createDice(seed);
  const unknownLines = unknown && createUnknownLines(seed, unknown);
  const chance = (share: number): boolean => share > 0 && dice.below(1_000_000) < share * 1_000_000;
  const known = (): string => (chance(unknown?.postfix ?? 0) ? dice.pick(POSTFIX)(dice) : text(dice));
  const file = openSync(path, 'w');
  for (let done = 0; done < lines; ) {
    const block: string[] = [];
    for (; block.length < LINES_A_WRITE && done < lines; done++)
      block.push(
        `${stamp(done)} ${dice.pick(HOSTS)} ${chance(unknown?.share ?? 0) ? unknownLines?.next() : known()}\n`,
      );
    writeSync(file, block.join(''));
  }
  closeSync(file);
}
