import type { Node } from '../parse/ast.js';
import { anchorOf, beginning } from './beginning.js';

/** With how many different characters a text can begin that a regex matches; Infinity: with any. */
export function firstCharacters(root: Node): number {
  const { set, empty } = beginning(root);
  if (empty || anchorOf(root) !== 'text') return Number.POSITIVE_INFINITY;
  return set.reduce((sum, [from, to]) => sum + to - from + 1, 0);
}
