import { expect, it } from 'vitest';
import { memoryStore } from './memory-store.js';

const NOW = Date.UTC(2026, 10, 20);

it('all that the ledger has of a queue comes in pieces, each row once, whatever stands in it', () => {
  const store = memoryStore();
  for (const queue of ['a', 'b']) store.markQueue(queue, { schedule: 'x', dueAfter: 0 });
  const rows = Array.from({ length: 2500 }, (_, at) => ({
    host: at % 2 === 0 ? 'web\0' : 'web',
    hash: `hash ${Math.floor(at / 2)}`,
    text: `message\0 ${at}`,
    ...{ count: at, first: NOW - at, last: NOW },
  }));
  const entry = { made: NOW, regular: true, forgetBefore: 0 };
  store.seal(1, null, [], [{ ...entry, queue: 'a', rows }]);
  store.seal(2, null, [], [{ ...entry, queue: 'b', rows: rows.slice(0, 1) }]);
  const pieces = [...store.historyOf('a')];
  expect(pieces.length).toBeGreaterThan(1);
  const byText = [...pieces.flat()].sort((a, b) => b.first - a.first);
  expect(byText).toEqual(rows.map(({ count, ...row }) => ({ ...row, latest: 1, letters: [[1, count]] })));
  expect([...store.historyOf('b')].flat()).toHaveLength(1);
  expect([...store.historyOf('nobody')]).toEqual([]);
});
