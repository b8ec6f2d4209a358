import { expect, it } from 'vitest';
import { compilePerl } from '../../../src/perl-regex/compile.js';
import { DfaStates } from '../../../src/perl-regex/set/dfa-states.js';
import { LazyDfa } from '../../../src/perl-regex/set/lazy-dfa.js';
import { routeOf } from '../../../src/perl-regex/set/route.js';
import { createRandom } from '../../support/random.js';
import { viewOf } from '../view.js';

function patternOf(source: string) {
  const compiled = compilePerl(source);
  if (!compiled.ok) throw new Error(compiled.seen);
  return compiled.pattern;
}

it('leaves a text that would take too much work to the regexes, and follows those less closely from then on', () => {
  const pattern = patternOf('^x.*a.{14}c');
  const limits = { maxStates: 16_384, textsAState: 20, maxWork: 5_000 };
  const anchored = [{ number: 0, root: pattern.regex.root }];
  const dfa = new LazyDfa([{ kind: 'winner', pattern, parent: -1 }], { anchored, floating: [] }, limits);
  const random = createRandom(1);
  const text = `x${Array.from({ length: 1_000 }, () => random.pick(['a', 'b'])).join('')}`;
  expect(dfa.floats).toBe(true);
  expect(dfa.read(viewOf('xab'))).toMatchObject({ winners: [] });
  expect(dfa.read(viewOf(text))).toBeNull();
  expect(dfa.read(viewOf(text))).toMatchObject({ winners: [0] });
  expect(dfa.floats).toBe(false);
});

it.each(['whole', 'heads'] as const)('reads a text no further than a catch-all needs, with %s', (detail) => {
  const patterns = ['^foo', '.+', '^b.*z', '.*r'].map(patternOf);
  const members = patterns.map((pattern) => ({ kind: 'winner' as const, pattern, parent: -1 }));
  const followed = patterns.flatMap(({ regex }, number) => {
    const route = routeOf(regex.root);
    return route.by === 'automaton' ? [{ number, root: route.root }] : [];
  });
  const states = new DfaStates(members, followed, detail);
  const before = states.count;
  expect(states.read(viewOf('bar baz'), 100, 10_000)).toMatchObject({ winners: [1], decisive: 1 });
  expect(states.count).toBe(before + 1);
});
