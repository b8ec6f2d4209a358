import { describe, expect, it } from 'vitest';
import { type CompileOptions, compilePerl } from '../../src/perl-regex/compile.js';
import { type Judgement, judge, type Pair, perlIsHere, perlVersion } from './judge.js';
import { pairs, pairsOfOldPerl } from './pairs.js';
import { maskedInPlace } from './view.js';

/** From this version on, a branch that fails clears the groups in it, even those of an earlier turn of a loop. */
const PERL_THAT_FORGETS = 5.037;
const MIN_PAIRS = 320;

describe.skipIf(!perlIsHere && !process.env.CI)(
  'pairs of a regex and a line, judged by the real perl (skipped without perl and JSON::PP, but not in CI)',
  () => {
    const judged = perlIsHere ? judge([...pairs, ...pairsOfOldPerl]) : [];

    it('has a perl to ask', () => {
      expect(perlIsHere, 'install perl (with JSON::PP) to run these tests').toBe(true);
      expect(judged.length).toBeGreaterThan(MIN_PAIRS);
    });

    it.each(pairs.map((pair, i) => ({ pair, i })))('$i: $pair', ({ pair, i }) => {
      expect(judged[i]).not.toHaveProperty('refused');
      expect(ours(pair, { engine: 'auto' })).toEqual(judged[i]);
      expect(ours(pair, { engine: 'backtrack' })).toEqual(judged[i]);
    });

    it.skipIf(perlVersion >= PERL_THAT_FORGETS).each(pairsOfOldPerl.map((pair, i) => ({ pair, i })))(
      'keeps groups across turns, $i: $pair',
      ({ pair, i }) => {
        expect(ours(pair, { engine: 'auto' })).toEqual(judged[pairs.length + i]);
        expect(ours(pair, { engine: 'backtrack' })).toEqual(judged[pairs.length + i]);
      },
    );
  },
);

/** What our translation says, in the form of perl's judgement. */
function ours([regex, line]: Pair, options: CompileOptions): Judgement {
  const translation = compilePerl(regex, options);
  if (!translation.ok) return { refused: translation.seen };
  const { pattern } = translation;
  const match = pattern.exec(line);
  const masked = pattern.mask(line, '______');
  expect(pattern.test(line)).toBe(match !== null);
  expect(masked === null).toBe(match === null);
  if (!match || masked === null) return { found: false };
  expect(maskedInPlace(pattern, line, '______') ?? masked).toBe(masked);
  const place = (units: number) => Array.from(line.slice(0, units)).length;
  return {
    found: true,
    start: place(match.start),
    end: place(match.end),
    groups: match.groups.map((span) => span && [place(span.start), place(span.end)]),
    masked,
  };
}
