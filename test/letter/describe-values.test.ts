import { describe, expect, it } from 'vitest';
import { describeValues } from '../../src/letter/words/describe-values.js';
import { wordsOf } from '../../src/letter/words/words-of.js';
import type { MaskedValues } from '../../src/values/detail.js';

type Given = Partial<MaskedValues> & { readonly of: readonly (readonly [string, number])[] };

function masked({ of, ...rest }: Given): MaskedValues {
  const top = of.map(([value, count]) => ({ value, count }));
  return { name: null, distinct: top.length, about: false, atLeast: false, top, ...rest };
}

describe('the values of a mask', () => {
  it.each<[string, Given, string, string]>([
    [
      'a named group',
      {
        name: 'user',
        distinct: 40,
        of: [
          ['root', 311],
          ['admin', 204],
          ['pi', 3],
        ],
      },
      '40 users (root 311, admin 204, ...)',
      'user 40種類 (root 311、admin 204、…)',
    ],
    [
      'addresses of both kinds',
      {
        of: [
          ['192.0.2.1', 3],
          ['2001:db8::1', 1],
        ],
      },
      '2 addresses (192.0.2.1 3, 2001:db8::1 1)',
      'アドレス2種類 (192.0.2.1 3、2001:db8::1 1)',
    ],
    [
      'numbers',
      {
        of: [
          ['22', 2],
          ['443', 1],
        ],
      },
      '2 numbers (22 2, 443 1)',
      '数値2種類 (22 2、443 1)',
    ],
    [
      'other values',
      {
        of: [
          ['a', 2],
          ['443', 1],
        ],
      },
      '2 values (a 2, 443 1)',
      '値2種類 (a 2、443 1)',
    ],
    ['one value alone, without its count', { of: [['sda', 9]] }, '1 value (sda)', '値1種類 (sda)'],
    ['one address', { of: [['::1', 9]] }, '1 address (::1)', 'アドレス1種類 (::1)'],
    [
      'values that are all different',
      {
        of: [
          ['1', 1],
          ['2', 1],
          ['3', 1],
        ],
      },
      '3 numbers',
      '数値3種類',
    ],
    [
      'a guess, in two figures',
      {
        name: 'hosts',
        distinct: 4123,
        about: true,
        of: [
          ['a', 9],
          ['b', 8],
        ],
      },
      'about 4,100 hosts (at least: a 9, b 8, ...)',
      'hosts 約4,100種類 (少なくとも: a 9、b 8、…)',
    ],
    [
      'a guess of many, none often',
      { distinct: 99_712, about: true, of: [['5', 1]] },
      'about 100,000 numbers',
      '数値約100,000種類',
    ],
    [
      'what was not kept of all lines',
      {
        name: 'user',
        atLeast: true,
        of: [
          ['root', 4],
          ['pi', 1],
        ],
      },
      'at least 2 users (at least: root 4, pi 1)',
      'user 少なくとも2種類 (少なくとも: root 4、pi 1)',
    ],
    [
      'one value of some lines',
      { atLeast: true, of: [['sda', 9]] },
      'at least 1 value (sda)',
      '値少なくとも1種類 (sda)',
    ],
    [
      'many on many hosts, which may be the same',
      { distinct: 1234, about: true, atLeast: true, of: [['5', 1]] },
      'at least about 1,200 numbers',
      '数値少なくとも約1,200種類',
    ],
    [
      'nothing',
      {
        of: [
          ['', 4],
          ['  ', 3],
        ],
      },
      '2 values ((nothing) 4, (nothing) 3)',
      '値2種類 ((空) 4、(空) 3)',
    ],
    ['not even a value', { of: [] }, '0 values', '値0種類'],
    [
      'what would act',
      {
        name: '\x1b[2J',
        of: [
          ['\u202etxt', 2],
          ['a\r\nBcc: x', 1],
        ],
      },
      '2 \\x1b[2Js (\\u202etxt 2, a\\x0d\\x0aBcc: x 1)',
      '\\x1b[2J 2種類 (\\u202etxt 2、a\\x0d\\x0aBcc: x 1)',
    ],
    [
      'a long value',
      {
        of: [
          ['x'.repeat(200), 2],
          ['y', 1],
        ],
      },
      `2 values (${'x'.repeat(39)}… 2, y 1)`,
      `値2種類 (${'x'.repeat(39)}… 2、y 1)`,
    ],
  ])('%s', (_name, given, english, japanese) => {
    expect(describeValues(masked(given), 2, wordsOf('en'))).toBe(english);
    expect(describeValues(masked(given), 2, wordsOf('ja'))).toBe(japanese);
  });

  it.each([
    ['user', 'users'],
    ['users', 'users'],
    ['address', 'addresses'],
    ['query', 'queries'],
    ['key', 'keys'],
    ['match', 'matches'],
  ])('%s becomes %s', (name, many) => {
    expect(
      describeValues(
        masked({
          name,
          of: [
            ['a', 1],
            ['b', 1],
          ],
        }),
        2,
        wordsOf('en'),
      ),
    ).toBe(`2 ${many}`);
  });
});
