import { type Node, parts, type Regex, type Repeat, widthOf } from './ast.js';

/** A steady regex takes no more steps for each of its instructions and each place in the text; most take far less. */
export const STEPS_A_POINT = 4;
/** Instructions that counted repeats may be written out to, all together; those beyond count their turns. */
export const MOST_WRITTEN_OUT = 2_000;
/** A memo takes a number for each combination of so many loops around it that one more turn may leave. */
export const MOST_TURNS = 3;

/**
 * Whether our own matcher remembers all ways through a regex (groups left out), so that what it takes grows with the
 * length of a text and no faster. Not where more than the place in the text decides what follows: what a group holds,
 * how many turns a loop has made, where a lookbehind must end.
 */
export function isSteady({ root }: Regex): boolean {
  return isEachSteady(root, 0) && instructionsOf(root) <= MOST_WRITTEN_OUT;
}

/** `turns`: loops around the node that end when a turn takes nothing. */
function isEachSteady(node: Node, turns: number): boolean {
  switch (node.kind) {
    case 'backreference':
    case 'conditional':
    case 'recursion':
      return false;
    case 'look':
      return node.toward === 'ahead' && isEachSteady(node.body, 0);
    case 'repeat': {
      const within = turns + (isLoop(node) && widthOf(node.body).min === 0 ? 1 : 0);
      return within <= MOST_TURNS && isEachSteady(node.body, within);
    }
    default:
      return parts(node).every((part) => isEachSteady(part, turns));
  }
}

/** How many instructions a node becomes at most, its groups left out. */
export function instructionsOf(node: Node): number {
  const inner = parts(node).reduce((sum, part) => sum + instructionsOf(part), 0);
  switch (node.kind) {
    case 'sequence':
    case 'capture':
      return inner;
    case 'choice':
      return inner + 2 * node.branches.length;
    case 'repeat':
      if (!isLoop(node)) return inner + 4;
      return (inner + 6) * (node.max === Number.POSITIVE_INFINITY ? node.min + 1 : node.max);
    case 'atomic':
    case 'look':
      return inner + 6;
    default:
      return 1;
  }
}

/** What is more than a run of one set, and may turn more than once. */
function isLoop({ body, max }: Repeat): boolean {
  return max > 1 && body.kind !== 'char' && body.kind !== 'set';
}
