import { describe, expect, it } from 'vitest';
import { originalOf, showMessage } from '../../src/letter/build/show-message.js';
import type { MaskedValues } from '../../src/values/detail.js';

function values(...of: string[]): MaskedValues {
  const top = of.map((value) => ({ value, count: 2 }));
  return { name: null, distinct: top.length, about: false, atLeast: false, top };
}

function shown(message: string, masked: readonly MaskedValues[], mask = '___'): string {
  return showMessage({ message, detail: { hours: [], masked } }, mask).message;
}

describe('a mask with one value', () => {
  it.each<[string, string, readonly MaskedValues[], string]>([
    ['shows it in its place', 'disk ___ of ___', [values('sda'), values('a', 'b')], 'disk sda of ___'],
    ['also an empty one', 'mounted___', [values('')], 'mounted'],
    ['at both ends', '___ x ___', [values('a'), values('b')], 'a x b'],
    ['beside another', 'x ______ y', [values('a'), values('b')], 'x ab y'],
    ['not where there may be more', 'x ___', [{ ...values('a'), atLeast: true }], 'x ___'],
    ['not where it is long', 'x ___', [values('a'.repeat(61))], 'x ___'],
    ['not where the message has such a text itself', 'x ___ ___', [values('a')], 'x ___ ___'],
    ['not where it cannot be told from its own text', 'x ____', [values('a')], 'x ____'],
    ['not where nothing is kept', 'x ___', [], 'x ___'],
  ])('%s', (_name, message, masked, expected) => {
    expect(shown(message, masked)).toBe(expected);
  });

  it('an empty mask has no place', () => {
    expect(shown('x ', [values('a')], '')).toBe('x ');
  });

  it('the others are left, with what stands before them', () => {
    const message = {
      message: 'user ___ port ___',
      detail: { hours: [], masked: [values('a'), values('1', '2')] },
    };
    expect(showMessage(message, '___').masks).toEqual([{ ...values('1', '2'), before: ' port ' }]);
  });
});

describe('the first line of a message', () => {
  const first = (...of: string[]): MaskedValues => ({ ...values(...of, 'other'), first: of[0] ?? '' });
  const original = (message: string, masked: readonly MaskedValues[]): string | null =>
    originalOf({ message, detail: { hours: [], masked } }, '___');

  it.each<[string, string, readonly MaskedValues[], string | null]>([
    ['is whole', 'user ___ from ___', [first('ann'), first('h')], 'user ann from h'],
    ['is not told where the message says it', 'user ___', [{ ...values('ann'), first: 'ann' }], null],
    ['nor where it is not known', 'user ___ from ___', [first('ann'), values('a', 'b')], null],
    ['nor where masks cannot be told from text', 'user ___ ___', [first('ann')], null],
    ['nor without masks', 'user ann', [], null],
    ['says that a value is cut', 'x ___ y', [first('a'.repeat(200))], `x ${'a'.repeat(200)}… y`],
    ['is cut when it is long', `${'x'.repeat(600)}___`, [first('a')], `${'x'.repeat(500)}…`],
  ])('%s', (_name, message, masked, expected) => {
    expect(original(message, masked)).toBe(expected);
  });
});
