import { describe, expect, it } from 'vitest';
import type { Entry } from '../../src/line/entry.js';
import { plainLevel } from '../../src/line/level.js';
import type { LineOptions } from '../../src/line/read-line.js';
import { patternOf, readLine, THIS_MACHINE } from './read.js';

const NOW = Date.UTC(2026, 10, 20, 12, 0, 0);

function read(line: string, options: Partial<LineOptions> & { readonly logs?: readonly string[] } = {}) {
  const { logs = [], ...given } = options;
  const entry = readLine(line, {
    hidepid: false,
    now: () => NOW,
    logprefixes: logs.map(patternOf),
    ...given,
  });
  return typeof entry === 'string' ? { kind: entry } : { kind: 'entry', entry };
}

const entry = (host: string, time: string | null, text: string) => ({
  kind: 'entry',
  entry: { host, time: time === null ? null : Date.parse(time), text },
});

describe('prefixes', () => {
  it.each([
    ['RFC 3164', 'Nov 20 10:00:01 web1 sshd: x', entry('web1', '2026-11-20T10:00:01Z', 'sshd: x')],
    ['a padded day', 'Nov  2 10:00:01 web1 x', entry('web1', '2026-11-02T10:00:01Z', 'x')],
    ['nothing behind the host', 'Nov 20 10:00:01 h1 ', entry('h1', '2026-11-20T10:00:01Z', '')],
    [
      'no year to come, even when that is nearer',
      'Feb 20 10:00:00 h x',
      entry('h', '2026-02-20T10:00:00Z', 'x'),
    ],
    ['nonsense has no time', 'Xyz 99 99:99:99 h x', entry('h', null, 'x')],
    [
      '"last message repeated" names no host',
      'Nov 20 10:00:00 last message repeated 2 times',
      entry(THIS_MACHINE, '2026-11-20T10:00:00Z', 'last message repeated 2 times'),
    ],
    [
      'RFC 3339',
      '2026-11-20T12:30:00.123456+09:00 deb sshd[1]: x',
      entry('deb', '2026-11-20T03:30:00.123Z', 'sshd[1]: x'),
    ],
    ['RFC 3339 in Zulu', '2026-11-20T12:30:00Z deb x', entry('deb', '2026-11-20T12:30:00Z', 'x')],
    [
      'RFC 5424',
      '<34>1 2026-11-20T12:30:00Z deb su 12 ID47 - fell',
      entry('deb', '2026-11-20T12:30:00Z', 'su[12]: fell'),
    ],
    [
      'RFC 5424 with data',
      '<34>1 2026-11-20T12:30:00Z deb su - - [a@1 b="]\\""][c@2] \uFEFFfell',
      entry('deb', '2026-11-20T12:30:00Z', 'su: fell'),
    ],
    ['RFC 5424 without a time', '<34>1 - deb - - - - fell', entry('deb', null, 'fell')],
    ['no prefix', 'hello', { kind: 'unprefixed' }],
    ['an unpadded day', 'Nov 2 10:00:00 h x', entry('h', '2026-11-02T10:00:00Z', 'x')],
    ['no seconds', 'Nov 20 10:00 h x', { kind: 'unprefixed' }],
    ['a blank first', ' Nov 20 10:00:00 h x', { kind: 'unprefixed' }],
    ['a priority in a file', '<34>Nov 20 10:00:00 h x', entry('h', '2026-11-20T10:00:00Z', 'x')],
    ['no blank that only Unicode knows', 'Nov 20 10:00:00\u00a0h x', { kind: 'unprefixed' }],
    ['empty', '', { kind: 'unprefixed' }],
  ])('%s', (_name, line, expected) => {
    expect(read(line)).toMatchObject(expected);
  });

  it.each<[string, string | null]>([
    ['0000-01-01T00:00:00Z', '0000-01-01T00:00:00Z'],
    ['0099-06-15T12:00:00+09:00', '0099-06-15T03:00:00Z'],
    ['0000-01-01T00:00:00', '0000-01-01T00:00:00Z'],
    ['0030-01-01T00:00:00', '0030-01-01T00:00:00Z'],
    ['9999-12-31T23:59:59Z', '9999-12-31T23:59:59Z'],
    ['2026-11-20T24:00:00Z', '2026-11-21T00:00:00Z'],
  ])('a stamp means the year that it says: %s', (stamp, time) => {
    for (const timezone of ['UTC', null])
      if (timezone !== null || stamp.length > 19)
        expect(read(`${stamp} h x`, { timezone })).toEqual(entry('h', time, 'x'));
  });

  it('the year is the nearest one across New Year', () => {
    const january = Date.UTC(2027, 0, 2);
    expect(read('Dec 31 23:59:59 h x', { now: () => january })).toEqual(
      entry('h', '2026-12-31T23:59:59Z', 'x'),
    );
  });

  it.each([
    ['Asia/Tokyo', 'Nov 20 10:00:00 h x', '2026-11-20T01:00:00Z'],
    ['America/New_York', 'Jul 20 10:00:00 h x', '2026-07-20T14:00:00Z'],
  ])('a stamp without a zone is of %s', (timezone, line, time) => {
    expect(read(line, { timezone })).toEqual(entry('h', time, 'x'));
  });
});

