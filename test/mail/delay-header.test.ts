import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { describeDuration } from '../../src/base/time/duration.js';
import { delayHeader } from '../../src/mail/delay-header.js';
import { queueIdOf } from '../../src/mail/queue-id.js';

describe('the header of a late letter', () => {
  it.each([
    ['451 later', 'X-tayori-delayed: 1 min; 451 later\r\n'],
    ['a\r\nBcc: everybody@x.org\r\n\r\nbody', 'X-tayori-delayed: 1 min; a Bcc: everybody@x.org body\r\n'],
    ['\x1b[1m便り\x00', 'X-tayori-delayed: 1 min; \\u001b[1m\\u4fbf\\u308a\\u0000\r\n'],
    ['', 'X-tayori-delayed: 1 min;\r\n'],
  ])('%j', (reason, expected) => {
    expect(delayHeader(60_000, reason)).toBe(expected);
  });

  it.each([['x'.repeat(100_000)], ['word '.repeat(10_000)], ['\n'.repeat(10_000)], ['便'.repeat(10_000)]])(
    'is short whatever a server says',
    (reason) => {
      const header = delayHeader(60_000, reason);
      expect(header).toMatch(/^X-tayori-delayed: 1 min;(?:[ -~]|\r\n )*\r\n$/);
      expect(header.length).toBeLessThan(400);
      expect(header).not.toMatch(/\r\n[ ]*\r\n/);
    },
  );
});

it('no words of a server make more than one field of visible ASCII', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 2000 }), fc.nat(), (reason, delay) => {
      const header = delayHeader(delay, reason);
      expect(header).toMatch(/^X-tayori-delayed: \d[^;]*;(?:[ -~]|\r\n (?=[!-~]))*\r\n$/);
      expect(Math.max(...header.split('\r\n').map((line) => line.length))).toBeLessThan(998);
    }),
  );
});

it.each([
  [-5, '0 s'],
  [59_999, '59 s'],
  [60_000, '1 min'],
  [3_600_000, '1 h'],
  [11_520_000, '3 h 12 min'],
  [7 * 86_400_000, '7 d'],
  [7 * 86_400_000 + 7_300_000, '7 d 2 h'],
])('%d ms are %s', (time, words) => {
  expect(describeDuration(time)).toBe(words);
});

it.each([
  ['250 2.0.0 Ok: queued as 4XyZab1CdEzFg', '4XyZab1CdEzFg'],
  ['250 2.0.0 Ok: queued as 3F2A21C0', '3F2A21C0'],
  ['250 OK id=1tD2Xy-000000004Hk-3abc', '1tD2Xy-000000004Hk-3abc'],
  ['250 OK id=1abcDE-0000ab-XY', '1abcDE-0000ab-XY'],
  ['250 2.0.0 4AKCU0ab012345 Message accepted for delivery', '4AKCU0ab012345'],
  ['250 2.0.0 OK', null],
  ['250 queued as it should be', null],
  ['250 queued as ../../x', null],
  ['250 queued as requested', null],
  ['250 thereisnodigit Message accepted for delivery', null],
])('%s', (answer, id) => {
  expect(queueIdOf(answer)).toBe(id);
});

it.each([
  ['at its bound', `250 queued as 4${'x'.repeat(23)}`, `4${'x'.repeat(23)}`],
  ['above it', `250 queued as 4${'x'.repeat(24)}`, null],
  ['far above it', `250 queued as 4${'x'.repeat(60_000)}`, null],
  ['far above it, in front', `250 ${'4x'.repeat(30_000)} Message accepted for delivery`, null],
])('a queue id %s', (_name, answer, id) => {
  expect(queueIdOf(answer)).toBe(id);
});
