import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compile, neverMatches } from '../../src/perl-regex/perl-regex.js';

function isNever(source: string): boolean {
  const compiled = compile(source);
  if (!compiled.ok) throw new Error(`${source}: ${compiled.seen}`);
  return neverMatches(compiled.pattern);
}

describe('a regex that matches nothing is recognised', () => {
  it.each([
    ['^a$ ', true],
    ['^a$\\d+', true],
    ['^(?:a|b$)c$ $', true],
    ['a$(b|c)', true],
    ['a^b', true],
    ['(?:a|b)^c', true],
    ['(a+)^', true],
    ['a\\zb', true],
    ['(*FAIL)', true],
    ['(?:a$b|c^d)', true],
    ['(?=a$b)a', true],
    ['^a$', false],
    ['a$ ?', false],
    ['a?^b', false],
    ['a$\\n', false],
    ['a$\\s', false],
    ['(?m)a$\\nb', false],
    ['(?m)a\\n^b', false],
    ['(?:a$|b)c', false],
    ['(?!a$b)a', false],
    ['$^', false],
    ['price \\$ 5', false],
  ])('%s: %s', (source, expected) => {
    expect(isNever(source)).toBe(expected);
  });

  it('and no other: it matches none of many texts', () => {
    const piece = fc.constantFrom(
      'a',
      'b?',
      '^',
      '$',
      '(a|^)',
      '(?:b|$)',
      '(?=a)',
      '(?!b)',
      'a*',
      '\\n',
      '.',
      '\\z',
      '(a)+',
    );
    const text = fc.stringMatching(/^[ab\n]{0,5}$/);
    fc.assert(
      fc.property(
        fc.array(piece, { minLength: 1, maxLength: 6 }),
        fc.array(text, { maxLength: 30 }),
        (pieces, texts) => {
          const compiled = compile(pieces.join(''));
          if (!compiled.ok || !neverMatches(compiled.pattern)) return;
          for (const one of texts) expect(compiled.pattern.test(one)).toBe(false);
        },
      ),
      { numRuns: 3000 },
    );
  });
});
