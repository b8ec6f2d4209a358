import { type Node, parts, type Repeat, some } from '../parse/ast.js';
import { type CharSet, charSet, disjoint } from '../parse/char-set.js';
import { anchorOf, type Beginning, beginning } from './beginning.js';

/**
 * How long a naive backtracking search takes on a text of length n, at worst: about n to the `power`, divided by
 * `divisor`.
 */
export interface MatchCost {
  readonly power: number;
  readonly divisor: number;
}

/**
 * Power 1 is one visit of each character. Each run that can end at more than one offset adds 1 (except one of them, which
 * only visits each character again), and so does a search that may start anywhere. A loop whose iterations can end in
 * more than one way makes it Infinity. A literal after a run reduces the offsets at which it can end.
 */
export function matchCostOf(root: Node): MatchCost {
  const cuts: Cut[] = [];
  addCuts(root, END, cuts);
  const power = cuts.reduce((sum, cut) => sum + cut.power, 0);
  const anywhere = anchorOf(root) !== 'text' && (power > 0 || some(root, isUnbounded));
  const literals = cuts.map(({ literal }) => literal).toSorted((a, b) => a - b);
  const others = literals.slice(0, -1).reduce((product, literal) => product * Math.max(1, literal), 1);
  return {
    power: Math.max(1, power) + (anywhere ? 1 : 0),
    divisor: others * (anywhere ? Math.max(1, literalHead(root, 0)) : 1),
  };
}

/** A choice point, and the length of the literal that must come next. */
interface Cut {
  readonly power: number;
  readonly literal: number;
}

/** What can follow a node; empty if the match ends there. */
interface Follow {
  readonly set: CharSet;
  readonly literal: number;
}

const END: Follow = { set: [], literal: 0 };
/** A choice of two counts as the power of this length that equals 2. */
const LENGTH_OF_REFERENCE = 1_000;

function isUnbounded(node: Node): boolean {
  return node.kind === 'repeat' ? node.max === Number.POSITIVE_INFINITY : node.kind === 'backreference';
}

function addCuts(node: Node, follow: Follow, cuts: Cut[]): void {
  switch (node.kind) {
    case 'sequence':
      addSequenceCuts(node.items, follow, cuts);
      break;
    case 'choice':
      addChoiceCuts(node.branches, follow, cuts);
      break;
    case 'capture':
    case 'atomic':
      addCuts(node.body, follow, cuts);
      break;
    case 'look':
      addCuts(node.body, END, cuts);
      if (widest(node.body) > 1) cuts.push({ power: powerOf(widest(node.body)), literal: 1 });
      break;
    case 'repeat':
      addRepeatCuts(node, follow, cuts);
      break;
    case 'conditional':
    case 'recursion':
      cuts.push({ power: Number.POSITIVE_INFINITY, literal: 1 });
  }
}

/** How many lengths the longest run in it may have: a lookaround may try all of them at each offset. */
function widest(node: Node): number {
  const own = node.kind === 'repeat' ? node.max - node.min + 1 : 1;
  return parts(node).reduce((most, part) => Math.max(most, widest(part)), own);
}

function addSequenceCuts(items: readonly Node[], follow: Follow, cuts: Cut[]): void {
  let after = follow;
  for (const item of items.toReversed()) {
    addCuts(item, after, cuts);
    after = { set: joined(beginning(item), after.set), literal: literalHead(item, after.literal) };
  }
}

function joined({ set, empty }: Beginning, after: CharSet): CharSet {
  return empty ? charSet([...set, ...after]) : set;
}

/** The branch with the highest cost counts. */
function addChoiceCuts(branches: readonly Node[], follow: Follow, cuts: Cut[]): void {
  const each = branches.map((branch) => {
    const own: Cut[] = [];
    addCuts(branch, follow, own);
    return own;
  });
  const powerOfCuts = (own: readonly Cut[]) => own.reduce((sum, { power }) => sum + power, 0);
  cuts.push(...each.reduce((worst, own) => (powerOfCuts(own) > powerOfCuts(worst) ? own : worst)));
  const begins = branches.map(beginning);
  const apart = begins.every(
    ({ set, empty }, i) => !empty && begins.slice(i + 1).every((other) => disjoint(set, other.set)),
  );
  if (!apart) cuts.push({ power: powerOf(branches.length), literal: 1 });
}

function addRepeatCuts({ body, min, max }: Repeat, follow: Follow, cuts: Cut[]): void {
  if (max === 0) return;
  const begin = beginning(body);
  const cut = disjoint(begin.set, follow.set) || min === max ? 0 : powerOf(max - min + 1);
  if (cut > 0) cuts.push({ power: cut, literal: follow.literal });
  const inner: Cut[] = [];
  addCuts(body, max === 1 ? follow : { set: charSet([...begin.set, ...follow.set]), literal: 0 }, inner);
  if (max === 1) cuts.push(...inner);
  else if (begin.empty || inner.length > 0) cuts.push({ power: turnsPower(inner, max), literal: 1 });
}

/** A loop whose iterations have choice points: their power times the number of iterations. */
function turnsPower(inner: readonly Cut[], max: number): number {
  return inner.reduce(
    (sum, { power }) => sum + power * max,
    max === Number.POSITIVE_INFINITY ? max : powerOf(2) * max,
  );
}

function powerOf(choices: number): number {
  return Math.min(1, Math.log(choices) / Math.log(LENGTH_OF_REFERENCE));
}

/** A set of so few characters (a letter of either case) counts as a literal. */
const FEW = 3;

/** How many literal characters a node begins with; `after`: those that follow it. */
function literalHead(node: Node, after: number): number {
  switch (node.kind) {
    case 'char':
      return after + 1;
    case 'set':
      return node.set.reduce((sum, [first, last]) => sum + last - first + 1, 0) <= FEW ? after + 1 : 0;
    case 'sequence':
      return node.items.reduceRight((head, item) => literalHead(item, head), after);
    case 'capture':
    case 'atomic':
      return literalHead(node.body, after);
    case 'choice':
      return Math.min(...node.branches.map((branch) => literalHead(branch, 0)));
    case 'repeat':
      return node.min > 0 ? literalHead(node.body, 0) : 0;
    case 'place':
    case 'keep':
      return after;
    default:
      return 0;
  }
}
