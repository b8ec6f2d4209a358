import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type FoldSettings, fold, type Storm, type Waiting } from '../../src/queue/fold.js';

const MINUTE = 60_000;
const SETTINGS: FoldSettings = { steps: [2 * MINUTE, 10 * MINUTE, 30 * MINUTE], maxPages: 12 };

/** Hits at minutes, each of a message; looked at every half minute. Returns what went, at which minute. */
function run(
  hits: readonly (readonly [minute: number, message: string])[],
  settings = SETTINGS,
  until = 240,
): string[] {
  const told: string[] = [];
  let storm: Storm | null = null;
  let waiting: [number, string][] = [];
  for (let now = 0; now <= until * MINUTE; now += MINUTE / 2) {
    waiting.push(
      ...hits
        .filter(([minute]) => minute * MINUTE > now - MINUTE / 2 && minute * MINUTE <= now)
        .map(([m, s]): [number, string] => [m, s]),
    );
    const step = fold(storm, summary(waiting), now, settings);
    if (step.kind === 'hold') continue;
    storm = step.storm;
    if (step.kind === 'page') told.push(`${now / MINUTE}: ${waiting.length}`);
    else told.push(`${now / MINUTE}: end of ${step.storm.lines}`);
    waiting = [];
  }
  expect(waiting).toEqual([]);
  return told;
}

function summary(hits: readonly (readonly [number, string])[]): Waiting {
  return {
    lines: hits.length,
    hosts: hits.length > 0 ? ['h'] : [],
    messages: [...new Set(hits.map(([, message]) => message))],
    texts: [...new Set(hits.map(([, message]) => message))],
    moreMessages: false,
    first: null,
    last: null,
  };
}

const every = (step: number, from: number, to: number, message = 'm'): [number, string][] =>
  Array.from({ length: Math.floor((to - from) / step) + 1 }, (_, at) => [from + at * step, message]);

describe('pages that fold', () => {
  it.each<[string, [number, string][], string[]]>([
    ['one hit is one page, and its end', [[1, 'm']], ['1: 1', '3: end of 1']],
    [
      'a storm is told after 2, 10 and 30 minutes',
      every(0.5, 0, 60),
      ['0: 1', '2: 4', '12: 20', '42: 60', '72: 36', '102: end of 121'],
    ],
    [
      'a new message breaks through',
      [...every(0.5, 0, 5), [3.5, 'n']],
      ['0: 1', '2: 4', '3.5: 4', '33.5: 3', '63.5: end of 12'],
    ],
    [
      'what comes after the quiet is a new storm',
      [
        [0, 'm'],
        [5, 'm'],
      ],
      ['0: 1', '2: end of 1', '5: 1', '7: end of 1'],
    ],
  ])('%s', (_, hits, expected) => {
    expect(run(hits)).toEqual(expected);
  });

  it('never more than so many pages an hour, and every hit is told', () => {
    const many = every(0.5, 0, 30).map(([minute], at): [number, string] => [minute, `m${at}`]);
    const told = run(many, { ...SETTINGS, maxPages: 5 });
    expect(told).toEqual(['0: 1', '0.5: 1', '1: 1', '1.5: 1', '2: 1', '60: 56', '90: end of 61']);
  });

  it('every hit is told once, whatever comes', () => {
    const hits = fc.array(fc.tuple(fc.nat(100), fc.constantFrom('a', 'b', 'c')), { maxLength: 60 });
    fc.assert(
      fc.property(hits, fc.integer({ min: 1, max: 6 }), (some, mostPages) => {
        const told = run(some, { ...SETTINGS, maxPages: mostPages }, 400);
        const lines = told.filter((one) => !one.includes('end')).map((one) => Number(one.split(': ')[1]));
        expect(lines.reduce((sum, count) => sum + count, 0)).toBe(some.length);
      }),
    );
  });
});
