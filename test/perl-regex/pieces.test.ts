import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  compile,
  type Pattern,
  patternBeginnings,
  patternPieces,
  takesAllOf,
} from '../../src/perl-regex/perl-regex.js';
import { randomRegex } from './random-regex.js';

const r = String.raw;

function patternOf(source: string): Pattern {
  const compiled = compile(source);
  if (!compiled.ok) throw new Error(`${source}: ${compiled.seen}`);
  return compiled.pattern;
}

const takes = (wide: string, narrow: string): boolean =>
  takesAllOf(patternPieces(patternOf(wide)), patternPieces(patternOf(narrow)));

describe('one regex takes all that another one takes', () => {
  it.each([
    ['^sshd', '^sshd: Failed'],
    ['^sshd: Failed', '^sshd: Failed'],
    ['Failed', '^sshd: Failed'],
    ['^sshd: (.+)', '^sshd: (?:.+)'],
    ['^sshd: .*', '^sshd: '],
    ['.*Failed', 'Failed'],
    [r`^sshd\[\d+`, r`^sshd\[\d+\]: x`],
    [r`^a [0-9]+ b`, r`^a (?<n>\d+) b`],
    ['^(?:a|b) x', '^(b|a) x y'],
    ['^a|^b', '^b c'],
    ['a|b', 'xa|yb'],
    ['^a(?:bc)+', '^a(?:bc)+ x'],
    ['(?i)error', '(?i)an error'],
    ['.*', '^x'],
  ])('%s takes all of %s', (wide, narrow) => {
    expect(takes(wide, narrow)).toBe(true);
  });

  it.each([
    ['^sshd: Failed', '^sshd'],
    ['^sshd', 'sshd'],
    ['^sshd$', '^sshd: x'],
    ['^a|^b', '^c'],
    ['a|b', 'xa|y'],
    ['(?>a*)ab', 'ab'],
    ['error', '(?i)error'],
    [r`(a)\1`, r`(a)\1`],
    ['ac', 'a%c'],
    ['^a{2}', '^ab'],
  ])('nothing is said of %s and %s', (wide, narrow) => {
    expect(takes(wide, narrow)).toBe(false);
  });

  it('of random regexes, what is said is true', () => {
    const regex = randomRegex({
      ...{ captures: true, atomic: true, looks: true, backreferences: false, choicesInLoops: true },
    });
    const line = fc.string({ unit: fc.constantFrom('a', 'b', 'c'), maxLength: 7 });
    let said = 0;
    fc.assert(
      fc.property(regex, regex, regex, fc.array(line, { maxLength: 12 }), (wide, before, behind, lines) => {
        const narrow = `${before}${wide}${behind}`;
        for (const [one, other] of [
          [wide, narrow],
          [narrow, wide],
          [before, `(?:${before}){1,3}?`],
          [before, behind],
        ] as const) {
          if (!takes(one, other)) continue;
          said += 1;
          const [by, of] = [patternOf(one), patternOf(other)];
          for (const text of lines)
            if (of.test(text)) expect([one, other, text, by.test(text)]).toContain(true);
        }
      }),
      { numRuns: 2000 },
    );
    expect(said).toBeGreaterThan(1000);
  });
});

it.each([
  ['^sshd: ', 1],
  ['^(?:sshd|cron)', 2],
  ['^[abc]', 3],
  ['sshd', Number.POSITIVE_INFINITY],
  ['^.*x', 0x10ffff],
  ['^a?', Number.POSITIVE_INFINITY],
])('a text that %s matches begins with one of %d characters', (regex, characters) => {
  expect(patternBeginnings(patternOf(regex))).toBe(characters);
});
