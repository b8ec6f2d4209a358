import { describe, expect, it } from 'vitest';
import { createLineReader, type LineOptions } from '../../src/line/read-line.js';
import { compile } from '../../src/perl-regex/perl-regex.js';

const NOW = Date.UTC(2026, 10, 20, 12, 0, 0);

function read(line: string, options: Partial<LineOptions> & { readonly prefixes?: readonly string[] } = {}) {
  const logprefixes = (options.prefixes ?? []).map((source) => {
    const compiled = compile(source);
    if (!compiled.ok) throw new Error(compiled.seen);
    return compiled.pattern;
  });
  return createLineReader({ hidepid: false, timezone: 'UTC', now: () => NOW, ...options, logprefixes })(line);
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
    ['the year to come, when that is nearer', 'Feb 20 10:00:00 h x', entry('h', '2027-02-20T10:00:00Z', 'x')],
    ['nonsense has no time', 'Xyz 99 99:99:99 h x', entry('h', null, 'x')],
    [
      '"last message repeated" has the host last',
      'Nov 20 10:00:00 last message repeated 2 times',
      entry('last', '2026-11-20T10:00:00Z', 'message repeated 2 times'),
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
    ['an unpadded day', 'Nov 2 10:00:00 h x', { kind: 'unprefixed' }],
    ['no seconds', 'Nov 20 10:00 h x', { kind: 'unprefixed' }],
    ['a blank first', ' Nov 20 10:00:00 h x', { kind: 'unprefixed' }],
    ['a priority in a file', '<34>Nov 20 10:00:00 h x', { kind: 'unprefixed' }],
    ['no blank that only Unicode knows', 'Nov 20 10:00:00\u00a0h x', { kind: 'unprefixed' }],
    ['empty', '', { kind: 'unprefixed' }],
  ])('%s', (_name, line, expected) => {
    expect(read(line)).toEqual(expected);
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
  ])(
    'has at most 255 bytes; what is longer is none, and the line has no prefix: %s',
    (_name, line, prefixes) => {
      for (const host of ['h', at, wide.slice(1)])
        expect(read(line(host), { prefixes })).toMatchObject({ kind: 'entry', entry: { host, text: 'x' } });
      for (const host of [long, wide, 'h'.repeat(60_000), '\u3042'.repeat(200)])
        expect(read(line(host), { prefixes })).toEqual({ kind: 'unprefixed' });
    },
  );
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
    expect(read(line, { prefixes: [prefix] })).toEqual(expected);
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
