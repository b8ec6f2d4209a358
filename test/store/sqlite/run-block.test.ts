import { describe, expect, it } from 'vitest';
import { decodeBlock, encodeBlock, fitsBlock, type RunRow } from '../../../src/store/sqlite/run-block.js';
import type { RowStats } from '../../../src/values/row-stats.js';
import { createRandom, type Random } from '../../support/random.js';

const NOON = Date.UTC(2026, 10, 30, 12);

function row(fields: Partial<RunRow> = {}): RunRow {
  return { host: 'h', message: 'm', count: 1, first: NOON, last: NOON, ...fields };
}

function someRow(random: Random): RunRow {
  const first = random.chance(0.1) ? null : NOON + random.below(1e9);
  return row({
    host: random.pick(['h', 'web1.example.org', '\u{1f600}', '']),
    message: random.pick([
      '',
      'a message',
      'nul\0',
      'caf\u00e9 \ufffd',
      '\u{1f600}'.repeat(40),
      'x'.repeat(20_000),
    ]),
    count: random.pick([0, 1, 127, 128, 129, 2 ** 32, 1e15]),
    first,
    last: first === null ? null : first + random.pick([0, 1, random.below(1e10)]),
    ...(random.chance(0.2)
      ? {
          stats: {
            hours: random.pick<RowStats['hours']>(['unknown', [480_000, 2, 480_001, 7]]),
            masked: null,
          },
        }
      : {}),
  });
}

describe('a block of rows', () => {
  it.each([1, 2, 3, 4])('is read as it was written (random rows, seed %i)', (seed) => {
    const random = createRandom(seed);
    for (let round = 0; round < 50; round++) {
      const rows = Array.from({ length: random.below(40) }, () => someRow(random));
      expect(rows.every(fitsBlock)).toBe(true);
      expect(decodeBlock(encodeBlock(rows))).toEqual(rows);
    }
  });

  it('takes few bytes beside its texts', () => {
    const rows = Array.from({ length: 1000 }, (_, at) =>
      row({ message: 'm'.repeat(80), first: NOON + at, last: NOON + at }),
    );
    expect(encodeBlock(rows).length).toBeLessThan(1000 * 87);
  });

  it('holds half a pair of surrogates as U+FFFD, which is what SQLite makes of it, and two halves of neighbours as they are', () => {
    const messages = ['a\ud800', 'b', 'c\ud83d', '\ude00d'];
    const read = decodeBlock(encodeBlock(messages.map((message) => row({ message }))));
    expect(read.map(({ message }) => message)).toEqual(['a\ufffd', 'b', 'c\ud83d', '\ude00d']);
  });

  it.each<[string, Partial<RunRow>]>([
    ['a count that is not whole', { count: 1.5 }],
    ['a count that is not finite', { count: Number.POSITIVE_INFINITY }],
    ['a time before 1970', { first: -1 }],
    ['a part of a millisecond', { first: NOON + 0.5, last: NOON + 0.5 }],
    ['a last time before the first', { last: NOON - 1 }],
    ['a first time alone', { last: null }],
    ['a last time alone', { first: null }],
    ['a time after the year 10,000', { last: 2 ** 48 }],
  ])('has no place for %s', (_, fields) => {
    expect(fitsBlock(row(fields))).toBe(false);
  });

  it('is refused with any bit changed, and cut anywhere', () => {
    const bytes = encodeBlock([row({ message: 'one' }), row({ host: 'i', message: 'two', count: 300 })]);
    for (let bit = 0; bit < 8 * bytes.length; bit++) {
      const damaged = Buffer.from(bytes);
      damaged[bit >> 3] = (damaged[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      expect(() => decodeBlock(damaged)).toThrow('not what tayori writes there');
    }
    for (let length = 0; length < bytes.length; length++)
      expect(() => decodeBlock(bytes.subarray(0, length))).toThrow('not what tayori writes there');
  });

  it('of another version is refused, even if its checksum is right', () => {
    const bytes = encodeBlock([row()]);
    bytes[0] = 2;
    expect(() => decodeBlock(bytes)).toThrow('not what tayori writes there');
  });
});
