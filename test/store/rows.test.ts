import { describe, expect, it, onTestFinished } from 'vitest';
import type { TallyRow } from '../../src/queue/tally.js';
import { openSqliteStore } from '../../src/store/sqlite/sqlite-store.js';
import type { Store } from '../../src/store/store.js';

/** A closed edition with a message of each of these counts; of so many characters. */
function editionOf(
  counts: readonly number[],
  length: number,
): { readonly store: Store; readonly id: number } {
  const opened = openSqliteStore('');
  if (!opened.ok) throw new Error(opened.reason);
  const { store } = opened;
  onTestFinished(() => store.end());
  const tally = counts.map((count, place) => ({
    ...{ queue: 'q', host: 'h', count, how: 'add' as const, first: 1, last: 2 },
    message: `${place} `.padEnd(length, 'x'),
  }));
  const nothing = { at: 0, positions: [], forgotten: [], counters: new Map() };
  store.commit({ ...nothing, tally, ruleState: { last: new Map(), hits: [] } });
  store.closeEdition('q', 5, null, null);
  return { store, id: store.closedEditions()[0]?.id ?? 0 };
}

/** How many rows came at one go, and the counts of all. */
function readAll(read: (after: TallyRow | null) => TallyRow[]): { sizes: number[]; counts: number[] } {
  const parts = [read(null)];
  for (let last = parts[0]?.at(-1); last; last = parts.at(-1)?.at(-1)) parts.push(read(last));
  return { sizes: parts.map(({ length }) => length), counts: parts.flat().map(({ count }) => count) };
}

describe('the rows of an edition', () => {
  const counts = [5, 3, 9, 1, 7];
  const rising = [1, 3, 5, 7, 9];

  it.each([
    ['short ones as many as are asked for', 10, [2, 2, 1, 0]],
    ['long ones fewer', 2_500_000, [2, 2, 1, 0]],
    ['longer ones one by one', 4_000_001, [1, 1, 1, 1, 1, 0]],
  ])('%s, each of them once, in both orders', (_, length, sizes) => {
    const { store, id } = editionOf(counts, length);
    const limit = length > 10 ? 9 : 2;
    expect(readAll((after) => store.slice(id, after, limit))).toEqual({ sizes, counts });
    expect(readAll((after) => store.page(id, after, limit))).toEqual({ sizes, counts: rising });
  });
});
