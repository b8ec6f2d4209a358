import { jsEquivalenceOf } from '../analyse/js-equivalence.js';
import { type MatchCost, matchCostOf } from '../analyse/match-cost.js';
import { type Node, parts, type Regex, some } from '../parse/ast.js';
import { type CharSet, disjoint, FIRST_ASTRAL, LAST_CHARACTER } from '../parse/char-set.js';
import { type Javascript, toJavascript, toLocatingJavascript } from './to-javascript.js';

/** How a regex is matched by JavaScript. */
export interface JavascriptChoice {
  /** A JavaScript regex that only finds whether it matches. */
  find(): string;
  /** A JavaScript regex that also locates groups; null if JavaScript would differ. */
  readonly locate: (() => Javascript) | null;
  /** Texts longer than this, in UTF-16 units, could take too long. */
  readonly longest: number;
  /** Up to this length it is faster than the literal prefilter. */
  readonly quick: number;
  /** Whether JavaScript differs on texts with surrogate pairs or with a newline at the end. */
  readonly plainOnly: boolean;
}

/** V8 compiles a regex at its first run, and throws if it is too large; our own matcher has no such limit. */
const MAX_JAVASCRIPT_LENGTH = 20_000;
/** If JavaScript is only safe for shorter texts than this, it is not worth two matchers. */
const MIN_USEFUL_LENGTH = 64;

/** How far JavaScript can match a regex with Perl's meaning and in bounded time; null if it cannot. */
export function chooseJavascript(regex: Regex): JavascriptChoice | null {
  const equivalence = jsEquivalenceOf(regex);
  const cost = matchCostOf(regex.root);
  const longest = longestText(MAX_TRIES, cost);
  if (
    equivalence === 'nothing' ||
    longest < MIN_USEFUL_LENGTH ||
    unrolledSize(regex.root) > MAX_JAVASCRIPT_LENGTH
  )
    return null;
  return {
    find: () => toJavascript(regex),
    locate: equivalence === 'all' ? () => toLocatingJavascript(regex) : null,
    longest,
    quick: longestText(FEW_TRIES, cost),
    plainOnly: some(regex.root, needsPlainText),
  };
}

/** Tries of V8 in about 2 ms at worst: less than two nanoseconds each. */
const MAX_TRIES = 1_000_000;
/** A thousand rules may each take this on a line: some milliseconds. */
const FEW_TRIES = 2_000;

/**
 * A JavaScript regex cannot be interrupted. (V8's `--enable-experimental-regexp-engine-on-excessive-backtracks` counts no
 * steps within runs such as `.*`, and does not support lookarounds, backreferences or large counts.) So the length of the
 * text is limited instead: n^k / k! tries at worst, fewer between literals.
 */
function longestText(tries: number, cost: MatchCost): number {
  const { power } = cost;
  return power === Number.POSITIVE_INFINITY ? 0 : (tries * equivalentCuts(cost)) ** (1 / power);
}

/** How many of the n^k ways to cut a text at k offsets are equivalent or skipped. */
function equivalentCuts({ power, divisor }: MatchCost): number {
  let ways = divisor;
  for (let factor = 2; factor <= power; factor++) ways *= factor;
  return ways;
}

/** The number of nodes with all counted repeats unrolled, as V8 does. */
function unrolledSize(node: Node): number {
  const inner = parts(node).reduce((sum, part) => sum + unrolledSize(part), 1);
  if (node.kind !== 'repeat') return inner;
  return inner * Math.max(1, node.min, node.max === Number.POSITIVE_INFINITY ? 1 : node.max);
}

const SURROGATES_AND_ABOVE: CharSet = [
  [0xd800, 0xdfff],
  [FIRST_ASTRAL, LAST_CHARACTER],
];

function needsPlainText(node: Node): boolean {
  if (node.kind === 'place') return node.place === 'end';
  if (node.kind === 'set') return !disjoint(node.set, SURROGATES_AND_ABOVE);
  return node.kind === 'char' && node.code >= 0xd800;
}
