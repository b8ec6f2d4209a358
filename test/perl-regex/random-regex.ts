import fc from 'fast-check';
import type { Pair } from './judge.js';

/** What a random regex may hold besides characters, classes, plain groups, choices, quantifiers and places. */
export interface Ingredients {
  /** `(...)` instead of `(?:...)`. */
  readonly captures: boolean;
  readonly atomic: boolean;
  readonly looks: boolean;
  readonly backreferences: boolean;
  /** `|` in what is repeated. */
  readonly choicesInLoops: boolean;
  /** `(?1)`, `(?R)`, behind something that they cannot come to without end. */
  readonly recursion?: boolean;
  /** `\K`, not in lookarounds. */
  readonly keep?: boolean;
  /** `(*FAIL)` and its like, with and without an argument. */
  readonly verbs?: boolean;
  /** `(?xx)`, and blanks in and between all. */
  readonly blanks?: boolean;
  /** `\Q...\E`, as they stand in the text of a program. */
  readonly quotes?: boolean;
  /** Choices have five branches instead of two. */
  readonly manyBranches?: boolean;
}

const atoms = ['a', 'b', 'c', '.', '[ab]', '[^a]', r`\w`, r`\S`, 'ab', '(?i:A)', '[[:alpha:]]'] as const;
const quantifiers = ['*', '+', '?', '*?', '+?', '??', '{2}', '{1,2}', '{0,2}?', '{,2}', '{2,}'] as const;
const possessive = ['++', '*+', '?+', '{1,2}+'] as const;
const places = ['^', '$', r`\b`, r`\B`, r`\A`, r`\z`] as const;
const blankAtoms = [
  'a',
  'b',
  '[ ab]',
  '[ ^a]',
  '[a - b ]',
  '[^ c\t]',
  '[ ]b ]',
  ' [b\\ ]',
  'c #x\n',
] as const;
const quotedAtoms = [
  r`\Qa\E`,
  r`\Qab\E`,
  r`\Q.\E`,
  r`\Q\E`,
  r`[\Qab\E-c]`,
  r`[a-\Ec]`,
  r`[\Q^\Ea]`,
  r`[a\Q-\Ec]`,
  r`\E`,
] as const;
const verbs = ['(*F)', '(*FAIL)', '(*F:a)', '(*FAIL:a b)'] as const;
const recursions = ['a(?1)?', 'b(?R)?', 'c(?1)*', 'a(?-1)?', '(?:b(?1)|c)'] as const;
const looks = ['(?=b)', '(?!c)', '(?<=a)', '(?<!b)', '(?<=ab|c)'] as const;

function r(strings: TemplateStringsArray): string {
  return strings.raw.join('');
}

type Parts = {
  readonly regex: string;
  readonly branch: string;
  readonly filled: string;
  readonly item: string;
  readonly group: string;
  readonly looped: string;
};

/** Regexes over the letters a, b and c, with lines of the same. */
export function randomPair(ingredients: Ingredients): fc.Arbitrary<Pair> {
  const { blanks, quotes } = ingredients;
  const others = [...(blanks ? [' ', ']', '-', '^'] : []), ...(quotes ? ['.', '^', '-'] : [])];
  const letters = fc.constantFrom('a', 'b', 'c', 'a', 'b', 'c', ...others);
  const subject = fc.string({ unit: letters, maxLength: 7 });
  return fc
    .tuple(randomRegex(ingredients), subject)
    .map(([regex, line]): Pair => (quotes ? [regex, line, 'text'] : [regex, line]));
}

/** All that most tests want in a regex. */
export const EVERYTHING = {
  captures: true,
  atomic: true,
  looks: true,
  backreferences: true,
  choicesInLoops: true,
} as const;

export function randomRegex(ingredients: Ingredients): fc.Arbitrary<string> {
  const { captures, atomic, choicesInLoops, backreferences, recursion, blanks, manyBranches } = ingredients;
  const more = (branch: fc.Arbitrary<string>) => (manyBranches ? [branch, branch, branch] : []);
  const known = fc.constantFrom(...atomsOf(ingredients));
  const open = captures ? ['(', '(', '(?:'] : ['(?:'];
  const counts = fc.constantFrom(...quantifiers, ...(atomic ? possessive : []));
  const { regex } = fc.letrec<Parts>((tie) => ({
    regex: weighted(
      [4, tie('branch')],
      [1, joined([tie('branch'), tie('branch'), ...more(tie('branch'))], '|')],
    ),
    branch: fc.array(tie('item'), { maxLength: 4 }).map((items) => items.join('')),
    filled: fc.array(tie('item'), { minLength: 1, maxLength: 4 }).map((items) => items.join('')),
    item: fc.oneof(
      { maxDepth: 5, depthSize: 'small' },
      { weight: 4, arbitrary: known },
      { weight: 2, arbitrary: joined([known, counts]) },
      { weight: 1, arbitrary: fc.constantFrom(...others(ingredients)) },
      { weight: 3, arbitrary: tie('group') },
      { weight: 2, arbitrary: joined([tie('looped'), counts]) },
    ),
    group: joined([fc.constantFrom(...openings(ingredients, open)), tie('regex'), fc.constant(')')]),
    looped: joined([fc.constantFrom(...open), tie(choicesInLoops ? 'regex' : 'filled'), fc.constant(')')]),
  }));
  const needsGroup = (text: string) =>
    (backreferences && /\\[1g]/.test(text)) || (recursion && text.includes('(?'));
  return regex.map((text) => `${blanks ? '(?xx)' : ''}${needsGroup(text) ? '(a?)' : ''}${text}`);
}

function atomsOf({ blanks, quotes }: Ingredients): readonly string[] {
  return [...(blanks ? blankAtoms : atoms), ...(quotes ? quotedAtoms : [])];
}

function others(ingredients: Ingredients): readonly string[] {
  return [
    // In the text of a program, $ begins a variable.
    ...places.filter((place) => place !== '$' || !ingredients.quotes),
    ...(ingredients.looks ? looks : []),
    ...(ingredients.backreferences ? [r`\1`, r`\g{-1}`] : []),
    ...(ingredients.recursion ? recursions : []),
    ...(ingredients.keep ? [r`\K`, r`a\K`, r`\Kb`] : []),
    ...(ingredients.verbs ? verbs : []),
  ];
}

function openings({ atomic, looks: withLooks }: Ingredients, open: readonly string[]): readonly string[] {
  return [...open, ...(atomic ? ['(?>'] : []), ...(withLooks ? ['(?='] : [])];
}

function weighted(...choices: readonly (readonly [weight: number, arbitrary: fc.Arbitrary<string>])[]) {
  return fc.oneof(...choices.map(([weight, arbitrary]) => ({ weight, arbitrary })));
}

function joined(pieces: readonly fc.Arbitrary<string>[], separator = ''): fc.Arbitrary<string> {
  return fc.tuple(...pieces).map((texts) => texts.join(separator));
}
