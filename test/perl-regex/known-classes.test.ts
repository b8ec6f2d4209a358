import { describe, expect, it } from 'vitest';
import { compilePerl } from '../../src/perl-regex/compile.js';

function finds(regex: string, text: string): boolean {
  const translation = compilePerl(regex);
  if (!translation.ok) throw new Error(translation.seen);
  return translation.pattern.test(text);
}

/** Classes that begin alike, or look alike, and mean something else: the second is read when the first is known. */
const pairs: readonly (readonly [first: string, second: string, only: string])[] = [
  ['[a-z]', '(?i)[a-z]', 'A'],
  ['[^a b]', '(?xx)[^a b]', ' '],
  ['[a]', '[^a]', 'b'],
  ['[^a]', '[^]a]', 'never'],
  ['[a]', '[]a]', ']'],
  ['[:digt]', '[[:digit:]]', '5'],
  ['[[:digit:]]', '[[:^digit:]]', 'x'],
  ['[a-c]', '[a\\-c]', '-'],
  ['[+-]', '[+-9]', '5'],
  ['[é-ö]', '[e-o]', 'f'],
];

describe('a class that is known already', () => {
  it.each(pairs)('%s, then %s', (first, second, only) => {
    const texts = ['A', 'a', 'b', ' ', ']', '5', 'x', '-', '9', 'f', 'é', ':'];
    const fresh = texts.map((text) => [finds(first, text), finds(second, text)]);
    const again = texts.map((text) => [finds(first, text), finds(second, text)]);
    expect(again).toEqual(fresh);
    if (only !== 'never') expect([finds(first, only), finds(second, only)]).toEqual([false, true]);
    else expect([finds(first, ']'), finds(second, ']')]).toEqual([true, false]);
  });

  it('is told of each time, where it is worth a word', () => {
    const notices = () => {
      const translation = compilePerl('x[:digit:]');
      return translation.ok ? translation.notices : [];
    };
    expect([notices().length, notices().length]).toEqual([1, 1]);
  });

  it('is refused each time, where it is at fault', () => {
    const offsets = [1, 2].map(() => {
      const translation = compilePerl('ab[z-a]');
      return translation.ok ? null : translation.offset;
    });
    expect(offsets).toEqual([3, 3]);
  });
});
