import { lazily } from '../../base/lazily.js';
import { steadySize } from '../analyse/steady-size.js';
import { hasCapture, type Regex, some } from '../parse/ast.js';
import type { Match } from '../pattern.js';
import { compileProgram } from './compile.js';
import { Matcher } from './matcher.js';

/** The match limit, in steps: instructions, and each eight characters of runs. About 4 ms, on very long lines up to 8. */
const MAX_MATCH_STEPS = 200_000;

/** Our own matcher, with a limit of steps. Its methods throw `MatchLimitError`. */
export interface BoundedMatcher {
  find(text: string): boolean;
  locate(text: string): Match | null;
  /** The matches from left to right, at most `max`; they share one limit. */
  locateAll(text: string, max: number): Match[];
}

/**
 * Two programs: one only finds a match, the other also locates its groups. With groups inside lookarounds or atomic groups,
 * the first can memoise more than the second, so the second starts where the first has found a match. `sureUpTo`: texts
 * of at most so many UTF-16 units are known to take few steps; `find` has no limit for them.
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
    locateAll: (text, max) => locator().matchAll(text, max, MAX_MATCH_STEPS),
  };
}

/** Texts up to this length always get an answer: they take at worst twice the match limit. */
export function answeredLength(regex: Regex): number {
  return MAX_MATCH_STEPS / steadySize(regex);
}
