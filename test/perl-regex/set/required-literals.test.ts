import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compilePerl } from '../../../src/perl-regex/compile.js';
import { requiredLiterals } from '../../../src/perl-regex/set/required-literals.js';
import { EVERYTHING, randomRegex } from '../random-regex.js';

function pattern(source: string) {
  const translation = compilePerl(source);
  if (!translation.ok) throw new Error(`${source}: ${translation.seen}`);
  return translation.pattern;
}

describe('what a regex requires of a text', () => {
  it.each<[regex: string, literals: readonly string[] | null]>([
    ['foo', ['foo']],
    ['(?i)FOO bar', ['foo bar']],
    ['a(bc)d', ['abcd']],
    ['foo|barbaz', ['foo', 'barbaz']],
    ['foo|.', null],
    ['(?:longest)?ab', ['ab']],
    ['(?:longest){0,3}ab', ['ab']],
    ['(?:longest){2}ab', ['longest']],
    ['ab.*longer.*c', ['longer']],
    ['x[ab]yz', ['yz']],
    ['a(?=b)c', ['ac']],
    ['\\d+', null],
    ['', null],
    ['\u00fc', null],
    ['error\u00fcs', ['error']],
    ['(?=.*(error|fail))(?=.*(disk|sda))', ['error', 'fail']],
    ['(?=.*a)x(?=.*longer)y', ['longer']],
    ['a(?=x.*longer)b', ['longer']],
    ['(?<=before)a', ['before']],
    ['(?!longer)ab', ['ab']],
    ['(?<!longer)ab', ['ab']],
    ['(?i)(?=.*Foo)b', ['foo']],
    ['(error|.*failed)', ['error', 'failed']],
    ['(?:(?=longer)|ab)c', ['longer', 'ab']],
  ])('%s', (source, literals) => {
    expect(requiredLiterals(pattern(source).regex.root)).toEqual(literals);
  });

  it('stands in every text that matches', () => {
    const regexes = randomRegex(EVERYTHING);
    const texts = fc.string({ unit: fc.constantFrom('a', 'b', 'c', 'A'), maxLength: 8 });
    const holds = (source: string, text: string): void => {
      const translation = compilePerl(source);
      if (!translation.ok || !translation.pattern.test(text)) return;
      const literals = requiredLiterals(translation.pattern.regex.root);
      if (!literals) return;
      expect(literals.some((literal) => text.toLowerCase().includes(literal))).toBe(true);
    };
    fc.assert(fc.property(regexes, texts, holds), { numRuns: 5000 });
  });
});
