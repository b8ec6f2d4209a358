import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { alignRight, columnsOf, fill, shorten } from '../../src/letter/render/columns.js';

describe('columns', () => {
  it.each([
    ['abc', 3],
    ['便り', 4],
    ['ﾊﾝｶｸ', 4],
    ['[3回]', 5],
    ['e\u0301', 1],
    ['👍🏽', 2],
    ['', 0],
  ])('%j takes %d', (text, columns) => {
    expect(columnsOf(text)).toBe(columns);
  });

  it.each([
    ['abc', 5, '  abc'],
    ['便り', 5, ' 便り'],
    ['too long', 3, 'too long'],
  ])('%j ends at column %d', (text, columns, expected) => {
    expect(alignRight(text, columns)).toBe(expected);
  });

  it.each([
    ['short', 10, 'short'],
    ['exactly ten', 11, 'exactly ten'],
    ['one too many', 11, 'one too ma…'],
    ['便りが届きました', 7, '便りが…'],
    ['👍🏽👍🏽👍🏽', 5, '👍🏽👍🏽…'],
  ])('%j is shown in %d columns', (text, columns, expected) => {
    expect(shorten(text, columns)).toBe(expected);
  });

  it('what is shortened fits and begins as it did', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'grapheme', maxLength: 60 }),
        fc.integer({ min: 1, max: 40 }),
        (text, columns) => {
          const shown = shorten(text, columns);
          expect(columnsOf(shown)).toBeLessThanOrEqual(columns);
          expect(text.startsWith(shown.replace(/…$/, ''))).toBe(true);
        },
      ),
    );
  });

  it('pieces are put into lines, none of them broken', () => {
    expect(fill(['one', 'two', 'three', 'a longer one than a line', 'x'], '; ', 10)).toEqual([
      'one; two;',
      'three;',
      'a longer one than a line;',
      'x',
    ]);
    expect(fill([], '; ', 10)).toEqual([]);
  });
});
