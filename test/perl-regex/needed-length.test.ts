import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { neededLength } from '../../src/perl-regex/analyse/needed-length.js';
import { compilePerl } from '../../src/perl-regex/compile.js';
import { EVERYTHING, randomRegex } from './random-regex.js';

function pattern(source: string) {
  const compiled = compilePerl(source);
  if (!compiled.ok) throw new Error(`${source}: ${compiled.seen}`);
  return compiled.pattern;
}

describe('how many characters a regex needs, if it asks for nothing else', () => {
  it.each<[regex: string, needed: number | null]>([
    ['.*', 0],
    ['', 0],
    ['(.*)', 0],
    ['^(?<all>.*)$', 0],
    ['.*?\\z', 0],
    ['(?s).*', 0],
    ['(?m)^.*$', 0],
    ['a?', 0],
    ['(?:foo|)', 0],
    ['(?:foo|.*)', 0],
    ['(?:foo|bar?)*', 0],
    ['.*$x*', 0],
    ['^^', 0],
    ['\\K', 0],
    ['.', 1],
    ['^.+$', 1],
    ['(.).*', 1],
    ['[^\\n]', 1],
    ['[\\s\\S]', 1],
    ['^.{2,5}', 2],
    ['.*..$', 2],
    ['a', null],
    ['[^\\r\\n]', null],
    ['\\S*.a', null],
    ['a*^', null],
    ['^a*$', null],
    ['^.?$', null],
    ['^.{0,9}$', null],
    ['.*$.', null],
    ['(?>a*).', null],
    ['.*+.', null],
    ['\\b', null],
    ['.*\\b', null],
    ['(?=a)', null],
    ['(?!a).*', null],
    ['(.*)\\1', null],
    ['(?(1)a|)', null],
    ['(*FAIL)', null],
    ['.*(*FAIL)', null],
  ])('%s', (source, needed) => {
    expect(neededLength(pattern(source).regex.root)).toBe(needed);
  });

  it('is true of every line', () => {
    const inner = randomRegex({ ...EVERYTHING, keep: true });
    const ends = fc.constantFrom('', '', '^', '$', '.', '.*', '.+', '\\z');
    const regexes = fc.tuple(ends, fc.oneof(inner, fc.constantFrom('', '.*', '(.*)')), ends);
    const lines = fc.array(fc.constantFrom('a', 'b', 'c', 'A', '\u00fc', '\u{1f600}'), { maxLength: 5 });
    let told = 0;
    const holds = ([front, middle, end]: readonly string[], line: readonly string[]): void => {
      const compiled = compilePerl(`${front}${middle}${end}`);
      if (!compiled.ok) return;
      const needed = neededLength(compiled.pattern.regex.root);
      if (needed === null) return;
      told++;
      expect(compiled.pattern.test(line.join(''))).toBe(line.length >= needed);
    };
    fc.assert(fc.property(regexes, lines, holds), { numRuns: 5000 });
    expect(told).toBeGreaterThan(1000);
  });
});
