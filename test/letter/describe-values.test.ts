import { describe, expect, it } from 'vitest';
import { describeMasks, describeValues } from '../../src/letter/words/describe-values.js';
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
      '40 users (root 311, admin 204, 38 more)',
      'user 40種類 (root 311、admin 204、ほか38種類)',
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
      'about 4,100 hosts (a 9, b 8, ...)',
      'hosts 約4,100種類 (a 9、b 8、…)',
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
      'at least 2 users (root 4, pi 1)',
      'user 少なくとも2種類 (root 4、pi 1)',
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
      'about 1,200 numbers',
      '数値約1,200種類',
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
        0,
        wordsOf('en'),
      ),
    ).toBe(`2 ${many}`);
  });
});

describe('what the masks of a message hid is one short line', () => {
  const USERS: Given = {
    name: 'user',
    distinct: 40,
    of: [
      ['root', 311],
      ['admin', 204],
      ['oracle', 97],
    ],
  };
  const ADDRESSES: Given = {
    distinct: 9,
    of: [
      ['192.0.2.14', 673],
      ['198.51.100.7', 240],
      ['2001:db8::17', 101],
    ],
  };
  const one = (of: Given, before = ''): Given & { readonly before: string } => ({ ...of, before });
  const each = (...values: string[]): Given => ({ of: values.map((value) => [value, 2]) });

  it.each<[string, readonly (Given & { readonly before?: string })[], string]>([
    ['three values and the rest as a number', [USERS], '40 users (root 311, admin 204, oracle 97, 37 more)'],
    [
      'fewer values where there are more masks',
      [USERS, ADDRESSES],
      '40 users (root 311, 39 more), 9 addresses (192.0.2.14 673, 8 more)',
    ],
    [
      'that it is a guess is said once',
      [
        { ...USERS, about: true },
        { ...ADDRESSES, atLeast: true },
      ],
      'about 40 users (root 311, ...), 9 addresses (192.0.2.14 673, ...)',
    ],
    ['the same twice is told once', [USERS, USERS], '40 users (root 311, admin 204, oracle 97, 37 more)'],
    ['numbers are not told', [each('503', '12')], ''],
    ['nor ports', [{ ...USERS, name: 'port' }, one(each('http', 'ssh'), 'to port ')], ''],
    ['nor processes', [{ ...USERS, name: 'pid' }, one(each('x1', 'x2'), ' pid=')], ''],
    ['nor ids', [each('4WLC9H0DLB', '4WL37JK3BD'), each('0x7ffd01', 'deadbeef01')], ''],
    ['nor times', [each('12:30:01', '12:31:02'), each('2026-11-20 12:30'), each('81300.11', '81301.5')], ''],
    ['nor sizes', [each('12 MB', '13 MB'), each('0.3s', '12ms')], ''],
    ['nor empty ones', [each('', ' ')], ''],
    ['nor many that are all different', [{ distinct: 660, of: [['a', 1]] }], ''],
    ['but names of many', [{ name: 'user', distinct: 660, of: [['a', 1]] }], '660 users'],
    [
      'and few that are all different',
      [
        {
          of: [
            ['ann', 1],
            ['bob', 1],
          ],
        },
      ],
      '2 values (ann, bob)',
    ],
  ])('%s', (_name, given, expected) => {
    const masks = given.map((of) => ({
      before: '',
      ...masked(of),
      ...('before' in of ? { before: of.before ?? '' } : {}),
    }));
    expect(describeMasks(masks, wordsOf('en')).join(', ')).toBe(expected);
  });
});
