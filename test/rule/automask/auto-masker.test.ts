import { describe, expect, it } from 'vitest';
import { Excerpt } from '../../../src/line/excerpt.js';
import { AutoMasker } from '../../../src/rule/automask/auto-masker.js';
import { MASK_KINDS, type MaskKind } from '../../../src/rule/automask/mask-kinds.js';
import { createRandom } from '../../support/random.js';
import { APART } from '../suggest/pairs.js';
import { maskedByRegexes } from './by-regexes.js';

const masker = new AutoMasker();
const view = new Excerpt();

function spansIn(text: string, kinds: AutoMasker = masker): number[] {
  return [...kinds.spansIn(view.set(view.whole.set(text), 0, text.length))];
}

function masked(text: string, kinds?: AutoMasker): string {
  const spans = spansIn(text, kinds);
  let made = '';
  let from = 0;
  for (let at = 0; at < spans.length; at += 2) {
    made += `${text.slice(from, spans[at])}~`;
    from = spans[at + 1] as number;
  }
  return made + text.slice(from);
}

describe('a message is masked', () => {
  it.each([
    [
      'a pid, an address and a port',
      'sshd[812]: Failed for ann from 10.0.0.1 port 22',
      'sshd[~]: Failed for ann from ~ port ~',
    ],
    ['a path with a number, and no other', 'httpd: /srv/www and /srv/web2/a.html', 'httpd: /srv/www and ~'],
    ['a URL with a number', 'x: GET https://example.org/item/7?page=2, done', 'x: GET ~, done'],
    ['a number with its unit', 'x: took 12ms, 1.5s, 64MB, 3%', 'x: took ~, ~, ~, ~%'],
    ['signs of numbers', 'ntpd: offset -0.5 drift +12 x=-3 a-3', 'ntpd: offset ~ drift ~ x=~ a-~'],
    ['times', 'x: 2026-11-29T12:00:00.5+09:00 12:30 29/Nov/2026:12:00:00 +0900', 'x: ~ ~ ~'],
    [
      'dates with names',
      'x: Sun Nov 29 12:00:00 2026; Nov  9; Sun, 29 Nov 2026 12:00:00 +0000',
      'x: ~; ~; ~',
    ],
    ['addresses of IPv6', 'x: fe80::1%eth0 [::1]:80 ::ffff:192.0.2.7 2001:db8::/32', 'x: ~ [~]:~ ~ ~'],
    ['addresses of hardware', 'x: 00:1a:2b:3c:4d:5e 00-1A-2B-3C-4D-5E', 'x: ~ ~'],
    ['addresses of mail', 'x: from=<ann.b1+c@mail.example.org> to=<bob@example.org>', 'x: from=<~> to=<~>'],
    [
      'UUIDs and hexadecimal ids',
      'x: 550e8400-e29b-41d4-a716-446655440000 3f9a1c deadbeef 0x1f',
      'x: ~ ~ ~ ~',
    ],
    ['keys in Base64', 'x: SHA256:nThbg6kXUpJWGl7E1IGOCspRomTxdCARLviKw6E5SY8 ok', 'x: SHA256:~ ok'],
    [
      'names with a number: the number',
      'kernel: eth0 sda1 blk_-44 node-17 v1.2.3',
      'kernel: eth~ sda~ blk_-~ node-~ v~',
    ],
    ['values that are joined: as one', 'x: 1-2.3_4 attempt_14_0001_m_3', 'x: ~ attempt~m~'],
    ['names of pods', 'x: web-7d9f8b6c5d-x2k4z and web-7d9f8b6c5d-xkzlw', 'x: web-~ and web-~'],
    ['numbers in Japanese text', 'x: 接続数123件', 'x: 接続数~件'],
    ['nothing of the name of a program but ids', 'python3: web1 x', 'python3: web~ x'],
    ['an id in the name of a program', 'docker/3f9a1c2b[9]: x', 'docker/~[~]: x'],
    [
      'no word, and no name of a standard',
      'x: started facade k8s i18n sha256 IPv6 4xx Foo::Bar',
      'x: started facade k8s i18n sha256 IPv6 4xx Foo::Bar',
    ],
  ])('%s', (_, text, expected) => {
    expect(masked(text)).toBe(expected);
  });

  it.each<[MaskKind, string]>([
    ['number', 'x: ~ 10.0.0.1 3f9a1c a1b2c3z 550e8400-e29b-41d4-a716-446655440000 12:30 /a/b1'],
    ['address', 'x: 5 ~ 3f9a1c a1b2c3z 550e8400-e29b-41d4-a716-446655440000 12:30 /a/b1'],
    ['hex', 'x: 5 10.0.0.1 ~ a1b2c3z 550e8400-e29b-41d4-a716-446655440000 12:30 /a/b1'],
    ['id', 'x: 5 10.0.0.1 3f9a1c ~ 550e8400-e29b-41d4-a716-446655440000 12:30 /a/b1'],
    ['uuid', 'x: 5 10.0.0.1 3f9a1c a1b2c3z ~ 12:30 /a/b1'],
    ['time', 'x: 5 10.0.0.1 3f9a1c a1b2c3z 550e8400-e29b-41d4-a716-446655440000 ~ /a/b1'],
    ['path', 'x: 5 10.0.0.1 3f9a1c a1b2c3z 550e8400-e29b-41d4-a716-446655440000 12:30 ~'],
  ])('of one kind alone: %s', (kind, expected) => {
    const text = 'x: 5 10.0.0.1 3f9a1c a1b2c3z 550e8400-e29b-41d4-a716-446655440000 12:30 /a/b1';
    expect(masked(text, new AutoMasker([kind]))).toBe(expected);
  });

  it('at most in so many places, and the rest stays as it is', () => {
    expect(masked('7 '.repeat(600))).toBe('~ '.repeat(500) + '7 '.repeat(100));
  });
});

