import { describe, expect, it } from 'vitest';
import { compilePerl } from '../../src/perl-regex/compile.js';
import { MatchLimitError } from '../../src/perl-regex/match-limit.js';
import type { Pattern } from '../../src/perl-regex/pattern.js';

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
  '(?=.*(error|fail))(?=.*(disk|sda))',
  '(?=.*[a-f])(?=.*[x-z])(?=.*[!?])[bc]',
  '(error|.*[f]ailed)',
  r`^((.)(?1)\2|.?)$`,
  '(?:(a)(?1)?|a(?1))*[bc]',
  r`((a+)\2?)+[cd]`,
  '(?>.*[fa])[bc]x',
  '(?:.*?[ab]){3,9}z?#',
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
  ['4,900 a and a b', `${'a'.repeat(4_900)}b`],
  ['errors', 'the error was here '.repeat(520)],
];

/**
 * CPU time (ms) that no match may need, the best of three. Ten times what is meant, for slow and busy machines; where
 * the bounds fail, it is minutes.
 */
const FAR_TOO_LONG = 500;

function patternOf(regex: string): Pattern {
  const translation = compilePerl(regex);
  if (!translation.ok) throw new Error(translation.seen);
  return translation.pattern;
}

/** Whether the work was given up. */
function isGivenUp(work: () => unknown): boolean {
  try {
    work();
    return false;
  } catch (error) {
    if (error instanceof MatchLimitError) return true;
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

/** The same for twenty matches, each of which is given up. */
const FAR_TOO_LONG_FOR_TWENTY = 2_000;

describe('rules on one line', () => {
  const bad = Array.from({ length: 20 }, (_, i) => patternOf(`((a+)\\2?)+[cd](?:${i})?`));
  const line = 'a'.repeat(40);

  it('have bounds of their own, and those are small: twenty bad ones end soon', () => {
    const tryAll = (): void => expect(bad.every((rule) => isGivenUp(() => rule.test(line)))).toBe(true);
    expect(bestOfThree(tryAll)).toBeLessThan(FAR_TOO_LONG_FOR_TWENTY);
  });

  it('take nothing from each other: each is answered, or given up, as if it were alone', () => {
    const good = patternOf(r`(\w+) .*\1 x`);
    const text = `${'word '.repeat(150)}y`;
    const alone = isGivenUp(() => good.test(text));
    for (const rule of bad) isGivenUp(() => rule.test(line));
    expect(isGivenUp(() => good.test(text))).toBe(alone);
    expect(alone).toBe(false);
  });
});