describe('a host name', () => {
  const at = 'h'.repeat(255);
  const long = 'h'.repeat(256);
  const wide = '\u3042'.repeat(86);

  it.each<[string, (host: string) => string, readonly string[]]>([
    ['RFC 3164', (host) => `Nov 20 10:00:01 ${host} x`, []],
    ['RFC 3339', (host) => `2026-11-20T10:00:01Z ${host} x`, []],
    ['RFC 5424', (host) => `<34>1 2026-11-20T10:00:01Z ${host} - - - - x`, []],
    ['a logprefix', (host) => `[${host}] x`, ['^\\[([^\\]]+)\\] ']],
  ])('has at most 255 bytes; what is longer is none, and the line has no prefix: %s', (_name, line, logs) => {
    for (const host of ['h', at, wide.slice(1)])
      expect(read(line(host), { logs })).toMatchObject({ kind: 'entry', entry: { host, text: 'x' } });
    for (const host of [long, wide, 'h'.repeat(60_000), '\u3042'.repeat(200)])
      expect(read(line(host), { logs })).toEqual({ kind: 'unprefixed' });
  });
});

describe('logprefix', () => {
  it.each([
    [
      'is cut off wherever it matches',
      '^(\\S+) - - \\[[^\\]]+\\] ',
      '10.0.0.9 - - [20/Nov/2026:10:00:00 +0900] "GET /"',
      entry('10.0.0.9', null, '"GET /"'),
    ],
    [
      'comes before our own prefixes',
      '^\\S+T\\S+ level (\\S+) ',
      '2026-11-20T12:30:00Z level h text',
      entry('h', '2026-11-20T12:30:00Z', 'text'),
    ],
    [
      'comes behind the built-in',
      '(sshd): ',
      'Nov 20 10:00:01 web1 sshd: x',
      entry('web1', '2026-11-20T10:00:01Z', 'sshd: x'),
    ],
    ['without a group drops the line', '^app ', 'app x', { kind: 'hostless' }],
    [
      'whose group is empty drops the line: a host without a name is none',
      '^(\\w*)> ',
      '> x',
      { kind: 'hostless' },
    ],
    ['whose group took no part drops the line', '^app(?: (\\d))?', 'app x', { kind: 'hostless' }],
  ])('%s', (_name, prefix, line, expected) => {
    expect(read(line, { logs: [prefix] })).toEqual(expected);
  });
});

describe('where Tenshi would take what is no host for one', () => {
  it.each([
    [
      'a logprefix reads the line',
      '^\\w+ +\\d+ [\\d:]+ \\w+\\[\\d+\\]: (\\w+)> ',
      'Nov 20 10:00:00 relay[7]: web7> down',
      entry('web7', '2026-11-20T10:00:00Z', 'down'),
    ],
    [
      'a logprefix that names no host steps aside, too',
      '^\\w+ +\\d+ [\\d:]+ relay',
      'Nov 20 10:00:00 relay[7]: down',
      entry(THIS_MACHINE, '2026-11-20T10:00:00Z', 'relay[7]: down'),
    ],
    [
      'a logprefix written for a line with a priority reads it as ever',
      '^<\\d+>\\w+ +\\d+ [\\d:]+ \\w+ (\\w+) ',
      '<34>Nov 20 10:00:00 relay web7 down',
      entry('web7', null, 'down'),
    ],
  ])('%s', (_name, prefix, line, expected) => {
    expect(read(line, { logs: [prefix] })).toMatchObject(expected);
  });
});

