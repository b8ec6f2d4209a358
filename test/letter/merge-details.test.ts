import { describe, expect, it } from 'vitest';
import { itemOf } from '../../src/letter/build/item-of.js';
import type { MaskedValues } from '../../src/values/detail.js';

/** What a host has under the one mask of a message; null: nothing that is known. */
type Had = Partial<MaskedValues> | null;

const of = (...values: string[]): MaskedValues['top'] => values.map((value) => ({ value, count: 2 }));

function together(...had: readonly Had[]): MaskedValues | undefined {
  const rows = had.map((values, at) => {
    const row = { host: `h${at}`, message: 'm ___', count: 4, first: 0, last: 0 };
    const masked = { name: null, distinct: values?.top?.length ?? 0, about: false, atLeast: false, top: [] };
    return values ? { ...row, detail: { hours: [], masked: [{ ...masked, ...values }] } } : row;
  });
  return itemOf(rows).detail?.masked[0];
}

describe('values of several hosts', () => {
  it.each<[string, Had[], Partial<MaskedValues>]>([
    [
      'all known',
      [{ top: of('a', 'b') }, { top: of('b', 'c') }],
      { distinct: 3, about: false, atLeast: false },
    ],
    ['of one nothing is known', [{ top: of('a') }, null], { distinct: 1, about: false, atLeast: true }],
    [
      'of one not all is known',
      [{ top: of('a') }, { top: of('a'), atLeast: true }],
      { distinct: 1, about: false, atLeast: true },
    ],
    [
      'many each: nobody knows how many are the same',
      [
        { top: of('a'), distinct: 900, about: true },
        { top: of('b'), distinct: 800, about: true },
      ],
      { distinct: 900, about: true, atLeast: true },
    ],
  ])('%s', (_, had, expected) => {
    expect(together(...had)).toMatchObject(expected);
  });

  it('counts add up, most frequent first', () => {
    expect(together({ top: of('a', 'b') }, { top: of('b') })?.top).toEqual([
      { value: 'b', count: 4 },
      { value: 'a', count: 2 },
    ]);
  });

  it('more than fifty in all are still counted exactly', () => {
    const many = (from: number): string[] => Array.from({ length: 40 }, (_, i) => `v${from + i}`);
    const merged = together({ top: of(...many(0)) }, { top: of(...many(20)) });
    expect(merged).toMatchObject({ distinct: 60, about: false, atLeast: false });
    expect(merged?.top).toHaveLength(50);
  });
});
