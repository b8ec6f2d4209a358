import { hasCapture, type Node, type Regex } from '../parse/ast.js';
import { ANY, NOT_NEWLINE, sameSet } from '../parse/char-set.js';

/**
 * The masked form of every matching text without a newline, if it is always the same: the regex spans the whole text, and
 * everything but literal characters is in groups, as in `^sshd: Connection from (.+)`. Null if masked texts may differ.
 */
export function fixedMask({ root }: Regex, mask: string): string | null {
  const items = flattened(root);
  const [first] = items;
  if (first?.kind !== 'place' || first.place !== 'text-start' || !reachesEnd(items)) return null;
  let masked = '';
  for (const item of items) {
    const text = maskedItem(item, mask);
    if (text === null) return null;
    masked += text;
  }
  return masked;
}

/** The masked form of an item; null if it is not fixed. */
function maskedItem(item: Node, mask: string): string | null {
  switch (item.kind) {
    case 'char':
      return String.fromCodePoint(item.code);
    case 'capture':
      return mask;
    case 'place':
      return '';
    case 'look':
      return hasCapture(item) ? null : '';
    default:
      return null;
  }
}

function flattened(node: Node): readonly Node[] {
  return node.kind === 'sequence' ? node.items.flatMap(flattened) : [node];
}

/** Whether each match ends at the end of the text: with `$`, or with a group that takes the rest. */
function reachesEnd(items: readonly Node[]): boolean {
  const last = items.at(-1);
  if (last?.kind === 'place') return last.place === 'end' || last.place === 'text-end';
  if (last?.kind !== 'capture' || last.body.kind !== 'repeat') return false;
  const { body, min, max, lazy } = last.body;
  if (lazy || min > 1 || max !== Number.POSITIVE_INFINITY) return false;
  return body.kind === 'set' && (sameSet(body.set, NOT_NEWLINE) || sameSet(body.set, ANY));
}
