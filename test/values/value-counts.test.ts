import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compare } from '../../src/base/compare.js';
import { MAX_TRACKED_VALUES, MAX_VALUE_LENGTH, ValueCounts } from '../../src/values/space-saving.js';
import { NONE, ValueTable } from '../../src/values/value-table.js';
import { maskedSpansOf } from '../support/masked-spans.js';

const numbers = (count: number, from = 0): string[] =>
  Array.from({ length: count }, (_, i) => `v${from + i}`);

/** What a table that holds nothing else says of these. */
function counted(...values: readonly string[]): ValueCounts {
  const table = new ValueTable();
  const [masked] = table.read(
    values.reduce((first, value) => table.add(first, maskedSpansOf([value])), NONE),
  );
  return masked?.values ?? new ValueCounts();
}

/** Through the state and back. */
const kept = (counts: ValueCounts): ValueCounts =>
  ValueCounts.read(JSON.parse(JSON.stringify(counts.stored())) as ReturnType<ValueCounts['stored']>);

/** `often` is every fourth value among ones that all differ. */
const stream = (count: number): string[] => numbers(count).flatMap((value) => [value, value, value, 'often']);

describe('few values', () => {
  it('are counted exactly, the most frequent first, ties by their text', () => {
    expect(counted('b', 'a', 'c', 'c', '').summary()).toEqual({
      distinct: 4,
      about: false,
      top: [
        { value: 'c', count: 2 },
        { value: '', count: 1 },
        { value: 'a', count: 1 },
        { value: 'b', count: 1 },
      ],
    });
  });

  it.each([
    [MAX_TRACKED_VALUES, false],
    [MAX_TRACKED_VALUES + 1, true],
  ])('%i: about is %s', (different, about) => {
    const { distinct, ...summary } = counted(...numbers(different), ...numbers(different)).summary();
    expect(summary.about).toBe(about);
    expect(Math.abs(distinct - different)).toBeLessThanOrEqual(about ? 5 : 0);
    expect(summary.top.map(({ count }) => count)).toEqual(Array(MAX_TRACKED_VALUES).fill(2));
  });

  it('stay exact when they are merged, as long as they are few together', () => {
    const one = counted(...numbers(30), 'v1');
    one.merge(counted(...numbers(30, 20)));
    expect(one.summary()).toMatchObject({ distinct: 50, about: false });
    expect(one.summary().top.slice(0, 2)).toEqual([
      { value: 'v1', count: 2 },
      { value: 'v20', count: 2 },
    ]);
  });
});

describe('many values', () => {
  it.each([100, 1000, 10_000, 100_000])('%i different ones are told within a tenth', (different) => {
    const { distinct, about } = counted(...numbers(different)).summary();
    expect(about).toBe(true);
    expect(Math.abs(distinct / different - 1)).toBeLessThan(0.1);
  });

  it('the frequent one is found, its count never too high and hardly too low', () => {
    const { top } = counted(...stream(10_000)).summary();
    expect(top[0]?.value).toBe('often');
    expect(top[0]?.count).toBeLessThanOrEqual(10_000);
    expect(top[0]?.count).toBeGreaterThan(9_900);
  });

  it('counts are never too high, whatever comes and goes', () => {
    const truth = new Map<string, number>();
    const values = Array.from(
      { length: 50_000 },
      (_, i) => `w${Math.floor(Math.abs(Math.sin(i)) ** 3 * 3000)}`,
    );
    for (const value of values) truth.set(value, (truth.get(value) ?? 0) + 1);
    for (const { value, count } of counted(...values).summary().top)
      expect(count).toBeLessThanOrEqual(truth.get(value) ?? 0);
  });

  it('merged in either order, and through the state, they say the same', () => {
    const parts = (): [ValueCounts, ValueCounts] => [
      counted(...stream(2000)),
      counted(...numbers(3000, 1000), 'often', 'rare'),
    ];
    const [a, b] = parts();
    const [c, d] = parts();
    a.merge(b);
    const other = kept(d);
    other.merge(kept(c));
    expect(other.summary()).toEqual(a.summary());
    expect(kept(other).summary()).toEqual(a.summary());
    expect(Math.abs(a.summary().distinct / 4002 - 1)).toBeLessThan(0.1);
  });

  it.each(['few', 'many'])('merged with %s in either order, they say the same', (which) => {
    const other = which === 'few' ? ['v7', 'x', 'x'] : stream(500);
    const [a, b] = [counted(...stream(300)), counted(...other)];
    const [c, d] = [counted(...other), counted(...stream(300))];
    a.merge(b);
    c.merge(d);
    expect(c.summary()).toEqual(a.summary());
  });
});

