import { describe, expect, it } from 'vitest';
import { excerptOf } from '../../src/line/excerpt.js';
import { Redactor } from '../../src/line/redactor.js';
import { compile, type Pattern } from '../../src/perl-regex/perl-regex.js';

function patternOf(source: string): Pattern {
  const compiled = compile(source);
  if (!compiled.ok) throw new Error(compiled.seen);
  return compiled.pattern;
}

function redact(sources: readonly string[], text: string, mask = '___'): string {
  return new Redactor({ patterns: sources.map(patternOf), mask }).text(text);
}

describe('what regexes match is masked', () => {
  it.each<[string, string[], string, string]>([
    ['nothing matches', ['secret'], 'all is well', 'all is well'],
    ['a match', ['\\d{4}'], 'pin 1234 and 5678', 'pin ___ and ___'],
    ['only groups, where there are any', ['pw=(\\S+)'], 'pw=a b pw=c', 'pw=___ b pw=___'],
    ['a match whole in which no group took part', ['pw=(\\S+)|token\\S*'], 'pw=a tokenX', 'pw=___ ___'],
    ['a group in a group, and groups that meet', ['((a)b)(c)'], 'xabcx', 'x______x'],
    ['with anchors and what stands before', ['^a', '(?<=\\d)\\d'], 'aa 1234', '___a 1_________'],
    ['a boundary behind a match', ['\\bab'], 'ababab ab', '___abab ___'],
    ['what a lookahead holds', ['pw(?==(\\w+))'], 'pw=abc pw=d', 'pw=___ pw=___'],
    ['with \\K', ['pw=\\K\\w+'], 'pw=abc pw=d', 'pw=___ pw=___'],
    ['nothing where the match is empty', ['x*'], 'axxb', 'a___b'],
    ['regex by regex, in their order', ['ab', '___c'], 'abc', '___'],
    ['outside the basic plane', ['😀(.)'], '😀😃😀a', '😀___😀___'],
    ['over lines', ['(?s)begin.*end'], 'a begin\nx\nend b', 'a ___ b'],
  ])('%s', (_, sources, text, expected) => {
    expect(redact(sources, text)).toBe(expected);
  });

  it('an entry keeps its time; one without a match is the same, not a copy', () => {
    const redactor = new Redactor({ patterns: [patternOf('s3cret')], mask: '#' });
    const excerpt = excerptOf({ host: 'web1', time: 5, text: 'x', file: '/f', priority: 'auth.err' });
    expect(redactor.entry(excerpt)).toBe(excerpt);
    excerptOf({ host: 's3cret1', time: 5, text: 'a s3cret', file: '/f', priority: 'auth.err' }, excerpt);
    expect(redactor.entry(excerpt)).toEqual({
      host: '#1',
      time: 5,
      text: 'a #',
      file: '/f',
      priority: 'auth.err',
    });
  });
});

describe('bounds', () => {
  it('behind the thousandth match everything is masked, so that no text grows', () => {
    expect(redact(['x'], `${'x '.repeat(1500)}s`, '__________')).toBe(
      `${'__________ '.repeat(1000).trimEnd()}__________`,
    );
  });

  it('of a text on which a regex runs too long nothing stays, and that is told', () => {
    const slow = patternOf('(a+)+\\1b|s3cret');
    const told: string[] = [];
    const redactor = new Redactor({
      patterns: [slow],
      mask: '___',
      onOverrun: ({ source }) => void told.push(source),
    });
    expect(redactor.text(`${'a'.repeat(3000)} s3cret`)).toBe('___');
    expect(told).toEqual([slow.source]);
    expect(redactor.text('aab s3cret')).not.toContain('s3cret');
  });
});
