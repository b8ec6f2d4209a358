import { spawnSync } from 'node:child_process';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readEre } from '../../src/migrate/regex/read-ere.js';
import { writeBranches } from '../../src/migrate/regex/regex-node.js';
import { compile } from '../../src/perl-regex/perl-regex.js';

const r = String.raw;
/** Regexes that grep judges, each on all lines. */
const JUDGED = 600;

/** grep takes some of these for an error, and others not. */
const QUANTIFIED_ANCHOR = /(?:[$^]|\\[<>bB`'])[*+?{]/;

/** Which lines grep finds; null: it refuses the regex. */
function grep(regex: string, lines: readonly string[]): number[] | null {
  const { status, stdout } = spawnSync('grep', ['-E', '-n', '--text', '-e', regex], {
    input: `${lines.join('\n')}\n`,
    env: { PATH: process.env.PATH, LC_ALL: 'C' },
    encoding: 'utf8',
    timeout: 5_000,
  });
  if (status === 2) return null;
  return [...stdout.matchAll(/^(\d+):/gm)].map(([, number]) => Number(number) - 1);
}

/** The same of what the regex becomes here. */
function ours(regex: string, lines: readonly string[]): number[] | null {
  const tree = readEre(regex);
  if (!tree.ok) return null;
  const compiled = compile(writeBranches(tree.branches));
  if (!compiled.ok) throw new Error(`${regex} became ${writeBranches(tree.branches)}: ${compiled.seen}`);
  return lines.flatMap((line, at) => (compiled.pattern.test(line) ? [at] : []));
}

const LINES = [
  '',
  'a',
  'b',
  'aa',
  'ab a',
  'aab',
  'a1-b_',
  '^a$',
  'a{1}',
  '{,2}',
  '(a)',
  'a)',
  '[a]',
  'a\\b',
  'd1',
  '\\',
  'foo bar',
  'Foo: 12.5',
  '-',
  ']',
  'a]',
  '|',
  '*a+',
  ':',
  'a:b',
  '\t',
  'w',
  'b<a>',
];

const atom = fc.constantFrom(
  ...'ab1-:.d}]) ^$_'.split(''),
  'a{',
  ...[
    r`\w`,
    r`\W`,
    r`\s`,
    r`\S`,
    r`\b`,
    r`\B`,
    r`\<`,
    r`\>`,
    r`\``,
    r`\'`,
    r`\d`,
    r`\-`,
    r`\{`,
    r`\.`,
    r`\/`,
    r`\n`,
    r`\]`,
  ],
  ...[
    '[ab]',
    '[^ab]',
    '[]a]',
    '[^]a]',
    '[a-]',
    r`[\d]`,
    r`[a\]`,
    '[[:alnum:]_]',
    '[^[:space:]]',
    '[[:punct:]]',
    '[0-9.]',
    '[[.-.]a]',
    '[a[]',
    '[[:digit:]-]',
    '[^-a]',
    '[:a]',
    '[+--]',
    '[b-a]',
    '[[:x:]]',
    '[:a:]',
    '[#-&]',
  ],
);
const plain = fc.constantFrom('a', 'b', '1', '.', r`\w`, '[^ab]');
const quantifier = fc.constantFrom(
  ...[
    '',
    '',
    '',
    '',
    '*',
    '+',
    '?',
    '{2}',
    '{,2}',
    '{1,}',
    '{,}',
    '{1,2}',
    '{2,1}',
    '{1',
    '{a}',
    '**',
    '+?',
    '*+',
    '??',
    '++',
    '{2}?',
    '{1}{2}',
  ],
);
const sequence = (part: fc.Arbitrary<string>): fc.Arbitrary<string> =>
  fc.array(fc.tuple(part, quantifier), { minLength: 0, maxLength: 4 }).map((parts) => parts.flat().join(''));
const { regex } = fc.letrec<{ regex: string; group: string }>((tie) => ({
  regex: sequence(fc.oneof({ weight: 5, arbitrary: atom }, { weight: 1, arbitrary: tie('group') })),
  group: fc.array(tie('regex'), { minLength: 1, maxLength: 3 }).map((branches) => `(${branches.join('|')})`),
}));
const whole = fc.oneof(
  { weight: 6, arbitrary: regex },
  { weight: 1, arbitrary: fc.tuple(regex, regex).map((branches) => branches.join('|')) },
  // With a backreference grep asks the C library, which has ideas of its own on much of the rest.
  { weight: 1, arbitrary: fc.tuple(plain, plain).map(([one, other]) => `(${one}+|b)(${other})?${r`\1`}`) },
  {
    weight: 1,
    arbitrary: fc
      .array(fc.constantFrom(...'ab()[]}|*+?^$\\.,:1-'), { maxLength: 8 })
      .map((chars) => chars.join('')),
  },
);

describe('an extended regular expression', () => {
  it.each([
    ['a** is repeated, not possessive', 'a**', '(?:a*)*'],
    ['a+? may be left out, and is not lazy', '^a+?b', '^(?:a+)?b'],
    ['a quantifier with nothing before it is none', '*a|+b', 'a|b'],
    ['a backslash in brackets is a character', r`[\d]`, r`[\\d]`],
    ['a backslash before a letter that means nothing is none', r`\d\t`, 'dt'],
    ['words have edges', r`\<a\>`, r`\b(?=\w)a\b(?<=\w)`],
    ['a text has two ends', r`\`a\'`, r`\Aa\z`],
    ['{,2} is a quantifier', 'a{,2}', 'a{0,2}'],
    ['{ alone is a character', 'a{1', r`a\{1`],
    ['a ) alone is a character', 'a)', r`a\)`],
    ['a ] at the beginning of brackets is a character', '[]a][^]]', r`[\]a][^\]]`],
    ['groups do not capture', '(a|b)+', '(?:a|b)+'],
    ['a group that is named again captures', r`(x)(a|b)\2`, r`(?:x)(a|b)\g{1}`],
    ['a collating element of one character is the character', '[[.-.]a]', r`[\-a]`],
  ])('%s', (_, source, perl) => {
    const tree = readEre(source);
    expect(tree.ok && writeBranches(tree.branches)).toBe(perl);
  });

  it.each([
    '(',
    '[a',
    '[[:foo:]]',
    '[:space:]',
    '[b-a]',
    r`a\\`.slice(0, 2),
    r`\1`,
    r`(a)\2`,
    'a{2,1}',
    'a{99999}',
    '[a-c-e]',
    '[[.xy.]]',
  ])('%s is none, as to grep', (source) => {
    expect(readEre(source).ok).toBe(false);
    expect(grep(source, LINES)).toBeNull();
  });

  it(`finds the lines that grep -E finds, ${JUDGED} random ones`, () => {
    fc.assert(
      fc.property(whole, (source) => {
        const found = grep(source, LINES);
        fc.pre(found !== null && !QUANTIFIED_ANCHOR.test(source));
        expect(ours(source, LINES)).toEqual(found);
      }),
      { numRuns: JUDGED, seed: 20_261_134 },
    );
  }, 120_000);
});
