import { describe, expect, it } from 'vitest';
import { DAY } from '../../src/base/time/duration.js';
import type { Known, LedgerRow } from '../../src/letter/history/ledger.js';
import { missed, newsOf, type Standing } from '../../src/letter/history/news.js';

const NOW = Date.UTC(2026, 10, 21);
const STANDING: Standing = {
  first: false,
  letters: 10,
  made: NOW,
  louder: { factor: 3, floor: 20 },
  regular: true,
};

/** Known from letters `[letter, count]`, last seen with the last of them, one letter a day. */
function known(...letters: [number, number][]): Known {
  const latest = letters.at(-1)?.[0] ?? 0;
  return { first: 0, last: NOW - (11 - latest) * DAY, letters };
}

const daily = (count: number): Known =>
  known(...Array.from({ length: 10 }, (_, at): [number, number] => [at + 1, count]));

function row(count: number, knownBefore: Known | null, anywhere = knownBefore !== null): LedgerRow {
  return { host: 'h', message: 'm', count, first: null, last: null, known: knownBefore, anywhere };
}

describe('news', () => {
  it.each<[string, LedgerRow, Partial<Standing>, ReturnType<typeof newsOf>]>([
    ['never seen', row(1, null), {}, { kind: 'new', anywhere: false }],
    ['never seen on this host', row(1, null, true), {}, { kind: 'new', anywhere: true }],
    ['nothing is new in a first letter', row(1, null), { first: true }, { kind: 'routine' }],
    ['as every day', row(30, daily(30)), {}, { kind: 'routine' }],
    ['three times as much', row(90, daily(30)), {}, { kind: 'louder', usual: 30 }],
    ['not quite three times as much', row(89, daily(30)), {}, { kind: 'routine' }],
    ['three times as much of very little', row(21, daily(2)), {}, { kind: 'routine' }],
    ['much more of very little', row(22, daily(2)), {}, { kind: 'louder', usual: 2 }],
    ['rare, and now often', row(20, known([2, 1], [10, 1])), {}, { kind: 'louder', usual: 0 }],
    ['too few letters to know', row(500, known([8, 1], [9, 1], [10, 1])), {}, { kind: 'routine' }],
    ['a letter cut short by a signal', row(500, daily(1)), { regular: false }, { kind: 'routine' }],
    ['new in a letter cut short', row(1, null), { regular: false }, { kind: 'new', anywhere: false }],
    ['silent for seven letters and days', row(1, known([3, 9])), {}, { kind: 'back', last: NOW - 8 * DAY }],
    ['silent for six letters', row(1, known([4, 9])), {}, { kind: 'routine' }],
    ['silent for letters, but hours', row(1, { ...known([1, 9]), last: NOW - DAY }), {}, { kind: 'routine' }],
    [
      'silent in a queue without regular letters',
      row(1, { first: 0, last: NOW - 8 * DAY, letters: [] }),
      { regular: false, letters: 0 },
      { kind: 'back', last: NOW - 8 * DAY },
    ],
  ])('%s', (_, seen, standing, expected) => {
    expect(newsOf(seen, { ...STANDING, ...standing })).toEqual(expected);
  });
});

describe('what is missing', () => {
  const missing = (...letters: [number, number][]) => ({
    host: 'h',
    hash: 'x',
    message: 'm',
    ...known(...letters),
  });

  it.each<[string, [number, number][], Partial<Standing>, number | null]>([
    [
      'in six of ten',
      [
        [1, 1],
        [2, 2],
        [3, 3],
        [8, 4],
        [9, 5],
        [10, 6],
      ],
      {},
      3,
    ],
    [
      'in five of ten',
      [
        [1, 1],
        [2, 2],
        [3, 3],
        [9, 5],
        [10, 6],
      ],
      {},
      null,
    ],
    [
      'missing for the second time',
      [
        [1, 1],
        [2, 2],
        [3, 3],
        [7, 4],
        [8, 5],
        [9, 6],
      ],
      {},
      null,
    ],
    [
      'in all of three, too few to know',
      [
        [1, 5],
        [2, 5],
        [3, 5],
      ],
      { letters: 3 },
      null,
    ],
    [
      'in all of four',
      [
        [1, 5],
        [2, 5],
        [3, 5],
        [4, 5],
      ],
      { letters: 4 },
      5,
    ],
    [
      'a letter cut short by a signal',
      [
        [1, 5],
        [2, 5],
        [3, 5],
        [4, 5],
      ],
      { letters: 4, regular: false },
      null,
    ],
  ])('%s', (_, letters, standing, expected) => {
    expect(missed(missing(...letters), { ...STANDING, ...standing })).toBe(expected);
  });
});
