import { describe, expect, it } from 'vitest';
import { TextBlock } from '../../src/base/text/text-block.js';
import { DistinctCount } from '../../src/values/distinct-count.js';

const block = new TextBlock();

/** So many different texts, each several times. */
function countOf(different: number, times: number): DistinctCount {
  const count = new DistinctCount();
  for (let at = 0; at < different * times; at++) {
    const text = `message ${at % different}`;
    count.add(block.set(text), 0, text.length);
  }
  return count;
}

describe('the count of different texts', () => {
  it.each([0, 1, 500, 512])('is exact for %i', (different) => {
    expect(countOf(different, 3).read()).toEqual({ count: different, about: false });
  });

  it.each([513, 5000, 100_000])(
    'is right within a tenth for %i, and says that it is about so many',
    (different) => {
      const { count, about } = countOf(different, 2).read();
      expect(about).toBe(true);
      expect(Math.abs(count - different)).toBeLessThan(different / 10);
    },
  );

  it('counts a part of a larger text', () => {
    const count = new DistinctCount();
    block.set('ann bob ann');
    for (const from of [0, 4, 8]) count.add(block, from, from + 3);
    expect(count.read().count).toBe(2);
  });
});
