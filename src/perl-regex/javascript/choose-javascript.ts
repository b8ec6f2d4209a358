import { jsEquivalenceOf } from '../analyse/js-equivalence.js';
import { type MatchCost, matchCostOf } from '../analyse/match-cost.js';
import { type Node, parts, type Regex, some } from '../parse/ast.js';
import { type CharSet, disjoint, FIRST_ASTRAL, LAST_CHARACTER } from '../parse/char-set.js';
import { type Javascript, toJavascript, toLocatingJavascript } from './to-javascript.js';

/** What of a regex is left to JavaScript. */
export interface JavascriptChoice {
  /** Writes what tells whether it is found. */
  find(): string;
  /** Makes what tells where it and its groups are; null where JavaScript would differ. */
  readonly locate: (() => Javascript) | null;
  /** Texts longer than this, in UTF-16 units, could take too long. */
  readonly longest: number;
  /** Up to this length it is so quick that nothing need be looked for before. */
  readonly quick: number;
  /** Whether the regex means another thing to JavaScript where a text holds surrogate pairs or ends in a newline. */
  readonly plainOnly: boolean;
}

/** V8 compiles a regex when it first runs, and throws there if it is too large; our own matcher has no such limit. */
const MAX_JAVASCRIPT_LENGTH = 20_000;
/** Where JavaScript could only be trusted with shorter texts than this, it is not worth having two ways. */
const MIN_USEFUL_LENGTH = 64;

/** What JavaScript can do of a regex, exactly as Perl means it and in bounded time; null when that is nothing. */
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

/** What V8's matcher tries in about 2 ms at worst: it needs less than two nanoseconds for each. */
const MAX_TRIES = 1_000_000;
/** A thousand rules may each do this on a line: some milliseconds. */
const FEW_TRIES = 2_000;

/**
 * JavaScript's regexes cannot be stopped. (V8's `--enable-experimental-regexp-engine-on-excessive-backtracks` helps
 * where it can, but it counts no steps within runs such as `.*`, and knows no lookarounds, backreferences or large
 * counts.) So the length of the text sets the bound: n^k / k! tries are made at worst, fewer between literals.
 */
function longestText(tries: number, cost: MatchCost): number {
  const { power } = cost;
  return power === Number.POSITIVE_INFINITY ? 0 : (tries * waysAtOnce(cost)) ** (1 / power);
}

/** How many of the n^k ways to cut a text in k places are one and the same, or are passed over. */
function waysAtOnce({ power, divisor }: MatchCost): number {
  let ways = divisor;
  for (let factor = 2; factor <= power; factor++) ways *= factor;
  return ways;
}

/** How many nodes there are when each counted repeat is written out, as V8 does. */
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
