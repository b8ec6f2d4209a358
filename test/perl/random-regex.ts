import fc from 'fast-check';
import type { Pair } from './judge.js';

/** Pieces that match one of the characters a, b, c, or - in the tests of characters - others. */
const atoms = ['a', 'b', 'c', '.', '[ab]', '[^a]', '\\w', '\\S', 'ab', '(?i:A)', '[[:alpha:]]'] as const;
const quantifiers = [
  '*',
  '+',
  '?',
  '*?',
  '+?',
  '??',
  '{2}',
  '{1,2}',
  '{0,2}?',
  '{,2}',
  '++',
  '*+',
  '?+',
  '{2,}',
] as const;
const places = ['^', '$', '\\b', '\\B', '\\A', '\\z', '(?=b)', '(?!c)', '(?<=a)', '(?<!b)'] as const;

/**
 * Regexes over the letters a, b and c. Left out is what Perl itself does by accident: groups set inside a negative
 * lookaround that failed are not taken back there.
 */
const { regex } = fc.letrec<{ regex: string; branch: string; item: string; atom: string }>((tie) => ({
  regex: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    { weight: 4, arbitrary: tie('branch') },
    { weight: 1, arbitrary: fc.tuple(tie('branch'), tie('branch')).map(([a, b]) => `${a}|${b}`) },
  ),
  branch: fc.array(tie('item'), { minLength: 0, maxLength: 4 }).map((items) => items.join('')),
  item: fc.oneof(
    { weight: 4, arbitrary: tie('atom') },
    {
      weight: 3,
      arbitrary: fc.tuple(tie('atom'), fc.constantFrom(...quantifiers)).map(([a, q]) => `${a}${q}`),
    },
    { weight: 1, arbitrary: fc.constantFrom(...places) },
    { weight: 1, arbitrary: fc.constantFrom('\\1', '\\g{-1}') },
  ),
  atom: fc.oneof(
    { maxDepth: 4, depthSize: 'small', withCrossShrink: true },
    { weight: 5, arbitrary: fc.constantFrom(...atoms) },
    { weight: 3, arbitrary: tie('regex').map((body) => `(${body})`) },
    { weight: 2, arbitrary: tie('regex').map((body) => `(?:${body})`) },
    { weight: 1, arbitrary: tie('regex').map((body) => `(?>${body})`) },
    { weight: 1, arbitrary: tie('regex').map((body) => `(?=${body})`) },
    { weight: 1, arbitrary: tie('regex').map((body) => `(?|${body})`) },
  ),
}));

const line = fc.string({ unit: fc.constantFrom('a', 'b', 'c'), maxLength: 7 });

/** A random regex, with a group to refer to where it refers to one, and a short line. */
export const randomPair: fc.Arbitrary<Pair> = fc
  .tuple(regex, line)
  .map(([text, subject]) => [/\\(?:1|g)/.test(text) ? `(a?)${text}` : text, subject]);
