import { type Node, type Regex, type Repeat, widthOf } from '../parse/ast.js';

/** Instructions that unrolled repeats may take in all; further repeats count their iterations. */
export const MAX_UNROLLED_SIZE = 2_000;
/** How many loops around a memo may have empty iterations: it takes one number for each combination of their states. */
export const MAX_UNROLLED_TURNS = 3;

/** The cost, in instructions, of one more start offset. */
const SIZE_OF_A_START = 8;

/**
 * About how many steps our own matcher takes at worst for each offset of a text, if it memoises the whole regex: one for
 * each instruction, never more than two. So its time is linear in the length of the text. Infinity if what follows
 * depends on more than the offset: on the value of a group, the iterations of a loop, or where a lookbehind must end.
 *
 * Too low for a lazy run such as `.+?` behind something that gives characters back, as in `^.*.+?aab`: it is stretched anew
 * from each offset, so that the time is that of the square of the length.
 */
export function steadySize({ root }: Regex): number {
  const size = sizeOf(root, 0);
  return size > MAX_UNROLLED_SIZE ? Number.POSITIVE_INFINITY : size + SIZE_OF_A_START;
}

/** How many instructions a node takes at most if all counted repeats in it are unrolled. */
export function instructionsOf(node: Node): number {
  return sizeOf(node, Number.NEGATIVE_INFINITY);
}

/** `turns`: loops around the node with possibly empty iterations; negative: parts that cannot be memoised count, too. */
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
