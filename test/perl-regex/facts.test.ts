import { describe, expect, it } from 'vitest';
import { type CompileOptions, compilePerl } from '../../src/perl-regex/compile.js';

const r = String.raw;
const engines: readonly CompileOptions[] = [{ engine: 'auto' }, { engine: 'backtrack' }];

/** What was seen of Tenshi itself, so that it holds whatever perl is at hand. */
const rows: readonly (readonly [regex: string, line: string, found: boolean])[] = [
  ['^cost $5', 'cost $5', false],
  [r`a\/b`, 'a/b', true],
  ['a/b@c#d', 'a/b@c#d', true],
  [r`\i\y`, 'iy', true],
  [r`\<a`, '<a', true],
  [r`\u3042`, 'u3042', true],
  [r`\u3042`, 'あ', false],
  ['(?i)a|b', 'B', true],
  ['x(?i)a|b', 'B', true],
  ['(?:x(?i)a|b)c', 'BC', false],
  ['(?:x(?i)a|b)c', 'Bc', true],
  ['(?x) a b # c', 'ab', true],
  ['^(a)?b\\1$', 'b', false],
  ['^(?:(a)|b)*$', 'ab', true],
  ['x{y', 'x{y', true],
  ['x{1', 'x{1', true],
  ['x{}', 'x{}', true],
  ['x{1,2,3}', 'x{1,2,3}', true],
  ['^x{,3}$', 'xxx', true],
  ['^x{,3}$', 'x{,3}', false],
  ['^x{ 1, 3 }$', 'xx', true],
  ['a{3,1}', 'aaa', false],
  ['a{3,1}', 'a{3,1}', false],
  [r`^\s$`, '\v', true],
  [r`^\s$`, '\f', true],
  [r`^\s$`, '\u00a0', false],
  [r`^\s$`, '\u3000', false],
  [r`^\s$`, '\ufeff', false],
  ['^.$', '\r', true],
  ['^.$', '\u2028', true],
  ['^.$', '\0', true],
  [r`^\w+$`, 'é', false],
  [r`^\d$`, '٣', false],
  ['[[:alpha:]]', 'é', false],
  ['一文字(.)で', '一文字あで', true],
  ['(?i)É', 'é', true],
  ['foo$', 'foo', true],
  ['^(?:sshd|cron): x ', 'sshd: x ', true],
];

describe('what Tenshi was seen to do', () => {
  for (const options of engines)
    it.each(rows)(`${options.engine}: %s on %j`, (regex, line, found) => {
      const translation = compilePerl(regex, options);
      expect(translation.ok && translation.pattern.test(line)).toBe(found);
    });
});
