import { describe, expect, it } from 'vitest';
import { compilePerl } from '../../src/perl-regex/compile.js';

const r = String.raw;

const told: readonly (readonly [regex: string, offset: number, seen: RegExp, instead: RegExp])[] = [
  [r`^last message repeated (\\d+) times`, 24, /"\\\\d" matches a literal backslash/, /write \\d\+/],
  [r`a\\S*`, 1, /"\\\\S" matches a literal backslash/, /write \\S\*/],
  [r`(\\w)`, 1, /literal backslash/, /write \\w$/],
  [r`^\Qa.b\E$`, 1, /"\\Q\.\.\.\\E" quotes the text here/, /backslash before each/],
  [r`a\E`, 1, /"\\E" ends no "\\Q"/, /remove/],
  [r`[\Qa-z\E]`, 1, /"\\Q\.\.\.\\E" quotes the text here/, /backslash/],
  [r`é[\Qa-z\E-]`, 2, /"\\Q\.\.\.\\E" quotes the text here/, /backslash/],
  [r`[a-\Ec]`, 3, /"\\E" ends no "\\Q"/, /remove/],
  [r`x\u3042`, 1, /"\\u" has no special meaning/, /write u/],
  [r`\yes`, 0, /"\\y" has no special meaning/, /write y/],
  ['[:digit:]', 0, /"\[:digit:\]" stands for the characters/, /\[\[:digit:\]\]/],
  ['[[:ALPHA:]]', 1, /"\[:ALPHA:\]" is not a class/, /\[:alpha:\]/],
  ['(?o)a', 2, /modifier "o"/, /remove/],
];

const silent: readonly string[] = [
  r`^sshd\[\d+\]: (\S+)`,
  r`C:\\dir\\sub`,
  r`\\\d+`,
  r`DOMAIN\\\w+`,
  r`\/\@\"\#\<\>\_`,
  'x{y}',
  '[[:digit:]]',
  '(?i)a(?x) b',
  '(?a)x',
];

describe('notices about regexes that work', () => {
  it.each(told)('%s', (regex, offset, seen, instead) => {
    const translation = compilePerl(regex);
    expect(translation).toMatchObject({ ok: true, notices: [{ offset }] });
    if (!translation.ok) return;
    expect(translation.notices).toHaveLength(1);
    expect(translation.notices[0]?.seen).toMatch(seen);
    expect(translation.notices[0]?.instead).toMatch(instead);
  });

  it.each(silent)('none about %s', (regex) => {
    expect(compilePerl(regex)).toMatchObject({ ok: true, notices: [] });
  });

  it.each([
    [r`^\Qa.b\E+$`, 'a.bb', true],
    [r`^\Qa.b\E+$`, 'axbb', false],
    [r`^\Q(*)$`, '(*)$', true],
    [r`^[\Q]^-\E]+$`, '-^]', true],
    [r`(?i)\Qa.B\E`, 'A.b', true],
    [r`\Q\E`, '', true],
  ])('quotes as was meant: %s on %s', (regex, line, found) => {
    const translation = compilePerl(regex);
    expect(translation.ok && translation.pattern.test(line)).toBe(found);
  });
});
