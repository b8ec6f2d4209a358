import { expect, it } from 'vitest';
import { compilePerl } from '../../../src/perl-regex/compile.js';
import { LazyDfa } from '../../../src/perl-regex/set/lazy-dfa.js';
import { createRandom } from '../../support/random.js';
import { viewOf } from '../view.js';

it('leaves a text that would take too much work to the regexes, and follows those less closely from then on', () => {
  const compiled = compilePerl('^x.*a.{14}c');
  if (!compiled.ok) throw new Error(compiled.seen);
  const { pattern } = compiled;
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
