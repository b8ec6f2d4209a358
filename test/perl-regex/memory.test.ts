import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { steadySize } from '../../src/perl-regex/analyse/steady-size.js';
import type { Groups } from '../../src/perl-regex/backtrack/compilation.js';
import { compileProgram } from '../../src/perl-regex/backtrack/compile.js';
import { Matcher } from '../../src/perl-regex/backtrack/matcher.js';
import { MatchLimitError } from '../../src/perl-regex/match-limit.js';
import { type Node, some } from '../../src/perl-regex/parse/ast.js';
import { parsePerl } from '../../src/perl-regex/parse/parse.js';
import { runs } from '../fuzz/runs.js';
import { EVERYTHING, randomRegex } from './random-regex.js';

const MAX_STEPS = 50_000;

/** What a regex finds on a text when it remembers from this step on: a place and groups, or that it was given up. */
function outcome(regex: string, text: string, groups: Groups, forgetfulSteps: number): unknown {
  const parsed = parsePerl(regex);
  if (!parsed.ok) throw new Error(parsed.seen);
  const matcher = new Matcher(compileProgram(parsed.regex, groups), regex, forgetfulSteps);
  try {
    return groups === 'all' ? matcher.match(text, MAX_STEPS) : matcher.find(text, MAX_STEPS);
  } catch (error) {
    if (error instanceof MatchLimitError) return 'overrun';
    throw error;
  }
}

/** So that lookarounds and atomic groups are asked again, from left to right and from right to left. */
const regexes = fc
  .oneof(
    randomRegex(EVERYTHING),
    fc
      .tuple(
        fc.constantFrom('', '.*', '^.*', '(?:ab?)*', '.{0,3}', '^.*?', '(a|b)?'),
        fc.constantFrom('(?=', '(?>', '(?!', '(?:(?=', '(?>(?='),
        randomRegex(EVERYTHING),
        fc.constantFrom('', '*', '??', '*?', '+'),
        randomRegex(EVERYTHING),
        fc.constantFrom('', 'a', 'c', '$', 'aab'),
      )
      .map(([before, open, body, times, behind, end]) => {
        const closed = ')'.repeat(open.split('(').length - 1);
        return `${before}${open}(?:${body})${times}${behind}${closed}${end}`;
      })
      .map((text) => (/\\[1g]/.test(text) ? `(a?)${text}` : text)),
  )
  .chain((regex) => fc.constantFrom(regex, regex.replaceAll('{2,}', '{0,9}').replaceAll('??', '{0,9}?')));

const texts = fc.oneof(
  fc.string({ unit: fc.constantFrom('a', 'b', 'c'), maxLength: 12 }),
  fc.string({ unit: fc.constantFrom('a', 'a', 'a', 'b'), maxLength: 40 }),
  fc.string({ unit: fc.constantFrom('a', 'b', 'c', '\u{1f600}', '\n'), maxLength: 20 }),
);

/** Such as `.+?`: the bound is too low for some of them (`steadySize`). */
function isLazyRun(node: Node): boolean {
  return node.kind === 'repeat' && node.lazy && (node.body.kind === 'char' || node.body.kind === 'set');
}

describe('what is remembered of a text', () => {
  it.each<[regex: string, text: string, start: number]>([
    ['^.*(?=(?:a??)*c)aac', 'aac', 0],
    ['^.*(?=(?:b??a*?)*c)abc', 'abc', 0],
    ['^.*(?=(?:b?a*)*d|(?:b??a*?)*c)abc', 'abc', 0],
    ['^.*?(?=(?:[^a]??)+(\\z))c', '\u{1f600}c\n', 0],
    ['^.*(?>(?:a?b??)*)c', 'abc', 0],
    ['(?=(?:a*|)+(a)a)$', 'aa', -1],
    ['(a?)()??\\g{-1}', '', 0],
    ['(?<=a.{0,3})(?<=b.{0,2})c', 'abxc', 3],
    ['.{0,9}c', `${'\u{1f600}'.repeat(10)}c`, 2],
  ])(
    'is another matter where a turn took nothing, where a group decides, or where pairs stand: %s',
    (regex, text, start) => {
      expect(outcome(regex, text, 'referenced', Number.POSITIVE_INFINITY)).toBe(start);
      expect(outcome(regex, text, 'referenced', 0)).toBe(start);
    },
  );

  it('bounds the steps of a steady regex without lazy runs by its size and by the length of the text', () => {
    let compared = 0;
    const long = fc
      .tuple(fc.array(texts, { minLength: 1, maxLength: 3 }), fc.integer({ min: 1, max: 40 }))
      .map(([pieces, times]) => pieces.join('').repeat(times));
    fc.assert(
      fc.property(regexes, long, (regex, text) => {
        const parsed = parsePerl(regex);
        const size = parsed.ok ? steadySize(parsed.regex) : Number.POSITIVE_INFINITY;
        if (!parsed.ok || size === Number.POSITIVE_INFINITY || some(parsed.regex.root, isLazyRun)) return;
        const bound = 2 * size * (text.length + 1);
        const matcher = new Matcher(compileProgram(parsed.regex, 'referenced'), regex, 0);
        expect(matcher.find(text, bound)).toBeGreaterThanOrEqual(-1);
        compared += 1;
      }),
      runs(2000),
    );
    expect(compared).toBeGreaterThan(500);
  });

  it.each<Groups>(['all', 'referenced'])('changes nothing that is found: %s groups', (groups) => {
    let compared = 0;
    fc.assert(
      fc.property(regexes, texts, (regex, text) => {
        const plain = outcome(regex, text, groups, Number.POSITIVE_INFINITY);
        if (plain === 'overrun') return;
        expect(outcome(regex, text, groups, 0)).toEqual(plain);
        compared += 1;
      }),
      runs(4000),
    );
    expect(compared).toBeGreaterThan(1000);
  });
});
