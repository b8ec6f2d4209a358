import { expect, it } from 'vitest';
import { unmask } from '../../../src/rule/suggest/unmask.js';
import type { MaskedValues } from '../../../src/values/detail.js';

const values = (...top: string[]): MaskedValues => ({
  name: null,
  distinct: top.length,
  about: false,
  atLeast: false,
  ...(top[0] === undefined ? {} : { first: top.at(-1) as string }),
  top: top.map((value) => ({ value, count: 1 })),
});

it.each<[string, string, number, MaskedValues[], [string, number][]]>([
  ['without masks as it is', 'a b', 3, [], [['a b', 3]]],
  [
    'the first line first',
    'a ___ b',
    2,
    [values('7', '8')],
    [
      ['a 8 b', 1],
      ['a 7 b', 1],
    ],
  ],
  [
    'with as many values as the mask with most has, and all counts',
    '___ of ___',
    7,
    [values('1', '2', '3'), values('x')],
    [
      ['3 of x', 2],
      ['1 of x', 2],
      ['2 of x', 3],
    ],
  ],
  ['eight at most', '___', 100, [values(...'abcdefghijk')], [...'kabcdefg'].map((text) => [text, 12])],
  ['none where values are not known', 'a ___', 3, [], []],
  ['none where there is a mask without a value', 'a ___', 3, [values()], []],
  ['none where masks cannot be told from the text', 'a ____', 3, [values('1')], []],
])('lines of a masked message: %s', (_, message, count, masked, expected) => {
  const made = unmask({ message, count, detail: { masked } }, '___');
  expect(made.map(({ text }) => text)).toEqual(expected.map(([text]) => text));
  if (made.length > 0) expect(made.reduce((sum, one) => sum + one.count, 0)).toBe(count);
});
