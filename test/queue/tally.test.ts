import { spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { ComposedText } from '../../src/base/text/composed-text.js';
import { HOUR } from '../../src/base/time/duration.js';
import { ArenaTally } from '../../src/queue/arena-tally.js';
import type { Tally } from '../../src/queue/tally.js';
import { MAX_HOURS } from '../../src/values/hours.js';
import { detailOf, NO_ROW_STATS } from '../../src/values/row-stats.js';
import type { ValueSpans } from '../../src/values/value-table.js';
import { bundle } from '../support/bundle.js';
import { maskedSpansOf } from '../support/masked-spans.js';
import { createRandom } from '../support/random.js';
import { PlainTally } from './plain-tally.js';

const masked = (...values: string[]): ValueSpans => maskedSpansOf(values);

/** What the only message has beside its count. */
function detail(tally: Tally) {
  const [row] = tally.changes();
  if (!row) throw new Error('nothing counted');
  return detailOf({ ...(row.stats ?? NO_ROW_STATS), ...row });
}

/** Counts lines at these hours, `[hour, lines]`; null: lines without a time. */
function at(...lines: readonly (readonly [hour: number | null, lines: number])[]): Tally {
  const tally = new ArenaTally();
  for (const [hour, count] of lines)
    tally.count('q', 'h', 'm', count, 'add', hour === null ? null : hour * HOUR + 7);
  return tally;
}

describe('hours', () => {
  it.each([
    [
      'one',
      [
        [5, 1],
        [5, 2],
      ],
      [[5, 3]],
    ],
    [
      'rising',
      [
        [5, 1],
        [6, 2],
        [9, 1],
      ],
      [
        [5, 1],
        [6, 2],
        [9, 1],
      ],
    ],
    [
      'there and back',
      [
        [6, 1],
        [5, 1],
        [6, 1],
        [4, 1],
      ],
      [
        [4, 1],
        [5, 1],
        [6, 2],
      ],
    ],
    ['none', [[null, 3]], []],
    [
      'of some lines',
      [
        [null, 3],
        [5, 1],
      ],
      [[5, 1]],
    ],
    [
      'of some lines, times first',
      [
        [5, 1],
        [null, 3],
      ],
      [[5, 1]],
    ],
  ] as const)('%s', (_, lines, hours) => {
    expect(detail(at(...lines)).hours).toEqual(hours);
    expect(detail(at(...lines)).hours).toEqual(hours);
  });

  it('asked twice, and counted on in between, they stay right', () => {
    const tally = at([5, 1], [6, 1]);
    Array.from(tally.changes());
    tally.count('q', 'h', 'm', 1, 'add', 6 * HOUR);
    expect(detail(tally).hours).toEqual([
      [5, 1],
      [6, 2],
    ]);
  });

  it('are left to the row where it says all', () => {
    expect([...at([5, 1], [5, 2]).changes()][0]).not.toHaveProperty('stats');
  });

  it('the latest are kept of very many', () => {
    const { hours } = detail(at(...Array.from({ length: MAX_HOURS + 9 }, (_, i) => [i, 1] as const)));
    expect([hours.length, hours[0]]).toEqual([MAX_HOURS, [9, 1]]);
  });

  it('of an escalation are not known, since its count is of other lines, too', () => {
    const tally = new ArenaTally();
    tally.count('q', 'h', 'm', 10, 'set', 5 * HOUR, masked('x'));
    expect(detail(tally)).toEqual({ hours: [], masked: [] });
  });
});

describe('values', () => {
  it('are counted mask by mask, under the names of their groups', () => {
    const tally = new ArenaTally();
    tally.count('q', 'h', 'm', 1, 'add', null, maskedSpansOf(['root', '1'], ['user', null]));
    tally.count('q', 'h', 'm', 1, 'add', null, maskedSpansOf(['root', '2'], ['user', null]));
    tally.count('q', 'h', 'm', 5, 'add', null);
    expect(detail(tally).masked).toMatchObject([
      { name: 'user', distinct: 1, top: [{ value: 'root', count: 2 }] },
      { name: null, distinct: 2 },
    ]);
  });

  it('of so many messages are kept and of no more; the counts are the same', () => {
    const tally = new ArenaTally();
    for (let i = 0; i < 7501; i++) tally.count('q', 'h', `m${i}`, 1, 'add', null, masked('x'));
    const dropped = [...tally.changes()].filter(({ stats }) => stats?.masked === 'no-room');
    expect(dropped.map(({ message }) => message)).toEqual(['m7500']);
    expect(tally.size).toBe(7501);
  });

  it('and their rows come in the order of the state, whenever they were counted', () => {
    const tally = new ArenaTally();
    for (const key of ['b 1 y', 'a 2 x', 'b 1 x', 'a 10 z', 'a 10 Z'])
      tally.count(...(key.split(' ') as [string, string, string]), 1, 'add', null);
    const order = [...tally.changes()].map(({ queue, host, message }) => `${queue} ${host} ${message}`);
    expect(order).toEqual(['a 10 Z', 'a 10 z', 'a 2 x', 'b 1 x', 'b 1 y']);
  });

  it('count for how much is held, so that it is committed in time', () => {
    const tally = new ArenaTally();
    const length = (value: string): number => {
      tally.count('q', 'h', 'm', 1, 'add', null, masked(value));
      return tally.length;
    };
    const first = length('x'.repeat(100));
    expect(first).toBeGreaterThan(100);
    expect(length('x'.repeat(100))).toBe(first);
    expect(length('y'.repeat(100))).toBeGreaterThan(first + 100);
    tally.clear();
    expect(tally.length).toBe(0);
  });
});

describe('messages in an arena', () => {
  const PARTS = [
    '',
    'a',
    'ab',
    'disk ',
    '7',
    'ü',
    '\u00ff',
    '\u0100',
    '便り',
    '\ud83d',
    '\ude00',
    '\0',
    '\ufffd',
    'x'.repeat(300),
  ];

  it.each([1, 2, 3, 4, 5, 6])('are counted as an object for each would count them (seed %i)', (seed) => {
    const random = createRandom(seed);
    const plain = new PlainTally();
    const tally = new ArenaTally();
    for (let turn = 0; turn < 3; turn++) {
      for (let line = 0; line < 1000; line++) {
        const message = Array.from({ length: random.below(4) }, () =>
          random.pick(PARTS as [string, ...string[]]),
        ).join('');
        const where = [random.pick(['q', 'r']), random.pick(['h', 'host', ''])] as const;
        const time = random.chance(0.2) ? null : random.below(4) * HOUR + random.below(1000);
        const one = [
          ...where,
          message,
          1 + random.below(3),
          random.chance(0.1) ? 'set' : 'add',
          time,
        ] as const;
        plain.count(...one);
        if (random.chance(0.5)) tally.count(...one);
        else {
          const inPlace = new ComposedText().view(unitsOf(`<${message}>`), 1, 1 + message.length);
          tally.count(one[0], one[1], inPlace, one[3], one[4], one[5]);
        }
      }
      expect([...tally.changes()]).toEqual(plain.changes());
      plain.clear();
      tally.clear();
      expect([...tally.changes(), tally.size, tally.length]).toEqual([0, 0]);
    }
  });

  it('are as many as come, and the room for them is given back when few come', () => {
    const tally = new ArenaTally();
    for (let i = 0; i < 20_000; i++) tally.count('q', 'h', `message ${i}`, 1, 'add', i);
    const counted = [...tally.changes()];
    expect([counted.length, new Set(counted.map(({ message }) => message)).size]).toEqual([20_000, 20_000]);
    expect(counted.every(({ message, first }) => message === `message ${first}`)).toBe(true);
    for (let turn = 0; turn < 2; turn++) {
      tally.clear();
      tally.count('q', 'h', 'one', 1, 'add', 5);
      expect([...tally.changes()]).toMatchObject([{ message: 'one', count: 1, first: 5 }]);
    }
  });
});

function unitsOf(text: string): Uint16Array {
  return Uint16Array.from({ length: text.length }, (_, at) => text.charCodeAt(at));
}

describe('hashes', () => {
  it('are of other seeds in each process, so that nobody can choose messages whose hashes are alike', async () => {
    const script = `${await bundle({ ComposedText: 'base/text/composed-text.ts' })}
      console.log(new ComposedText().set('disk sda failed').hash);`;
    const hashOf = (): string =>
      spawnSync(process.execPath, ['--input-type=module'], { input: script, encoding: 'utf8' }).stdout;
    const hashes = new Set([hashOf(), hashOf(), hashOf()]);
    expect(hashes.size).toBe(3);
    expect(hashes).not.toContain('');
  });

  it('are the same for a text in place and for one that was put together', () => {
    const random = createRandom(7);
    for (let turn = 0; turn < 2000; turn++) {
      const parts = Array.from({ length: random.below(5) }, () =>
        random.pick(['', 'a', 'bc', 'ü', '便り', ' from 10.0.0.1']),
      );
      const text = parts.join('');
      const composed = new ComposedText().begin();
      for (const part of parts) composed.add(unitsOf(`<${part}>`), 1, 1 + part.length);
      const inPlace = new ComposedText().view(unitsOf(`-${text}-`), 1, 1 + text.length);
      for (const one of [inPlace, new ComposedText().set(text)])
        expect([one.hash, one.isWide, one.text]).toEqual([composed.hash, composed.isWide, composed.text]);
      expect(composed.text).toBe(text);
    }
  });
});
