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
}

const atoms = ['a', 'b', 'c', '.', '[ab]', '[^a]', r`\w`, r`\S`, 'ab', '(?i:A)', '[[:alpha:]]'] as const;
const quantifiers = ['*', '+', '?', '*?', '+?', '??', '{2}', '{1,2}', '{0,2}?', '{,2}', '{2,}'] as const;
const possessive = ['++', '*+', '?+', '{1,2}+'] as const;
const places = ['^', '$', r`\b`, r`\B`, r`\A`, r`\z`] as const;
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
  const subject = fc.string({ unit: fc.constantFrom('a', 'b', 'c'), maxLength: 7 });
  return fc.tuple(randomRegex(ingredients), subject);
}

export function randomRegex(ingredients: Ingredients): fc.Arbitrary<string> {
  const { captures, atomic, choicesInLoops, backreferences } = ingredients;
  const open = captures ? ['(', '(', '(?:'] : ['(?:'];
  const counts = fc.constantFrom(...quantifiers, ...(atomic ? possessive : []));
  const { regex } = fc.letrec<Parts>((tie) => ({
    regex: weighted([4, tie('branch')], [1, joined([tie('branch'), tie('branch')], '|')]),
    branch: fc.array(tie('item'), { maxLength: 4 }).map((items) => items.join('')),
    filled: fc.array(tie('item'), { minLength: 1, maxLength: 4 }).map((items) => items.join('')),
    item: fc.oneof(
      { maxDepth: 5, depthSize: 'small' },
      { weight: 4, arbitrary: fc.constantFrom(...atoms) },
      { weight: 2, arbitrary: joined([fc.constantFrom(...atoms), counts]) },
      { weight: 1, arbitrary: fc.constantFrom(...others(ingredients)) },
      { weight: 3, arbitrary: tie('group') },
      { weight: 2, arbitrary: joined([tie('looped'), counts]) },
    ),
    group: joined([fc.constantFrom(...openings(ingredients, open)), tie('regex'), fc.constant(')')]),
    looped: joined([fc.constantFrom(...open), tie(choicesInLoops ? 'regex' : 'filled'), fc.constant(')')]),
  }));
  return backreferences ? regex.map((text) => (/\\[1g]/.test(text) ? `(a?)${text}` : text)) : regex;
}

function others({ looks: withLooks, backreferences }: Ingredients): readonly string[] {
  return [...places, ...(withLooks ? looks : []), ...(backreferences ? [r`\1`, r`\g{-1}`] : [])];
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
