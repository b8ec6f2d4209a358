import { describe, expect, it } from 'vitest';
import { type CompileOptions, compilePerl } from '../../src/perl-regex/compile.js';
import { MatchLimitError } from '../../src/perl-regex/match-limit.js';

const r = String.raw;
const engines: readonly CompileOptions[] = [{ engine: 'auto' }, { engine: 'backtrack' }];
const LONG = 250_000;

/** Whether it is found; `overrun`: given up on. */
type Outcome = boolean | 'overrun';

function outcome(regex: string, line: string, options: CompileOptions): Outcome {
  const translation = compilePerl(regex, options);
  if (!translation.ok) throw new Error(translation.seen);
  try {
    const match = translation.pattern.exec(line);
    expect(translation.pattern.test(line)).toBe(match !== null);
    return match !== null;
  } catch (error) {
    if (error instanceof MatchLimitError) return 'overrun';
    throw error;
  }
}

/** Answered, though a naive matcher would take minutes, years, or all of the stack. */
const answered: readonly (readonly [regex: string, line: string, found: boolean])[] = [
  ['^(a+)+$', `${'a'.repeat(28)}!`, false],
  ['(x+x+)+y', 'x'.repeat(200), false],
  ['^(?:a|a)*$', `${'a'.repeat(2_000)}!`, false],
  ['^(?:a|ab|b)*c', 'ab'.repeat(500), false],
  [r`^(\w+\s?)*$`, `${'word '.repeat(200)}!`, false],
  ['^(?:(?:a+)+)+(?=!)', 'a'.repeat(300), false],
  ['^(?!(?:a+)+b)(?:a+)+$', 'a'.repeat(300), true],
  ['(.*)(.*)(.*)x', `${'a'.repeat(100)}`, false],
  ['(a*)*b', 'a'.repeat(LONG), false],
  ['(?:(a)|b)*c', 'ab'.repeat(LONG / 2), false],
  ['(.*)*x', 'a'.repeat(LONG), false],
  ['^.*x', 'a'.repeat(LONG), false],
  ['^(?:.)*$', 'a'.repeat(20_000), true],
  ['^(?:(a)|b)*$', 'ab'.repeat(10_000), true],
  ['^(?:a(?=(b))b)*$', 'ab'.repeat(10_000), true],
  [r`\((?:[^()]++|(?R))*\)`, `${'('.repeat(1_000)}${')'.repeat(1_000)}`, true],
  ['foo.*bar.*baz', 'foo bar '.repeat(100), false],
  ['((a{0,5}){0,5}){0,5}[cd]', 'a'.repeat(40), false],
  ['(?:a?){40}a{40}$', `${'a'.repeat(39)}b`, false],
  ['(?:(?:ab?){2,}){3,9}x', `x${'ab'.repeat(500)}`, false],
  ['(?:(a)|(b))*$', 'ab'.repeat(5_000), true],
  // What begins with a lookahead and fails at the start of a line fails everywhere; so does what begins with `.*`.
  ['(?=.*(error|fail))(?=.*(disk|sda))', 'the error was here '.repeat(30), false],
  ['(?=.*(error|fail))(?=.*(disk|sda))', `disk ${'the error was here '.repeat(500)}`, true],
  ['(?=.*(error|fail))(?=.*(disk|sda))', `${'the error was here '.repeat(500)} sda`, true],
  ['(?=.*[0-9])(?=.*[A-Z])(?=.*[#!])', 'ab1C'.repeat(2_500), false],
  ['(?=.*[0-9])(?=.*[A-Z])x', `${'ab1C'.repeat(2_500)}`, false],
  ['(?=.*[0-9])(?=.*[A-Z])(?:x|c)', `${'ab1C'.repeat(2_500)}x`, false],
  ['(?i)(?=.*(error|fail))(?=.*(disk|sda))', 'The ERROR was here '.repeat(500), false],
  ['(error|.*failed)', 'x'.repeat(3_300), false],
  ['(error|.*failed)', `${'x'.repeat(9_000)}failed`, true],
  ['([ef]rror|.*[a-f]ailed)', 'x'.repeat(3_300), false],
  ['(?:[ef]rror|.*?[a-f]ailed)', 'x'.repeat(9_000), false],
  ['(?>.*[fg]oo)[bc]ar', 'a foo '.repeat(1_500), false],
  ['.*(?=(?:.*[fg]oo))[bc]ar', 'a foo '.repeat(1_500), false],
  ['x(?!.*[fg]oo)(?=.*[bc])[ab]', 'x foo b'.repeat(1_000), false],
  ['(?=(?:.*[fg]oo)(.*)[ab]ar)x', 'a foo '.repeat(1_500), false],
  ['^(?i)(alpha) .* \\1 ', `Alpha x alpha ${'y'.repeat(1_500)}`, true],
  [r`(\w+) .*\1 x`, `${'word '.repeat(50)}y`, false],
  [r`(\S+) (\S+) (\S+) x$`, 'a b '.repeat(LONG / 4), false],
];

/** Given up on: the steps, the choices held open, or the recursions are too many. */
const overrun: readonly (readonly [regex: string, line: string])[] = [
  [r`(a+)+\1b`, `${'a'.repeat(300)}cab`],
  ['(?:(?:a{1,50}){1,50}){1,50}b', `${'a'.repeat(3_000)}cb`],
  [r`((a+)\2?)+[cd]`, 'a'.repeat(40)],
  [r`^((.)(?1)\2|.?)$`, `${'a'.repeat(4_900)}b`],
  [r`^((.)(?1)\2|.?)$`, `${'a'.repeat(490)}b${'a'.repeat(400)}`],
  [r`(?:(a)(?1)?|a(?1))*[bc]`, 'a'.repeat(300)],
  [r`\((?:[^()]++|(?R))*\)`, `${'('.repeat(100_000)})`],
  ['a(?R)?', 'a'.repeat(LONG)],
  ['(?R)', 'a'],
  ['(?:(?R)|a)b', 'ab'],
  ['(?:(a)|(b))*$', 'ab'.repeat(LONG)],
  ['([a-z]+)+b$', `${'a'.repeat(LONG)}b!`],
];

describe('hostile lines', () => {
  for (const options of engines) {
    it.each(answered)(`${options.engine}: %s is answered`, (regex, line, found) => {
      expect(outcome(regex, line, options)).toBe(found);
    });

    it.each(overrun)(`${options.engine}: %s is given up on in bounded steps`, (regex, line) => {
      expect(outcome(regex, line, options)).toBe('overrun');
    });
  }

  it('name the regex that ran over', () => {
    const translation = compilePerl('(?R)');
    if (!translation.ok) throw new Error(translation.seen);
    const run = () => translation.pattern.test('a');
    expect(run).toThrow(MatchLimitError);
    expect(run).toThrow(/the regex \(\?R\) was given up on this line: it took too many recursions/);
  });

  it('leave the pattern as it was', () => {
    const translation = compilePerl(r`((a+)\2?)+[cd]`);
    if (!translation.ok) throw new Error(translation.seen);
    expect(() => translation.pattern.test('a'.repeat(40))).toThrow(MatchLimitError);
    expect(translation.pattern.mask('xaaac', '_')).toBe('x_c');
  });

  it.each([
    [r`^a++b$`, 60_000],
    [r`^(?:x|y)*?z`, 60_000],
    [r`(?<=a{1,200})b`, 60_000],
  ])('that are long overflow no stack: %s', (regex, length) => {
    for (const options of engines) expect(outcome(regex, 'a'.repeat(length), options)).not.toBe(true);
  });
});