const PIECES = [
  ...'0 1 7 12 99 255 256 2026 11 29 123456 0x1f a b f de ad beef deadbeef facade decade cafe01 3f9a 3f9a1c eth0 sda1'.split(
    ' ',
  ),
  ...'k8s i18n a1b 1a2 sha256 IPv6 v1 x2k4z xkzlw started Nov Sun Foo Bar SHA256 nThbg6kXUpJWGl7E1IG Z T ms kB s http é ü 接続 数'.split(
    ' ',
  ),
  ...[
    '550e8400-e29b-41d4-a716-446655440000',
    '12:30:59',
    '10.0.0.1',
    'fe80::1',
    '00:1a:2b:3c:4d:5e',
    '::',
    '://',
  ],
  ...['2026-11-29', '29 Nov 2026', 'Nov  9', '+0900', '/var/', 'ann@example.org', '?', '=', '==', '__'],
];
const MARKS = [...' .:-_/@+%#=[]()<>"\',;|~\\!?&', '  ', ': ', '\t'];

describe('the loop over units and the naive version by regexes', () => {
  it.each([1, 2])('mask the same in random texts (%d)', (seed) => {
    const random = createRandom(seed);
    for (let turn = 0; turn < 10_000; turn++) {
      const parts = Array.from({ length: 1 + random.below(12) }, () =>
        random.chance(0.55) ? PIECES[random.below(PIECES.length)] : MARKS[random.below(MARKS.length)],
      );
      const text = parts.join('');
      expect({ text, spans: spansIn(text) }).toEqual({ text, spans: maskedByRegexes(text) });
    }
  });

  it('mask the same in random characters', () => {
    const random = createRandom(5);
    const characters = [...'0123456789abcdefABCDEFxzTZ:.-_/@+% é接'];
    for (let turn = 0; turn < 20_000; turn++) {
      const text = Array.from(
        { length: 1 + random.below(30) },
        () => characters[random.below(characters.length)],
      ).join('');
      expect({ text, spans: spansIn(text) }).toEqual({ text, spans: maskedByRegexes(text) });
    }
  });
});

const FILLINGS = [
  { '#': '7', '@': '10.0.0.1', $: 'ann' },
  { '#': '4711', '@': '192.0.2.254', $: 'bob' },
];

describe('messages that differ in a word that carries the meaning stay apart', () => {
  it.each(APART)('%s | %s', (one, other) => {
    for (const filling of FILLINGS) {
      const fill = (text: string): string =>
        text.replaceAll(/[#@$]/g, (mark) => filling[mark as keyof typeof filling]);
      expect(masked(fill(one))).not.toBe(masked(fill(other)));
    }
  });
});

it('no text of letters alone is masked, but for eight and more of a to f', () => {
  const random = createRandom(9);
  const letters = [...'abcdefghijklmnopqrstuvwxyzABCDEF'];
  for (let turn = 0; turn < 20_000; turn++) {
    const word = Array.from(
      { length: 1 + random.below(20) },
      () => letters[random.below(letters.length)],
    ).join('');
    if (!/^(?:[a-f]{8,}|[A-F]{8,})$/.test(word))
      expect(masked(`x: it ${word} now`)).toBe(`x: it ${word} now`);
  }
});

it.each(MASK_KINDS)('time is linear in hostile texts of all kinds: %s', (kind) => {
  const one = new AutoMasker([kind]);
  for (const part of [
    '1.',
    'a@',
    ':',
    '::1',
    '/a',
    '1-',
    'a_',
    'Nov ',
    'aA1+',
    '12:',
    'a.',
    '0x',
    '-1',
    'fe80:',
  ])
    expect(spansIn(part.repeat(50_000), one).length).toBeLessThanOrEqual(1000);
});
