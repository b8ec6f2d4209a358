import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compile, MatchLimitError } from '../../src/perl-regex/perl-regex.js';
import { createClassifier } from '../../src/rule/classify.js';
import { RuleState } from '../../src/rule/rule-state.js';
import { runs } from '../fuzz/runs.js';
import { type RuleText, toRules } from './random-rules.js';

const r = String.raw;

/** What one rule says of a text when nothing else has been tried before: a new regex, used once. */
type Alone = 'matches' | 'fails' | 'given up';

function alone(regex: string, text: string): Alone {
  const compiled = compile(regex);
  if (!compiled.ok) return 'fails';
  try {
    return compiled.pattern.test(text) ? 'matches' : 'fails';
  } catch (error) {
    if (error instanceof MatchLimitError) return 'given up';
    throw error;
  }
}

/** The first rule, in order, that matches alone, by its place among all; null when none does. */
function winnerAlone(rules: readonly RuleText[], text: string, said: Alone[]): string | null {
  for (const rule of rules) {
    const on = rule.kind === 'group' ? rule.on : 'text';
    const subject = { text, host: 'h', file: null, priority: null }[on];
    const one = subject === null ? 'fails' : alone(rule.regex, subject);
    said.push(one);
    if (one !== 'matches') continue;
    if (rule.kind !== 'group') return rule.regex;
    const inner = winnerAlone(rule.rules, text, said);
    if (inner !== null) return inner;
  }
  return null;
}

/** The regex of the rule that wins in the set, on several texts in turn; and how many rules were given up. */
function winnersInSet(rules: readonly RuleText[], texts: readonly string[]): (string | null)[] {
  const made = toRules(rules, (regex) => [{ queue: regex, every: null }]);
  const memory = new RuleState({ last: [], hits: [] });
  const judge = createClassifier({ rules: made, mask: '_', state: memory, onOverrun() {} });
  return texts.map((text) => {
    const verdict = judge({ host: 'h', time: null, text });
    return verdict.kind === 'counted' ? (verdict.counts[0]?.queue ?? null) : null;
  });
}

const to = (regex: string): RuleText => ({ kind: 'queues', regex });

/** Regexes that take long on one text or another, in all the ways there are. */
const DEAR = [
  '(?=.*(error|fail))(?=.*(disk|sda))',
  '(?=.*[ef]rror)(?=.*[ds]isk)',
  '(error|.*failed)',
  '([ef]rror|.*[f]ailed)',
  r`^(?i)(alpha) .* \1 `,
  r`(\w+) .*\1 .*\1 x`,
  r`^(.+)\1+$`,
  r`((a+)\2?)+[cd]`,
  r`(a+)+\1b`,
  '^(a+)+$',
  r`^(\w+\s?)*$`,
  r`([a-z]+)*\d$`,
  '(?:a?){40}a{40}[bc]',
  '((a{0,5}){0,5}){0,5}[cd]',
  '(?:a|ab|b)*[cx]',
  'foo.*bar.*ba[zr]',
  '(?>.*[fg]oo)[bc]ar',
  r`\((?:[^()]++|(?R))*\)`,
  r`^((.)(?1)\2|.?)$`,
  '(?<=a.{0,200})[bx]',
  '(?:(.)(?!\\1))+$',
  '^x.*a.{14}[cd]',
  '^a(?:.*b){3}',
  '^(?:(?:a{1,50}){1,50}){1,50}b',
  r`^(?:\w+ )+error`,
] as const;
/** Those that are given up most often. */
const DEAREST = [
  r`((a+)\2?)+[cd]`,
  r`(\w+) .*\1 .*\1 [xy]`,
  r`(?:(a)(?1)?|a(?1))*[bc]`,
  r`(?:(\w+) ?\1?)+[!?]`,
] as const;
const CHEAP = ['error', '^a', 'x$', '^(?:Alpha|word) ', 'disk|sda', '.', r`\d`, '^$', 'bar', '(a)b'] as const;

const PIECES = [
  'a',
  'ab',
  'word ',
  'Alpha x alpha ',
  'error ',
  'disk ',
  'foo bar ',
  '((',
  '))',
  'x',
  'é',
  '1.',
  '日',
  '😀',
];

/** Texts of 1,000 to 10,000 characters, each of one piece over and over, and a few others. */
const texts = fc
  .tuple(
    fc.constantFrom(...PIECES),
    fc.integer({ min: 1_000, max: 10_000 }),
    fc.array(fc.tuple(fc.nat(10_000), fc.constantFrom(...PIECES)), { maxLength: 4 }),
  )
  .map(([piece, length, others]) => {
    const text = piece.repeat(length / piece.length);
    return others.reduce((whole, [place, other]) => {
      const at = Math.min(place, whole.length);
      return whole.slice(0, at) + other + whole.slice(at);
    }, text);
  });

const regexes = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom(...DEAR) },
  { weight: 1, arbitrary: fc.constantFrom(...DEAREST) },
  { weight: 1, arbitrary: fc.constantFrom(...CHEAP) },
);
const winner = regexes.map(to);
const group = fc
  .tuple(regexes, fc.array(winner, { maxLength: 3 }))
  .map(([regex, rules]): RuleText => ({ kind: 'group', on: 'text', regex, rules }));
const ruleSets = fc.array(fc.oneof({ weight: 5, arbitrary: winner }, { weight: 1, arbitrary: group }), {
  minLength: 1,
  maxLength: 8,
});

describe('a rule says of a line what it says when it is tried alone', () => {
  it('whatever the others take: sets of dear rules on lines of 1,000 to 10,000 characters', () => {
    const said: Alone[] = [];
    fc.assert(
      fc.property(ruleSets, fc.array(texts, { minLength: 1, maxLength: 3 }), (rules, lines) => {
        expect(winnersInSet(rules, lines)).toEqual(lines.map((line) => winnerAlone(rules, line, said)));
      }),
      runs(60),
    );
    expect(new Set(said)).toEqual(new Set(['matches', 'fails', 'given up']));
  });

  it.each<[name: string, rules: readonly string[], line: string, winner: string]>([
    [
      'an innocent rule behind one that tries everywhere',
      ['(?=.*(error|fail))(?=.*(disk|sda))', r`^(?i)(alpha) .* \1 `, '.'],
      `Alpha x alpha ${'error x y z '.repeat(125)}`,
      r`^(?i)(alpha) .* \1 `,
    ],
    [
      'a rule behind one that is given up',
      [r`((a+)\2?)+[cd]`, r`(\w+) .*\1 x`, '.'],
      `${'a'.repeat(60)} y ${'word '.repeat(150)}word x`,
      r`(\w+) .*\1 x`,
    ],
    [
      'a rule that the automaton is sure of, and that alone is given up',
      ['^(?:[a-z]|[a-z][0-9])+!$', '^b', '^a'],
      `${'a'.repeat(60_000)}!`,
      '^a',
    ],
  ])('%s', (_, rules, line, expected) => {
    expect(winnersInSet(rules.map(to), [line])).toEqual([expected]);
    expect(winnerAlone(rules.map(to), line, [])).toBe(expected);
  });
});
