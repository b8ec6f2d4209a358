import { describe, expect, it } from 'vitest';
import { type CompileOptions, compilePerl } from '../../src/perl-regex/compile.js';

const r = String.raw;
const engines: readonly CompileOptions[] = [{ engine: 'auto' }, { engine: 'backtrack' }];

/** How masks must look, by what Tenshi does and by what it ought to do. */
const rows: readonly (readonly [name: string, regex: string, line: string, masked: string | null])[] = [
  ['each group', r`^x (\d+) y (\d+)`, 'x 1 y 22', 'x ______ y ______'],
  ['a group that took no part changes nothing', r`^x(?: u=(\w+))? p=(\d+)`, 'x p=3', 'x p=______'],
  ['an optional group that took no part', r`^x(\d)?y(z)`, 'xyz', 'xy______'],
  ['an optional, lazy, empty group that took no part', r`x()??y(z)`, 'xyz', 'xy______'],
  ['a group that matched nothing', r`^x(.*)$`, 'x', 'x______'],
  ['groups side by side', r`(\d)(\d)`, '12', '____________'],
  ['groups side by side, one empty', r`(\d*)(x)`, 'x', '____________'],
  ['no group', r`^(?:abc)`, 'abcd', 'abcd'],
  ['no match', r`^(abc)$`, 'abcd', null],
  ['the last turn of a loop', r`(?:(\d)-)+`, '1-2-3-', '1-2-______-'],
  ['text outside of the match stays', r`b(c)d`, 'abcde', 'ab______de'],
  ['nested groups: the outermost', r`^x ((\d+)-b) end`, 'x 123-b end', 'x ______ end'],
  ['nested groups, three deep', r`^x (a(b(c))) end`, 'x abc end', 'x ______ end'],
  ['an inner group alone took part', r`^(?:(x(y))|(?:(a)|b)(c))$`, 'bc', 'b______'],
  ['groups out of order', r`^(?:x(\d)|y(\d))+$`, 'x1y2', 'x______y______'],
  ['a group in a lookahead', r`^(?=.*(foo))(x) bar`, 'x bar foo', '______ bar ______'],
  ['overlapping places as one', r`^(?=(\w+) (\w+))(\w+ )`, 'ab cd e', '____________ e'],
  ['the same place twice, not nested', r`(?=(ab))(a)`, 'xabx', 'x______x'],
  ['characters of two units', r`(.)b`, '😀b', '______b'],
  ['Japanese', r`[あい]+(\S+)`, 'x あいムロ y', 'x あい______ y'],
  ['only the last of a kept group', r`^(?:(a)|b)*$`, 'ab', '______b'],
];

describe('masks', () => {
  for (const options of engines)
    it.each(rows)(`${options.engine}: %s`, (_, regex, line, masked) => {
      expect(mask(regex, line, '______', options)).toBe(masked);
    });

  for (const options of engines)
    it.each(rows)(
      `${options.engine}: what is under them, put back, gives the line: %s`,
      (_, regex, line, masked) => {
        const translation = compilePerl(regex, options);
        if (!translation.ok) throw new Error(translation.seen);
        const spans = translation.pattern.maskedSpans(line);
        expect(spans === null).toBe(masked === null);
        if (!spans) return;
        const values = spans.groups.map((_, i) => line.slice(spans.spans[2 * i], spans.spans[2 * i + 1]));
        expect(masked?.replaceAll('______', () => values.shift() ?? 'too few')).toBe(line);
        expect(values).toEqual([]);
      },
    );

  it.each(['', '$1', r`\1`, '$&', '***'])('are text: %j', (text) => {
    expect(mask(r`(\d+)-(\d+)`, 'a 1-2 b', text)).toBe(`a ${text}-${text} b`);
    expect(mask('^((bb)aaaa) x$', 'bbaaaa x', text)).toBe(`${text} x`);
  });

  it('count their groups and tell their names', () => {
    const translation = compilePerl('(a(?<n>b)(?:c(d)))|(?|(?<m>e)|(f)(?<k>g))');
    if (!translation.ok) throw new Error(translation.seen);
    expect(translation.pattern).toMatchObject({ groupCount: 5, groupNames: [null, 'n', null, 'm', 'k'] });
  });

  it('tell which group is around which', () => {
    const translation = compilePerl('(a(?<n>b)(?:c(d)))|(?|(e)|(f)(g))');
    expect(translation.ok && translation.pattern.regex.enclosing).toEqual([null, 0, 0, null, null]);
  });
});

describe('patterns', () => {
  it.each(engines)('keep no state between lines: %o', (options) => {
    const translation = compilePerl('(a)|(b)', options);
    if (!translation.ok) throw new Error(translation.seen);
    const { pattern } = translation;
    expect([pattern.test('xa'), pattern.test('a'), pattern.test('a')]).toEqual([true, true, true]);
    expect(pattern.exec('xb')).toEqual({ start: 1, end: 2, groups: [null, { start: 1, end: 2 }] });
    expect(pattern.exec('a')).toEqual({ start: 0, end: 1, groups: [{ start: 0, end: 1 }, null] });
    expect(pattern.mask('c', '_')).toBeNull();
  });

  it('show the regex they came from, its tree, and its JavaScript where there is one', () => {
    const plain = compilePerl(r`^a(?i:b)\S++ (\d+)$`);
    expect(plain).toMatchObject({
      ok: true,
      pattern: { source: r`^a(?i:b)\S++ (\d+)$`, regex: { enclosing: [null] } },
    });
    expect(plain.ok && plain.pattern.javascript).toBe(r`^a[Bb][^\u0009-\u000d ]+ (?:\d+)$`);
    expect(plain.ok && plain.pattern.regex.root.kind).toBe('sequence');
    const recursive = compilePerl(r`\((?R)?\)`);
    expect(recursive.ok && recursive.pattern.javascript).toBeNull();
  });
});

function mask(regex: string, line: string, text: string, options?: CompileOptions): string | null {
  const translation = compilePerl(regex, options);
  if (!translation.ok) throw new Error(translation.seen);
  return translation.pattern.mask(line, text);
}
