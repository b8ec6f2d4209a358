import { describe, expect, it } from 'vitest';
import { HOUR } from '../../src/base/time/duration.js';
import { axisOf, hoursBar } from '../../src/letter/render/hours-bar.js';

const noon = Date.UTC(2026, 10, 20, 12);
/** Of a letter that ends just before the hour. */
const axis = (hours: number) => axisOf({ from: noon, to: noon + hours * HOUR - 1 });
const bar = (length: number, ...hours: readonly (readonly [number, number])[]): string => {
  const found = axis(length);
  if (!found) throw new Error('no axis');
  return hoursBar(
    hours.map(([hour, lines]) => [noon / HOUR + hour, lines]),
    found,
  );
};

describe('a column of a letter', () => {
  it.each([
    ['a day', 24, 1, 24],
    ['32 hours', 32, 1, 32],
    ['two days', 48, 2, 24],
    ['a week', 168, 6, 28],
    ['a month', 31 * 24, 24, 31],
    ['a month and a moment', 31 * 24 + 1, 24, 32],
    ['a quarter', 90 * 24, 168, 13],
    ['ten years', 87_600, 17 * 168, 31],
    ['three hours', 3, 1, 3],
  ])('of %s', (_name, hours, step, columns) => {
    expect(axis(hours)).toEqual({ from: noon / HOUR, step, columns });
  });

  it('is none where the letter is too short', () => {
    expect(axis(2)).toBeNull();
    expect(axis(1)).toBeNull();
  });

  it('has room for a line of its last moment', () => {
    expect(axisOf({ from: noon, to: noon + 3 * HOUR })).toMatchObject({ columns: 4 });
  });

  it('begins with a whole hour', () => {
    expect(axisOf({ from: noon + 1, to: noon + 3 * HOUR + 1 })).toEqual({
      from: noon / HOUR,
      step: 1,
      columns: 4,
    });
  });
});

describe('a bar', () => {
  it.each<[string, string, string]>([
    ['rises with the lines', bar(4, [0, 1], [1, 2], [2, 7], [3, 8]), '▁▂▇█'],
    ['tells none from few', bar(4, [0, 1], [3, 1000]), '▁..█'],
    ['adds up what is in one column', bar(48, [0, 4], [1, 4], [10, 4]), `█....▄${'.'.repeat(18)}`],
    ['is left out for few lines', bar(24, [0, 4], [1, 5]), ''],
    ['is left out where all is in one column', bar(24, [3, 5000]), ''],
    ['is left out where nothing is known', bar(24), ''],
    ['passes over what is outside', bar(4, [-5, 100], [0, 5], [1, 5], [9, 100]), '██..'],
  ])('%s', (_name, drawn, expected) => {
    expect(drawn).toBe(expected);
  });
});
