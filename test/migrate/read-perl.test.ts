import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readPerl } from '../../src/migrate/regex/read-perl.js';
import { writeBranches } from '../../src/migrate/regex/regex-node.js';
import { compile } from '../../src/perl-regex/perl-regex.js';
import { EVERYTHING, randomPair } from '../perl-regex/random-regex.js';

const r = String.raw;
function written(source: string, nameOf: (number: number) => string | null): string {
  const tree = readPerl(source, nameOf);
  return tree.ok ? writeBranches(tree.branches) : tree.reason;
}

describe('a regex of Perl that is read and written', () => {
  it.each([
    ['a group that nothing names only groups', r`(a|b)+? (c)`, r`(?:a|b)+? (?<p2>c)`],
    ['a group gets its name', r`from (\S+) port (\d+)$`, r`from (?:\S+) port (?<p2>\d+)$`],
    ['groups in classes and behind backslashes are none', r`[(](\()[)\]]`, r`[(](?:\()[)\]]`],
    ['groups that have names keep them', r`(?P<ip>x)(?<n>y)`, r`(?<ip>x)(?<n>y)`],
    ['groups that are repeated by number stay', r`(a)\1`, r`(a)\1`],
    ['flags, looks and atomic groups stay', r`(?i)a(?=b)(?<!c)(?>d)(?i:e)`, r`(?i)a(?=b)(?<!c)(?>d)(?i:e)`],
    [
      'an escaped slash is a slash',
      r`query \'VERSION\.BIND\/TXT\/CH\' denied`,
      r`query \'VERSION\.BIND/TXT/CH\' denied`,
    ],
    ['a brace that is no quantifier stays', 'a{x}b{2,}c{3}', 'a{x}b{2,}c{3}'],
  ])('%s', (_, source, expected) => {
    expect(written(source, (number) => (number === 2 ? 'p2' : null))).toBe(expected);
  });

  it('means the same, of 1,000 random ones', () => {
    const keep = (): null => null;
    fc.assert(
      fc.property(randomPair(EVERYTHING), ([source, line]) => {
        const before = compile(source);
        if (!before.ok) return;
        const after = compile(written(source, keep));
        expect(after.ok && after.pattern.test(line)).toBe(before.pattern.test(line));
      }),
      { numRuns: 1_000, seed: 20_261_130 },
    );
  });
});
