import { execFileSync } from 'node:child_process';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { joinAuditEvents } from '../../../src/line/decode/join-audit-events.js';
import { createAuditReader } from '../../../src/line/decode/read-audit.js';
import { temporaryFolder } from '../../support/temporary-folder.js';
import { EVENT, EVENT_TEXT, hex, record, SYSCALL } from './audit-samples.js';

const read = createAuditReader({ hostname: 'here', hidepid: false }, () => ({ kind: 'unprefixed' }));
const hiding = createAuditReader({ hostname: 'here', hidepid: true }, () => ({ kind: 'unprefixed' }));

function entryOf(lines: readonly string[], reader = read) {
  const [text = ''] = joinAuditEvents(lines, true).entries;
  const reading = reader(text);
  if (reading.kind !== 'entry') throw new Error(reading.kind);
  return reading.entry;
}

const textOf = (type: string, body: string, reader = read): string =>
  entryOf([record(type, 7, body)], reader).text;

it('an event is one text, without its time and serial number', () => {
  expect(entryOf(EVENT)).toEqual({ host: 'here', time: 1_796_018_400_053, text: EVENT_TEXT });
});

it('equal events have equal texts once the numbers of processes are hidden', () => {
  const later = EVENT.map((line) =>
    line.replace('400.053:101', '401.5:102').replace('pid=4242', 'pid=7').replace('ppid=4100', 'ppid=6'),
  );
  expect(entryOf(later).time).toBe(1_796_018_401_500);
  expect(entryOf(later, hiding).text).toBe(entryOf(EVENT, hiding).text);
  expect(entryOf(later, hiding).text).toContain(' items=1 auid=opc ');
});

describe('the node is the host', () => {
  it.each([
    ['a name', 'web1.example.org', 'web1.example.org'],
    ['an address', '192.0.2.7', '192.0.2.7'],
    ['what is no name is none', 'a[1]', 'here'],
  ])('%s', (_, node, host) => {
    expect(entryOf([`node=${node} ${record('USER_LOGIN', 1, 'res=success')}`]).host).toBe(host);
  });
});

describe('a field is shown as text', () => {
  it.each([
    ['an argument with a blank', 'EXECVE', `argc=1 a0=${hex('my file')}`, 'argc=1 a0="my file"'],
    ['an argument beyond ASCII', 'EXECVE', `a1=${hex('日本')}`, 'a1="日本"'],
    ['no argument of a system call', 'SYSCALL', 'a0=41 a1=4142', 'a0=41 a1=4142'],
    ['a name', 'PATH', `name=${hex('/tmp/a b')} inode=1`, 'name="/tmp/a b" inode=1'],
    ['a name that is none', 'PATH', 'name=(null)', 'name=(null)'],
    ['a name that looks like hex, in quotes', 'PATH', 'name="C0FFEE"', 'name="C0FFEE"'],
    [
      'a command of sudo',
      'USER_CMD',
      `pid=1 msg='cwd="/" cmd=${hex('rm -rf /x')} terminal=pts/0 res=success'\x1dUID="a"`,
      `pid=1 msg='cwd="/" cmd="rm -rf /x" terminal=pts/0 res=success'`,
    ],
    ['several keys', 'SYSCALL', `key=${hex('etc\x01passwd')}`, 'key="etc,passwd"'],
    [
      'a title, whose arguments end with NUL',
      'PROCTITLE',
      `proctitle=${hex('a\0b c\0')}`,
      'proctitle="a b c"',
    ],
    ['a user that is not set', 'USER_LOGIN', 'auid=4294967295 ses=4294967295', 'auid=unset ses=unset'],
    [
      'a user by the name that auditd added',
      'LOGIN',
      'old-auid=4294967295 auid=1\x1dOLD-AUID="unset" AUID="daemon"',
      'old-auid=unset auid=daemon',
    ],
    ['a user with a blank in his name', 'LOGIN', 'auid=1\x1dAUID="CORP\\Jo Li"', 'auid="CORP\\Jo Li"'],
    [
      'an address of IPv4',
      'SOCKADDR',
      'saddr=02000035C00002070000000000000000',
      'saddr={ saddr_fam=inet laddr=192.0.2.7 lport=53 }',
    ],
    [
      'an address of IPv6',
      'SOCKADDR',
      'saddr=0A0001BB0000000020010DB8000000000000000000000001',
      'saddr={ saddr_fam=inet6 laddr=2001:db8::1 lport=443 }',
    ],
    [
      'a socket in the file system',
      'SOCKADDR',
      `saddr=0100${hex('/run/x\0\0')}`,
      'saddr={ saddr_fam=local path="/run/x" }',
    ],
    [
      'an address as auditd shows it',
      'SOCKADDR',
      'saddr=0200\x1dSADDR={ saddr_fam=inet laddr=192.0.2.7 lport=22 }',
      'saddr={ saddr_fam=inet laddr=192.0.2.7 lport=22 }',
    ],
    [
      'what was denied',
      'AVC',
      'avc:  denied  { read } for  pid=1 comm="x" path=2F6120 dev="sda1"',
      'avc:  denied  { read } for  pid=1 comm="x" path="/a " dev="sda1"',
    ],
    [
      'an argument in pieces, which cut a character',
      'EXECVE',
      'argc=2 a0="x" a1_len=6 a1[0]=61E6 a1[1]=97A5 a1[2]="b" a2="y"',
      'argc=2 a0="x" a1="a日b" a2="y"',
    ],
  ])('%s', (_, type, body, text) => {
    expect(textOf(type, body)).toBe(`audit: ${type} ${text}`);
  });
});