describe('bounds', () => {
  it('a long value is cut, and not within a character', () => {
    const [cut] = counted('x'.repeat(1000)).summary().top;
    expect(cut?.value).toBe('x'.repeat(MAX_VALUE_LENGTH));
    const [whole] = counted(`${'x'.repeat(MAX_VALUE_LENGTH - 1)}😀`).summary().top;
    expect(whole?.value).toBe('x'.repeat(MAX_VALUE_LENGTH - 1));
  });

  it('of many values fifty are kept, and what it took until then is told', () => {
    const table = new ValueTable();
    const values = stream(20_000);
    const first = values.reduce((mask, value) => table.add(mask, maskedSpansOf([value])), NONE);
    expect(table.size).toBeLessThan(600_000);
    const [masked] = table.read(first);
    expect(masked?.values.summary().top).toHaveLength(MAX_TRACKED_VALUES);
    expect(JSON.stringify(masked?.values.stored()).length).toBeLessThan(3000);
    table.clear();
    expect(table.size).toBe(0);
  });
});

describe('a table of many masks', () => {
  const lines = fc.array(
    fc.record({
      message: fc.nat(30),
      values: fc.array(fc.string({ unit: fc.constantFrom('a', 'b', 'ü', '😀'), maxLength: 3 }), {
        maxLength: 3,
      }),
    }),
    { maxLength: 3000, size: 'max' },
  );

  it('says of each what a map for each says, also when it was cleared in between', () => {
    const table = new ValueTable();
    const agrees = (all: readonly { message: number; values: string[] }[]): void => {
      const firsts = new Map<number, number>();
      const truth = new Map<number, Map<string, number>[]>();
      for (const { message, values } of all) {
        firsts.set(message, table.add(firsts.get(message) ?? NONE, maskedSpansOf(values)));
        const maps = truth.get(message) ?? [];
        truth.set(message, maps);
        for (const [at, value] of values.entries()) {
          const map = maps[at] ?? new Map<string, number>();
          maps[at] = map.set(value, (map.get(value) ?? 0) + 1);
        }
      }
      for (const [message, maps] of truth) {
        const read = table.read(firsts.get(message) ?? NONE).map(({ values }) => values.summary());
        const plain = maps.map((map) => ({
          distinct: map.size,
          about: false,
          top: [...map]
            .map(([value, count]) => ({ value, count }))
            .sort((a, b) => b.count - a.count || compare(a.value, b.value)),
        }));
        // Of more than fifty all is about: those are tested above.
        for (const [at, { distinct }] of plain.entries())
          if (distinct <= MAX_TRACKED_VALUES) expect(read[at]).toEqual(plain[at]);
      }
      table.clear();
    };
    fc.assert(fc.property(lines, agrees), { numRuns: 60 });
    // More than it keeps room for: after that it begins anew.
    for (const value of numbers(150_000)) table.add(NONE, maskedSpansOf([value]));
    expect(table.size).toBeGreaterThan(4_000_000);
    table.clear();
    fc.assert(fc.property(lines, agrees), { numRuns: 5 });
  });

  it('a number for each mask, however many there are', () => {
    const table = new ValueTable();
    const firsts = numbers(5000).map((value) =>
      table.add(NONE, maskedSpansOf([value, `${value}!`], ['user', null])),
    );
    for (const [at, first] of firsts.entries())
      expect(table.read(first).map(({ name, values }) => [name, values.stored().v])).toEqual([
        ['user', [`v${at}`, 1, 0]],
        [null, [`v${at}!`, 1, 0]],
      ]);
  });
});
