import { lazily } from '../../base/lazily.js';
import { steadySize } from '../analyse/steady-size.js';
import { hasCapture, type Regex, some } from '../parse/ast.js';
import type { Match } from '../pattern.js';
import { compileProgram } from './compile.js';
import { Matcher } from './matcher.js';

/** Instructions, and characters of runs by the eight, for one match: some 4 ms, on very long lines up to 8. */
const MAX_MATCH_STEPS = 200_000;

/** Our own matcher, which counts its steps. Its methods throw `PatternOverrun`. */
export interface BoundedMatcher {
  find(text: string): boolean;
  locate(text: string): Match | null;
}

/**
 * Two programs: one that only finds, and one that tells where the groups are. Where groups stand in lookarounds and
 * atomic groups, the first can remember more than the second, which then begins where the first has found something.
 * `sureUpTo`: texts of at most so many UTF-16 units are known to take few steps; `find` gives up none of them.
 */
export function createBoundedMatcher(regex: Regex, source: string, sureUpTo: number): BoundedMatcher {
  const finder = lazily(() => new Matcher(compileProgram(regex, 'referenced'), source));
  const locator = lazily(() => new Matcher(compileProgram(regex, 'all'), source));
  const stepsFor = (text: string) => (text.length <= sureUpTo ? Number.POSITIVE_INFINITY : MAX_MATCH_STEPS);
  const find = (text: string) => finder().find(text, stepsFor(text));
  const hidesGroups = some(
    regex.root,
    (node) => (node.kind === 'look' || node.kind === 'atomic') && hasCapture(node),
  );
  return {
    find: (text) => find(text) >= 0,
    locate(text) {
      if (!hidesGroups) return locator().match(text, stepsFor(text));
      const start = find(text);
      return start < 0 ? null : locator().matchAt(text, start, MAX_MATCH_STEPS);
    },
  };
}

/** Up to which length texts are answered in any case: they take few steps, at worst twice as many as others may. */
export function answeredLength(regex: Regex): number {
  return MAX_MATCH_STEPS / steadySize(regex);
}