describe('bad input', () => {
  it.each([
    ['hex of odd length stays', `a0=${hex('ab')}4`, 'a0=61624'],
    ['hex of small letters is none of audit', 'a0=6a6b', 'a0=6a6b'],
    ['bytes that are no UTF-8', 'a0=61FF62', 'a0="a\\xffb"'],
    ['a newline', `a0=${hex('a\nb')}`, 'a0="a\\x0ab"'],
    ['an escape sequence', `a0=${hex('\x1b[2J')}`, 'a0="\\x1b[2J"'],
    ['a control character that was not encoded', 'a0="a\x07"', 'a0="a\\x07"'],
    ['NUL', `a0=${hex('a\0b')}`, 'a0="a\\x00b"'],
    ['quotes that would end the field', `a0=${hex('x" exe="/y')}`, 'a0="x\\" exe=\\"/y"'],
    ['a backslash before a quote', `a0=${hex('x\\" y\\')}`, 'a0="x\\\\\\" y\\\\"'],
    ['a quote that never ends', 'a0="x y', 'a0="x y'],
    ['nothing', '', ''],
  ])('%s', (_, body, text) => {
    expect(textOf('EXECVE', body)).toBe(`audit: EXECVE ${text}`.trimEnd());
  });

  it('names behind the last 0x1d hold, since text of a program may have one', () => {
    expect(textOf('USER_LOGIN', 'uid=5 msg=\'x\x1dUID="root"\'\x1dUID="joe"')).toContain('uid=joe ');
  });

  it('10,000 arguments in pieces of records are one list', () => {
    const all = Array.from({ length: 10_000 }, (_, n) => `a${n}=${hex(`a ${n}`)}`);
    const records = Array.from({ length: 20 }, (_, n) =>
      record('EXECVE', 7, `${n === 0 ? 'argc=10000 ' : ''}${all.slice(n * 500, (n + 1) * 500).join(' ')}`),
    );
    const { text } = entryOf(records);
    expect(text.startsWith('audit: EXECVE argc=10000 a0="a 0" a1="a 1" ')).toBe(true);
    expect(text).toMatch(/ a499="a 499" a500="a 500" .* a9999="a 9999"$/);
  });

  it.each([
    ['letters', 'A'.repeat(256_000)],
    ['letters as names', `\x1d${'A'.repeat(256_000)}`],
    ['backslashes', `a0="${'\\'.repeat(256_000)}x"`],
    ['quotes', `a0=${'"'.repeat(256_000)}`],
    ['fields', 'a0="'.repeat(64_000)],
    ['pieces', `a1_len=1${' a1[0]='.repeat(30_000)}`],
    ['digits', `a${'1'.repeat(256_000)}`],
    ['groups', `\x1d${'A={'.repeat(80_000)}`],
  ])('a record of 256 kB of %s is read', (_, body) => {
    expect(textOf('EXECVE', body)).toMatch(/^audit: EXECVE/);
  });

  it.each([
    ['a record that is cut in its head', 'type=SYSCALL msg=audit(179601', 'unprefixed'],
    ['a line of another log', 'Nov 20 11:00:00 web1 su: x', 'unprefixed'],
    ['an end without an event', record('EOE', 7, ''), 'marker'],
  ])('%s', (_, line, kind) => {
    expect(read(line).kind).toBe(kind);
  });
});

const AUSEARCH = '/usr/sbin/ausearch';
const COMPARED = / (proctitle|cwd|name|cmd|comm|exe|a2|saddr)=(?:"((?:[^"\\]|\\.)*)"|(\{.*?\}))/g;

/** ausearch writes no quotes, and addresses of programs in hex. */
describe.skipIf(!existsSync(AUSEARCH) && !process.env.CI)('beside ausearch -i', () => {
  it.each([
    ['an event', EVENT],
    [
      'a command of sudo',
      [record('USER_CMD', 8, `pid=1 uid=0 auid=0 ses=3 msg='cwd="/" cmd=${hex('ls -l "x"')} res=success'`)],
    ],
    ['a name with blanks', [record('PATH', 9, `item=0 name=${hex('/tmp/a b')} inode=9 nametype=CREATE`)]],
    [
      'a socket',
      [
        record('SYSCALL', 10, SYSCALL),
        record('SOCKADDR', 10, 'saddr=02000035C00002070000000000000000'),
        record('PROCTITLE', 10, `proctitle=${hex('nc\0-v\0x')}`),
      ],
    ],
  ])('the texts of %s', (_, lines) => {
    const path = join(temporaryFolder(), 'audit.log');
    writeFileSync(path, `${lines.join('\n')}\n`);
    const theirs = execFileSync(AUSEARCH, ['-i', '-if', path], { encoding: 'utf8' });
    const ours = entryOf(lines).text;
    const found = [...ours.matchAll(COMPARED)];
    expect(found).not.toHaveLength(0);
    for (const [, key = '', text, group = ''] of found)
      expect(theirs).toContain(`${key}=${text?.replace(/\\(["\\])/g, '$1') ?? group}`);
  });
});
