import { describe, expect, it } from 'vitest';
import { compilePerl } from '../../src/perl-regex/compile.js';
import { judge, perlIsHere } from './judge.js';

const r = String.raw;

/** What Perl refuses, too: where, what was seen, what to write instead. */
const refusedByPerl: readonly (readonly [regex: string, offset: number, seen: RegExp, instead: RegExp])[] = [
  ['(a', 0, /"\(" that is never closed/, /write \\\(/],
  ['a(b(c)', 1, /"\(" that is never closed/, /close it with \)/],
  ['(?:a', 0, /"\(" that is never closed/, /close it/],
  ['(?i:a', 0, /"\(" that is never closed/, /close it/],
  ['(?<n>a', 0, /"\(" that is never closed/, /close it/],
  ['a)', 1, /"\)" without its "\("/, /\\\)/],
  ['[a', 0, /"\[" that is never closed/, /\\\[/],
  ['x[]', 1, /"\[" that is never closed/, /\\\[/],
  ['[^]', 0, /"\[" that is never closed/, /\\\[/],
  ['[[:digit:]', 0, /"\[" that is never closed/, /close it with \]/],
  [r`[a\]`, 0, /"\[" that is never closed/, /close it with \]/],
  ['[z-a]', 1, /range "z-a" runs backwards/, /smaller character first/],
  ['é[z-a]', 2, /range "z-a"/, /smaller/],
  ['😀[z-a]', 2, /range "z-a"/, /smaller/],
  ['[[:foo:]]', 1, /unknown class "\[:foo:\]"/, /alpha, digit/],
  ['[[=a=]]', 1, /"\[=a=\]"/, /characters themselves/],
  ['*x', 0, /"\*" with nothing before it/, /\\\*/],
  ['a|*', 2, /"\*" with nothing before it/, /\\\*/],
  ['(+)', 1, /"\+" with nothing before it/, /\\\+/],
  ['a(?i)*', 5, /"\*" with nothing before it/, /\\\*/],
  ['x**', 2, /"\*" directly after another/, /\(\?:x\+\)\*/],
  ['x*?+', 3, /"\+" directly after another/, /group/],
  ['a{2}{3}', 4, /"\{3\}" directly after another/, /group/],
  ['a{99999}', 1, /"\{99999\}"/, /at most 65534/],
  ['a\\', 1, /"\\" at the end/, /\\\\/],
  [r`\2(a)`, 0, /group that does not exist/, /there is 1 group/],
  [r`\1`, 0, /group that does not exist/, /there is no group/],
  [r`a\g{-2}(b)`, 1, /group that does not exist/, /there is 1 group/],
  [r`(?1)`, 0, /group that does not exist/, /there is no group/],
  [r`\k<no>(?<yes>a)`, 0, /unknown group "no"/, /yes/],
  ['(?&no)', 0, /unknown group "no"/, /\(\?<no>/],
  ['(?P=no)', 0, /unknown group "no"/, /\(\?<no>/],
  [r`\k`, 0, /"\\k" without a name/, /\\k<name>/],
  [r`\g`, 0, /"\\g" without a group/, /\\g\{1\}/],
  ['(?<1a>x)', 3, /group name "1a"/, /no digit/],
  ['(?<a', 0, /group name without its ">"/, /\(\?<name>/],
  ['(?zz)', 2, /modifier "z"/, /i, m, n, s or x/],
  ['(?i-z)', 4, /modifier "z"/, /i, m, n, s or x/],
  ['(?aaa)', 2, /modifier "a"/, /i, m, n, s or x/],
  ['(?', 0, /unknown group "\(\?"/, /\(\?:/],
  ['(?<=a+)b', 0, /lookbehind that may be longer than 255/, /limit it/],
  ['(?<!a*)b', 0, /lookbehind/, /\\K/],
  ['(?<=(?R))a', 0, /lookbehind whose recursion reaches itself/, /write out/],
  ['(?<=(?1))(a|b(?1))', 0, /lookbehind whose recursion reaches itself/, /write out/],
  ['(?<=(?1))(a+)', 0, /lookbehind that may be longer than 255/, /limit it/],
  [r`(a)(?<=\1)b`, 3, /lookbehind with a backreference/, /what the group may match/],
  [r`(a)(?+0)`, 3, /"\(\?\+0\)" is not a group/, /\(\?R\)/],
  [r`(a)(?-0)`, 3, /"\(\?-0\)" is not a group/, /\(\?-1\)/],
  [r`\Qa\E[z-a]`, 6, /range "z-a"/, /smaller/],
  ['[[.a-b.]]', 1, /"\[\.a-b\.\]"/, /characters themselves/],
  [r`(?=a\Kb)`, 4, /"\\K" inside a look/, /outside/],
  [r`\K*`, 0, /repeated "\\K"/, /remove/],
  ['(?#x', 0, /comment/, /close it/],
  ['(?{ 1 })', 0, /embedded code/, /cannot run code/],
  ['(??{ 1 })', 0, /embedded code/, /cannot run code/],
  ['(?(1)a|b|c)(x)', 0, /3 branches/, /then\|else/],
  ['(?(x)a)', 0, /condition "\(x\)"/, /\(\?\(1\)/],
  [r`\p{Foo}`, 0, /property "\\p\{Foo\}"/, /\\p\{Lu\}/],
  [r`\o{}`, 0, /"\\o" without a number/, /\\o\{101\}/],
  [r`\c`, 0, /"\\c"/, /\\cI/],
  [r`[\N]`, 1, /"\\N" inside brackets/, /\[\^\\n\]/],
  ['(*NOPE)', 0, /"\(\*NOPE\)"/, /\(\*FAIL\)/],
];

/** What Perl takes and we do not. */
const refusedByUs: readonly (readonly [regex: string, offset: number, seen: RegExp, instead: RegExp])[] = [
  ['a(*ACCEPT)b', 1, /"\(\*ACCEPT\)"/, /without control verbs/],
  ['a(*SKIP)b', 1, /"\(\*SKIP\)"/, /without control verbs/],
  [r`a\Xb`, 1, /"\\X"/, /write \./],
  [r`\b{wb}`, 0, /"\\b\{\.\.\.\}"/, /\\b alone/],
  [r`\N{LATIN SMALL LETTER A}`, 0, /names a character/, /\\x\{/],
  ['(?u)a', 2, /modifier "u"/, /ASCII/],
  ['(?l:a)', 2, /modifier "l"/, /ASCII/],
  [r`[\Qa-c]`, 0, /"\[" that is never closed/, /close it with \]/],
  ['a(*sr:b)', 1, /a script run/, /a class, \[a-z\]/],
  ['a(*COMMIT:x)b', 1, /"\(\*COMMIT:x\)"/, /without control verbs/],
  ['a(*:x)b', 1, /"\(\*:x\)"/, /without control verbs/],
  [`${'('.repeat(300)}${')'.repeat(300)}`, 200, /200 deep/, /nest fewer/],
];

describe('regexes that are refused', () => {
  it.each([...refusedByPerl, ...refusedByUs])('%s', (regex, offset, seen, instead) => {
    const translation = compilePerl(regex);
    expect(translation).toMatchObject({ ok: false, offset });
    if (translation.ok) return;
    expect(translation.seen).toMatch(seen);
    expect(translation.instead).toMatch(instead);
  });

  it.skipIf(!perlIsHere && !process.env.CI)(
    'are those that perl refuses, but for those named as ours',
    () => {
      const judged = judge([...refusedByPerl, ...refusedByUs].map(([regex]) => [regex, 'a']));
      judged.forEach((judgement, i) => {
        const [regex] = [...refusedByPerl, ...refusedByUs][i] ?? [];
        expect('refused' in judgement, regex).toBe(i < refusedByPerl.length);
      });
    },
  );
});
