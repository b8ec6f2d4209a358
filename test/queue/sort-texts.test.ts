import { describe, expect, it } from 'vitest';
import { sortTexts } from '../../src/queue/sort-texts.js';
import { createRandom } from '../support/random.js';

describe('texts in the order of their units', () => {
  it.each([1, 2, 3, 4])('are those that the plain sort gives (seed %i)', (seed) => {
    const random = createRandom(seed);
    const texts = Array.from({ length: 3000 }, () =>
      Array.from({ length: random.below(9) }, () =>
        random.pick(['a', 'b', 'ab', '\ud83d', '\ufffd', '\0', 'x'.repeat(20)]),
      ).join(''),
    );
    const items = Int32Array.from(texts.keys());
    sortTexts(items, (item, depth) =>
      depth < (texts[item] as string).length ? (texts[item] as string).charCodeAt(depth) : -1,
    );
    expect([...items].map((item) => texts[item])).toEqual(
      texts.toSorted((a, b) => (a < b ? -1 : a > b ? 1 : 0)),
    );
  });

  it('may be long and alike for most of their length', () => {
    const texts = ['b', 'a', 'c', 'a', ''].map((end) => 'x'.repeat(300_000) + end);
    const many = Array.from({ length: 60 }, (_, at) => texts[at % texts.length] as string);
    const items = Int32Array.from(many.keys());
    sortTexts(items, (item, depth) =>
      depth < (many[item] as string).length ? (many[item] as string).charCodeAt(depth) : -1,
    );
    expect([...items].map((item) => many[item]?.at(-1)).join('')).toBe(
      'x'.repeat(12) + 'a'.repeat(24) + 'b'.repeat(12) + 'c'.repeat(12),
    );
  });
});