describe('prefix', () => {
  const prefixed = (source: string, line: string, logs: readonly string[] = []) =>
    read(line, { prefixes: [patternOf(source)], logs });

  it.each([
    [
      'comes before the built-in ones; its group 1 is the host',
      '^\\w+ +\\d+ [\\d:]+ \\S+ (\\w+) ',
      'Nov 20 10:00:01 loghost web7 sshd: x',
      entry('web7', '2026-11-20T10:00:01Z', 'sshd: x'),
    ],
    [
      'names host and time by name, in whatever order and form',
      '^\\w+ (?<time>\\S+ \\S+) \\[(?<host>[\\w.-]+)\\]\\s',
      'W 2026-11-20 10:00:01 [web7] x',
      entry('web7', '2026-11-20T10:00:01Z', 'x'),
    ],
    ['may name no host: the line is of this machine', '^\\d+ ', '17 x', entry(THIS_MACHINE, null, 'x')],
    [
      'leaves lines that it does not match to the others',
      '^never ',
      'Nov 20 10:00:01 web1 x',
      entry('web1', '2026-11-20T10:00:01Z', 'x'),
    ],
  ])('%s', (_name, source, line, expected) => {
    expect(prefixed(source, line)).toEqual(expected);
  });

  it('comes before a logprefix', () => {
    expect(prefixed('^a (b) ', 'a b c', ['^(a) '])).toEqual(entry('b', null, 'c'));
  });
});

describe('hidepid', () => {
  it.each([
    ['sshd[1]: x', 'sshd: x'],
    ['sshd(pam_unix)[1]: x', 'sshd(pam_unix): x'],
    ['/usr/sbin/cron[9]: x', '/usr/sbin/cron: x'],
    ['a[1][2]: x', 'a[1]: x'],
    ['kernel: [123.4] x', 'kernel: [123.4] x'],
    ['a[1]:x', 'a[1]:x'],
    ['a [1]: x', 'a [1]: x'],
    ['a[x]: y', 'a[x]: y'],
    ['a b[1]: c', 'a b[1]: c'],
    ['[5]: z', '[5]: z'],
    ['foo[12] bar: z', 'foo[12] bar: z'],
  ])('%s', (text, hidden) => {
    expect(read(`Nov 20 10:00:00 h ${text}`, { hidepid: true })).toEqual(
      entry('h', '2026-11-20T10:00:00Z', hidden),
    );
  });
});

describe('the priority of an entry', () => {
  it.each([
    ['of <PRI>', '<35>Nov 20 10:00:00 h su: x', 'auth.err'],
    ['of syslogd -vv', 'Nov 20 10:00:00 <auth.info> h su: x', 'auth.info'],
    [
      'as syslog(3) has it, whatever the device writes',
      'Nov 20 10:00:00 h auth|security:information x: y',
      'auth.info',
    ],
    ['of RFC 5424', '<165>1 2026-11-20T10:00:00Z h app 1 - - x', 'local4.notice'],
    ['none', 'Nov 20 10:00:00 h su: x', undefined],
  ])('%s', (_, line, priority) => {
    expect(readLine(line)).toMatchObject({ text: expect.any(String) });
    expect((readLine(line) as Entry).priority).toBe(priority);
  });

  it.each([
    ['ERROR', 'err'],
    ['security.panic', 'auth.emerg'],
    ['Local7:Warn', 'local7.warning'],
    ['auth.info', 'auth.info'],
    ['', ''],
  ])('%j reads as %j', (level, plain) => {
    expect(plainLevel(level)).toBe(plain);
  });
});
