import { describe, expect, it } from 'vitest';
import { LONGEST_VALUE, MOST_VALUES, ValueCounts } from '../../src/detail/value-counts.js';

const numbers = (count: number, from = 0): string[] =>
  Array.from({ length: count }, (_, i) => `v${from + i}`);

function counted(...values: readonly string[]): ValueCounts {
  const counts = new ValueCounts();
  for (const value of values) counts.add(value);
  return counts;
}

/** Through the state and back. */
const kept = (counts: ValueCounts): ValueCounts =>
  new ValueCounts(JSON.parse(JSON.stringify(counts.stored())) as ReturnType<ValueCounts['stored']>);

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
    [MOST_VALUES, false],
    [MOST_VALUES + 1, true],
  ])('%i: about is %s', (different, about) => {
    const { distinct, ...summary } = counted(...numbers(different), ...numbers(different)).summary();
    expect(summary.about).toBe(about);
    expect(Math.abs(distinct - different)).toBeLessThanOrEqual(about ? 5 : 0);
    expect(summary.top.map(({ count }) => count)).toEqual(Array(MOST_VALUES).fill(2));
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
    const counts = new ValueCounts();
    for (let i = 0; i < 50_000; i++) {
      const value = `w${Math.floor(Math.abs(Math.sin(i)) ** 3 * 3000)}`;
      truth.set(value, (truth.get(value) ?? 0) + 1);
      counts.add(value);
    }
    for (const { value, count } of counts.summary().top)
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
    expect(cut?.value).toBe('x'.repeat(LONGEST_VALUE));
    const [whole] = counted(`${'x'.repeat(LONGEST_VALUE - 1)}😀`).summary().top;
    expect(whole?.value).toBe('x'.repeat(LONGEST_VALUE - 1));
  });

  it('a hundred values or so are held at most, and fifty are kept', () => {
    const counts = new ValueCounts();
    let most = 0;
    for (const value of stream(20_000)) {
      counts.add(value);
      most = Math.max(most, counts.held);
    }
    expect(most).toBeLessThanOrEqual(129);
    expect(counts.summary().top).toHaveLength(MOST_VALUES);
    expect(JSON.stringify(counts.stored()).length).toBeLessThan(3000);
  });
});
