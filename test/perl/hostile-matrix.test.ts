import { describe, expect, it } from 'vitest';
import { onOneLine, stepsAllowed } from '../../src/perl/allowance.js';
import { PatternOverrun } from '../../src/perl/backtrack.js';
import type { Pattern } from '../../src/perl/pattern.js';
import { translatePerl } from '../../src/perl/translate.js';

const r = String.raw;
const LONG = 250_000;

/** Regexes that take a naive matcher minutes or years on one line or another. */
const regexes = [
  '^(a+)+$',
  '(.*)*x',
  '(a|a)*$',
  '^(a|aa)+$',
  '(a|b|ab)*c',
  r`([a-z]+)*\d$`,
  r`^(\w+\s?)*$`,
  '(x+x+)+y',
  '.*.*.*=.*',
  '(?:a+){1,100}$',
  '((a{0,50}){0,50}){0,50}b',
  r`(a+)+\1b`,
  r`^(.+)\1+$`,
  r`(\w+) .*\1 .*\1 x`,
  '^(?=(a+)+$)',
  '(?<=a.{0,50})b',
  '(?<=a.{0,200})b',
  '(?<!a{1,100})b$',
  '(?:(?=a)a)*b',
  '^(?:(?!x).)*y',
  'foo.*bar.*baz.*qux',
  '(a?){60}a{60}',
  '((a|b)*|(b|c)*)*d',
  '(?i)(A+)+$',
  r`\((?:[^()]++|(?R))*\)`,
  '^(([a-z])+.)+[A-Z]([a-z])+$',
  r`(.+)+@(.+)+\.`,
  'a.{0,1000}b.{0,1000}c',
  'a.{0,30}b.{0,30}c.{0,30}d',
  '(?:.*,){11}P',
  r`(?:(.)(?!\1))+$`,
  '(?=.*a)(?=.*b)(?=.*c)x',
  '(a.*){5}z',
] as const;

const lines: readonly (readonly [name: string, line: string])[] = [
  ['30 a', `${'a'.repeat(30)}!`],
  ['300 a', `${'a'.repeat(300)}!`],
  ['3,000 a', `${'a'.repeat(3_000)}!`],
  ['a line of a', 'a'.repeat(LONG)],
  ['a line of ab', `${'ab'.repeat(LONG / 2)}!`],
  ['500 ab', 'ab'.repeat(500)],
  ['200 words', `${'word '.repeat(200)}!`],
  ['a line of words', 'word '.repeat(LONG / 5)],
  ['digits and points', `${'1.'.repeat(2_000)}!`],
  ['200 x', 'x'.repeat(200)],
  ['parentheses', `${'('.repeat(1_000)}${')'.repeat(1_000)}`],
  ['a line of open parentheses', '('.repeat(LONG)],
  ['commas', 'a,'.repeat(2_000)],
  ['foo bar baz', 'foo bar baz '.repeat(LONG / 12)],
  ['kana', `${'日本'.repeat(20_000)}!`],
  ['emoji', '\u{1f600}'.repeat(20_000)],
  ['a, then b, then c', `${'a'.repeat(60)}${'b'.repeat(60)}${'c'.repeat(60)}`],
  ['addresses', 'a@b.'.repeat(1_000)],
  ['addresses behind all other letters', `cxyzP${'a@b.'.repeat(1_000)}`],
  ['300 abc', 'abc'.repeat(300)],
  ['90 =.', '=.'.repeat(90)],
];

/**
 * CPU time (ms) that no match may need, the best of three. Ten times what is meant, for slow and busy machines; where
 * the bounds fail, it is minutes.
 */
const FAR_TOO_LONG = 500;

function patternOf(regex: string): Pattern {
  const translation = translatePerl(regex);
  if (!translation.ok) throw new Error(translation.seen);
  return translation.pattern;
}

/** Whether the work was given up. */
function isGivenUp(work: () => unknown): boolean {
  try {
    work();
    return false;
  } catch (error) {
    if (error instanceof PatternOverrun) return true;
    throw error;
  }
}

function cpuTime(work: () => unknown): number {
  const before = process.cpuUsage();
  isGivenUp(work);
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}

function bestOfThree(work: () => unknown): number {
  let best = cpuTime(work);
  for (let again = 0; again < 2 && best > FAR_TOO_LONG; again++) best = Math.min(best, cpuTime(work));
  return best;
}

describe('hostile regexes on hostile lines', () => {
  it.each(regexes)('%s holds no line up', (regex) => {
    const pattern = patternOf(regex);
    const slow = lines
      .map(([name, line]) => ({ name, took: bestOfThree(() => pattern.mask(line, '___')) }))
      .filter(({ took }) => took > FAR_TOO_LONG);
    expect(slow).toEqual([]);
  });
});

describe('rules on one line', () => {
  const bad = '((a{0,5}){0,5}){0,5}[cd]';
  const line = 'a'.repeat(40);

  it('share the steps of one match: a hundred bad ones cost little more than one', () => {
    const whole = stepsAllowed();
    const spent = onOneLine(() => {
      let steps = 0;
      for (let rule = 0; rule < 100; rule++) {
        steps += stepsAllowed();
        expect(isGivenUp(() => patternOf(bad).test(line))).toBe(true);
      }
      return steps;
    });
    expect(spent).toBeLessThan(1.5 * whole);
    expect(stepsAllowed()).toBe(whole);
  });

  it('leave enough for those that need little', () => {
    onOneLine(() => {
      for (let rule = 0; rule < 100; rule++) isGivenUp(() => patternOf(bad).test(line));
      expect(patternOf('^(?>a+)$').test(line)).toBe(true);
    });
  });

  it('give what is dear to the matcher that counts, when V8 has had its share: the answer is the same', () => {
    const text = `${'foo bar '.repeat(50)}baz`;
    onOneLine(() => {
      for (let rule = 0; rule < 100; rule++) {
        expect(patternOf('foo.*bar.*baz').test(text)).toBe(true);
        expect(patternOf('foo.*bar.*qux').test(text)).toBe(false);
      }
    });
  });

  it('begin anew on the next line', () => {
    const pattern = patternOf('^(?:(?:a+)+)+(?=!)');
    const outcomes = Array.from({ length: 3 }, () =>
      onOneLine(() => isGivenUp(() => pattern.test('a'.repeat(300)))),
    );
    expect(outcomes).toEqual([false, false, false]);
  });
});
