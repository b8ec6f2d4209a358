import { type Node, type Regex, type Repeat, widthOf } from '../parse/ast.js';

/** Instructions that counted repeats may be written out to, all together; those beyond count their turns. */
export const MAX_UNROLLED_SIZE = 2_000;
/** A memo takes a number for each combination of so many loops around it that one more turn may leave. */
export const MAX_UNROLLED_TURNS = 3;

/** What it takes, in instructions, to begin at one more place and to look at its character. */
const SIZE_OF_A_START = 8;

/**
 * About how many steps our own matcher takes at worst for each place in a text, if it remembers all ways through the
 * regex: one for each of its instructions, never more than two. So what it takes grows with the length of the text and
 * no faster. Infinity where more than the place in the text decides what follows, such as what a group holds, how many turns a
 * loop has made, or where a lookbehind must end.
 */
export function steadySize({ root }: Regex): number {
  const size = sizeOf(root, 0);
  return size > MAX_UNROLLED_SIZE ? Number.POSITIVE_INFINITY : size + SIZE_OF_A_START;
}

/** How many instructions a node becomes at most when all counted repeats in it are written out. */
export function instructionsOf(node: Node): number {
  return sizeOf(node, Number.NEGATIVE_INFINITY);
}

/** `turns`: loops around the node that end when a turn takes nothing; negative: it does not matter what is steady. */
function sizeOf(node: Node, turns: number): number {
  switch (node.kind) {
    case 'sequence':
      return sumOf(node.items, turns);
    case 'choice':
      return sumOf(node.branches, turns) + 2 * node.branches.length;
    case 'capture':
      return sizeOf(node.body, turns);
    case 'repeat':
      return repeatSize(node, turns);
    case 'atomic':
      return sizeOf(node.body, Math.min(turns, 0)) + 6;
    case 'look':
      if (node.toward === 'behind' && turns >= 0) return Number.POSITIVE_INFINITY;
      return sizeOf(node.body, Math.min(turns, 0)) + 6;
    case 'conditional':
      return turns >= 0 ? Number.POSITIVE_INFINITY : sizeOf(node.yes, turns) + sizeOf(node.no, turns) + 6;
    case 'backreference':
    case 'recursion':
      return turns >= 0 ? Number.POSITIVE_INFINITY : 1;
    default:
      return 1;
  }
}

function sumOf(nodes: readonly Node[], turns: number): number {
  let sum = 0;
  for (const node of nodes) sum += sizeOf(node, turns);
  return sum;
}

function repeatSize({ body, min, max }: Repeat, turns: number): number {
  if (body.kind === 'char' || body.kind === 'set') return 1;
  if (max <= 1) return sizeOf(body, turns) + 4;
  const within = widthOf(body).min === 0 ? turns + 1 : turns;
  if (within > MAX_UNROLLED_TURNS) return Number.POSITIVE_INFINITY;
  return (sizeOf(body, within) + 6) * (max === Number.POSITIVE_INFINITY ? min + 1 : max);
}
