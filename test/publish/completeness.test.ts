import { expect, it } from 'vitest';
import { completeness, countLate } from '../../src/publish/completeness.js';
import type { TallyRow } from '../../src/queue/tally.js';

const NOON = Date.UTC(2026, 10, 20, 12, 0, 0);
const MINUTE = 60_000;

it.each([
  ['en', '1200 lines read since Nov 20 12:00: 3 unparsed, 2 dropped, 1 message logged earlier'],
  [
    'ja',
    '11月20日 12:00から1200行を読みました: 解釈できないもの 3行、失ったもの 2行、それより前に記録されたもの 1種類',
  ],
] as const)('a letter says how complete it is: %s', (language, said) => {
  const late = { messages: 0 };
  const rows = [NOON - 6 * MINUTE, NOON - 4 * MINUTE, NOON + MINUTE, null].map(
    (first, at): TallyRow => ({
      host: 'web1',
      message: `x ${at}`,
      count: 1,
      first,
      last: first,
      detail: { hours: [], masked: [] },
    }),
  );
  expect([...countLate(rows, { since: NOON }, late)]).toEqual(rows);
  const counters = new Map([
    ['lines', 1200],
    ['unprefixed', 2],
    ['hostless', 1],
    ['dropped', 2],
  ]);
  const letter = { timezone: 'UTC', language, made: NOON + 24 * 60 * MINUTE };
  expect(completeness({ counters, since: NOON }, late, letter)).toEqual([said]);
});
