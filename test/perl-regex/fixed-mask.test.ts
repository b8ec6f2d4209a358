import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compile } from '../../src/perl-regex/perl-regex.js';

function pattern(source: string) {
  const translation = compile(source);
  if (!translation.ok) throw new Error(`${source}: ${translation.seen}`);
  return translation.pattern;
}

describe('a mask that is the same for every text', () => {
  it.each<[regex: string, masked: string | null]>([
    ['^sshd: from (.+)', 'sshd: from _'],
    ['^a(\\d+)b(.*)', 'a_b_'],
    ['^a(b(c)|d)e$', 'a_e'],
    ['^a(?=b)(.*)', 'a_'],
    ['^(?:a(b))c\\z', 'a_c'],
    // what may leave something of the text, or of which something may be left out
    ['sshd: from (.+)', null],
    ['^a(.+?)', null],
    ['^a(.{2,})', null],
    ['^a(\\S+)', null],
    ['^a(.+)b', null],
    ['^a.(.+)', null],
    ['^a(b)?(.+)', null],
    ['^(?i)a(.+)', null],
    ['^a(?=(b))(.+)', null],
    ['^(a)|b(.+)', null],
    ['^a\\K(.+)', null],
  ])('%s', (source, masked) => {
    expect(pattern(source).fixedMask('_')).toBe(masked);
  });

  it('is the mask of each text that matches', () => {
    const pieces = [
      'a',
      'b',
      '(.+)',
      '(.*)',
      '(a+)',
      '(a|b)',
      '(.+?)',
      '(?=a)',
      '(?:ab)',
      '((a)b)',
      '()',
      '\\b',
    ];
    const sources = fc
      .tuple(
        fc.constantFrom('^', '^', '\\A'),
        fc.array(fc.constantFrom(...pieces), { maxLength: 6 }),
        fc.constantFrom('', '', '$', '\\z'),
      )
      .map(([front, middle, end]) => front + middle.join('') + end);
    const texts = fc.string({ unit: fc.constantFrom('a', 'b', '\u00fc'), maxLength: 8 });
    let compared = 0;
    const holds = (source: string, text: string): void => {
      const compiled = pattern(source);
      const fixed = compiled.fixedMask('_');
      const masked = compiled.mask(text, '_');
      if (fixed === null || masked === null) return;
      compared += 1;
      expect(fixed).toBe(masked);
    };
    fc.assert(fc.property(sources, texts, holds), { numRuns: 8000 });
    expect(compared).toBeGreaterThan(100);
  });
});
