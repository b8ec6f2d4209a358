import { describe, expect, it } from 'vitest';
import { HOUR } from '../../src/base/time/duration.js';
import { ArenaTally } from '../../src/queue/arena-tally.js';
import type { Tally } from '../../src/queue/tally.js';
import type { Store } from '../../src/store/store.js';
import type { ValueSpans } from '../../src/values/value-table.js';
import { maskedSpansOf } from '../support/masked-spans.js';
import { memoryStore } from './memory-store.js';

function commit(store: Store, ...fill: readonly ((tally: Tally) => void)[]): void {
  for (const one of fill) {
    const tally = new ArenaTally();
    one(tally);
    const ruleState = { last: new Map(), hits: [] };
    const nothing = { at: 0, positions: [], forgotten: [], ruleState, counters: new Map() };
    store.commit({ ...nothing, tally: tally.changes() });
  }
}

/** The rows of the edition, the same whichever way they are read. */
function rowsOf(store: Store) {
  store.closeEdition('q', 5, null, null);
  const id = store.closedEditions()[0]?.id ?? 0;
  const rows = store.slice(id, null, 10_000);
  expect(store.page(id, null, 10_000)).toHaveLength(rows.length);
  expect(store.page(id, null, 10_000).map(({ detail }) => detail)).toEqual(
    expect.arrayContaining([rows[0]?.detail]),
  );
  return rows;
}

const line =
  (hour: number | null, ...values: string[]) =>
  (tally: Tally): void =>
    tally.count('q', 'h', 'm', 1, 'add', hour === null ? null : hour * HOUR, under(...values));
const under = (...values: string[]): ValueSpans | undefined =>
  values.length > 0 ? maskedSpansOf(values, ['user']) : undefined;

describe('hours in the state', () => {
  it.each([
    [
      'over commits',
      [5, 6, 6],
      [
        [5, 1],
        [6, 2],
      ],
    ],
    [
      'out of order',
      [6, 5, 6, 4],
      [
        [4, 1],
        [5, 1],
        [6, 2],
      ],
    ],
    [
      'with lines without a time',
      [null, 5, 6],
      [
        [5, 1],
        [6, 1],
      ],
    ],
    ['with lines without a time, last', [5, null], [[5, 1]]],
  ] as const)('%s', (_, hours, expected) => {
    const store = memoryStore();
    commit(store, ...hours.map((hour) => line(hour)));
    expect(rowsOf(store)[0]?.detail?.hours).toEqual(expected);
  });

  it('of one hour are told by the row', () => {
    const store = memoryStore();
    commit(store, line(5), line(5));
    expect(rowsOf(store)).toEqual([{ host: 'h', message: 'm', count: 2, first: 5 * HOUR, last: 5 * HOUR }]);
  });

  it('of an escalation are not known', () => {
    const store = memoryStore();
    const hit = (count: number, hour: number) => (tally: Tally) =>
      tally.count('q', 'h', 'm', count, 'set', hour * HOUR);
    commit(store, hit(10, 5), hit(20, 6));
    expect(rowsOf(store)).toMatchObject([{ count: 20, detail: { hours: [], masked: [] } }]);
  });
});

describe('values in the state', () => {
  it('add up over commits, exactly while they are few', () => {
    const store = memoryStore();
    commit(store, line(5, 'root', '1'), line(5, 'root', '2'), line(6, 'admin', '3'));
    expect(rowsOf(store)[0]?.detail?.masked).toEqual([
      {
        name: 'user',
        distinct: 2,
        about: false,
        atLeast: false,
        first: 'root',
        top: [
          { value: 'root', count: 2 },
          { value: 'admin', count: 1 },
        ],
      },
      expect.objectContaining({ name: null, distinct: 3 }),
    ]);
  });

  it('are about right when they are many over many commits', () => {
    const store = memoryStore();
    const commits = Array.from({ length: 20 }, (_, i) => (tally: Tally) => {
      for (let n = 0; n < 200; n++) line(5, `v${i * 200 + n}`)(tally);
      for (let n = 0; n < 50; n++) line(5, 'often')(tally);
    });
    commit(store, ...commits);
    const [{ count, detail } = { count: 0 }] = rowsOf(store);
    const [values] = detail?.masked ?? [];
    expect(count).toBe(5000);
    expect(values?.about).toBe(true);
    expect(Math.abs((values?.distinct ?? 0) / 4001 - 1)).toBeLessThan(0.1);
    expect(values?.top[0]).toEqual({ value: 'often', count: expect.closeTo(1000, -2) });
  });

  it('stay when lines without any are counted on top', () => {
    const store = memoryStore();
    commit(store, line(5, 'root'), line(5));
    expect(rowsOf(store)).toMatchObject([{ count: 2, detail: { masked: [{ distinct: 1, atLeast: true }] } }]);
  });

  it('of 5,000 messages of an edition are kept, of each wholly or not at all; the next one begins anew', () => {
    const store = memoryStore();
    const fill =
      (from: number, to: number) =>
      (tally: Tally): void => {
        for (let i = from; i < to; i++) tally.count('q', 'h', `m${i}`, 1, 'add', HOUR, under('x'));
      };
    commit(store, fill(0, 3000), fill(2500, 6000), fill(4990, 5010));
    const rows = rowsOf(store);
    const kept = rows.filter(({ detail }) => detail?.masked.length);
    expect([rows.length, kept.length]).toEqual([6000, 5000]);
    expect(rows.filter(({ detail }) => detail?.noRoom)).toHaveLength(1000);
    for (const { count, detail } of kept) expect(detail?.masked[0]?.top).toEqual([{ value: 'x', count }]);
    store.seal(store.closedEditions()[0]?.id ?? 0, null);
    commit(store, line(5, 'root'));
    expect(rowsOf(store)[0]?.detail?.masked).toHaveLength(1);
  });
});
