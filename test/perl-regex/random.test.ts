import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type CompileOptions, compilePerl } from '../../src/perl-regex/compile.js';
import { MatchLimitError } from '../../src/perl-regex/match-limit.js';
import type { Match } from '../../src/perl-regex/pattern.js';
import { judge, type Pair, perlIsHere } from './judge.js';
import { EVERYTHING, randomPair } from './random-regex.js';
import { maskedInPlace } from './view.js';

const r = String.raw;
/** Pairs that perl judges, and what they are made from. */
const JUDGED = 4_000;
const SEED = 20_261_120;
/** What perl is asked about one by one: see below. */
const groupsOnly = {
  ...EVERYTHING,
  atomic: false,
  looks: false,
  backreferences: false,
  choicesInLoops: false,
};
const matchesOnly = { ...EVERYTHING, captures: false, looks: false, backreferences: false };

describe('random regexes', () => {
  it('never make the translator throw', () => {
    const ingredient = fc.constantFrom(
      ...'()[]{}|*+?^$\\.,:=!<>\'"#&PRkgxoQEi-1a0 \n',
      'é',
      '😀',
      '(?',
      '[:',
      '\\p{',
    );
    const regexes = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 30 }),
      fc.array(ingredient, { maxLength: 25 }).map((pieces) => pieces.join('')),
    );
    fc.assert(
      fc.property(regexes, fc.string({ unit: 'binary', maxLength: 30 }), (regex, line) => {
        const translation = compilePerl(regex);
        if (!translation.ok) {
          expect(translation.offset).toBeGreaterThanOrEqual(0);
          expect(translation.offset).toBeLessThanOrEqual(Array.from(regex).length);
          return;
        }
        expect(found(regex, line, { engine: 'auto' })).toEqual(found(regex, line, { engine: 'backtrack' }));
      }),
      { numRuns: 4_000 },
    );
  });

  it.each([
    ['everything that JavaScript knows', EVERYTHING],
    ['choices of many branches', { ...EVERYTHING, manyBranches: true }],
    [
      'what only Perl knows',
      { ...EVERYTHING, looks: false, recursion: true, keep: true, verbs: true, blanks: true },
    ],
  ])('mean the same to both engines: %s', (_, ingredients) => {
    fc.assert(
      fc.property(randomPair(ingredients), ([regex, line]) => {
        expect(found(regex, line, { engine: 'auto' })).toEqual(found(regex, line, { engine: 'backtrack' }));
      }),
      { numRuns: 4_000 },
    );
  });

  // Perl 5.36 has faults of its own, and other versions have others: `(?=a*)\w` does not match "c", groups are not
  // always taken back when what set them fails, nor is \K. So such are left out here, and the seed is fixed.
  it.skipIf(!perlIsHere && !process.env.CI).each([
    ['groups', groupsOnly],
    ['matches', matchesOnly],
    ['choices of many branches', { ...matchesOnly, choicesInLoops: true, manyBranches: true }],
    ['lookarounds with groups', { ...groupsOnly, looks: true }],
    ['lookarounds', { ...matchesOnly, looks: true }],
    ['recursion', { ...groupsOnly, recursion: true }],
    ['recursion, choices and atomic groups', { ...matchesOnly, recursion: true }],
    [r`\K`, { ...groupsOnly, keep: true }],
    [r`\K in recursions`, { ...groupsOnly, keep: true, recursion: true }],
    ['verbs', { ...groupsOnly, verbs: true }],
    ['blanks under (?xx)', { ...groupsOnly, blanks: true }],
    [r`\Q...\E`, { ...groupsOnly, quotes: true }],
  ])('mean the same to perl: %s (skipped without perl, but not in CI)', (_, ingredients) => {
    const pairs = fc.sample(randomPair(ingredients), { numRuns: JUDGED, seed: SEED });
    const judged = judge(pairs);
    const mistaken = pairs
      .map((pair, i) => ({ pair, ours: inPerlsForm(pair), perls: judged[i] }))
      .filter(({ ours, perls }) => !isDeepStrictEqual(ours, perls) && !(isRefused(ours) && isRefused(perls)));
    expect(mistaken).toEqual([]);
    expect(judged.filter((judgement) => 'found' in judgement && judgement.found).length).toBeGreaterThan(
      JUDGED / 3,
    );
  });
});

function found(regex: string, line: string, options: CompileOptions): unknown {
  const translation = compilePerl(regex, options);
  if (!translation.ok) throw new Error(translation.seen);
  const { pattern } = translation;
  try {
    const masked = pattern.mask(line, '<>');
    const inPlace = masked !== null && maskedInPlace(pattern, line, '<>');
    return [pattern.test(line), pattern.exec(line), masked, inPlace || masked];
  } catch (error) {
    if (error instanceof MatchLimitError) return 'overrun';
    throw error;
  }
}

function isRefused(said: unknown): boolean {
  return typeof said === 'object' && said !== null && 'refused' in said;
}

function inPerlsForm([regex, line]: Pair): unknown {
  const translation = compilePerl(regex);
  if (!translation.ok) return { refused: translation.seen };
  const { pattern } = translation;
  const match = pattern.exec(line);
  if (!match) return { found: false };
  const { start, end } = match;
  const masked = pattern.mask(line, '______');
  expect(maskedInPlace(pattern, line, '______') ?? masked).toBe(masked);
  return {
    found: true,
    start,
    end,
    groups: pairsOf(match),
    masked,
  };
}

function pairsOf({ groups }: Match): unknown {
  return groups.map((span) => span && [span.start, span.end]);
}
