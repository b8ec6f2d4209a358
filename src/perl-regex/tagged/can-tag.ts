import { type Node, parts, type Regex, some, widthOf } from '../parse/ast.js';

/** Nodes of an automaton, about; a regex with more is left to the other matchers. */
const MAX_SIZE = 2000;
/** Each combination of groups has a number with a bit for each. */
const MAX_GROUPS = 50;

/**
 * Whether a tagged automaton finds exactly the groups that our backtracking matcher finds. It cannot where what follows
 * depends on more than the place in the text, and where a group is set by what is taken back.
 */
export function canTag({ root, enclosing }: Regex): boolean {
  const groups = enclosing.filter((outer) => outer === null).length;
  if (groups === 0 || groups > MAX_GROUPS) return false;
  return isTaggable(root) && isEachGroupOnce(root) && sizeOf(root) <= MAX_SIZE;
}

function isTaggable(node: Node): boolean {
  switch (node.kind) {
    case 'atomic':
    case 'keep':
    case 'backreference':
    case 'recursion':
    case 'conditional':
      return false;
    case 'look':
      return node.toward === 'ahead' && !some(node.body, isBeyondLook) && isTaggable(node.body);
    case 'repeat':
      // An iteration that consumes nothing ends a loop, whatever its count says.
      return (node.max <= 1 || widthOf(node.body).min > 0) && isTaggable(node.body);
    default:
      return parts(node).every(isTaggable);
  }
}

function isBeyondLook(node: Node): boolean {
  if (node.kind === 'place') return node.place === 'boundary' || node.place === 'no-boundary';
  return node.kind === 'look' || node.kind === 'capture';
}

/** In `(?|...)` several groups share a number. */
function isEachGroupOnce(root: Node): boolean {
  const seen = new Set<number>();
  return !some(root, (node) => node.kind === 'capture' && seen.size === seen.add(node.group).size);
}

/** The number of nodes with all counted repeats unrolled. */
function sizeOf(node: Node): number {
  const inner = parts(node).reduce((sum, part) => sum + sizeOf(part), 1);
  if (node.kind !== 'repeat') return inner;
  return 1 + inner * (node.max === Number.POSITIVE_INFINITY ? Math.max(1, node.min) : node.max);
}
