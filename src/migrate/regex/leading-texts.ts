import type { Branch, RegexNode } from './regex-node.js';

/** Texts of which each match begins with one; further ones are not worked out. */
const MAX_TEXTS = 32;

interface Leading {
  readonly texts: readonly string[];
  /** Whether the texts are all of the node, so that what stands behind it goes on with them. */
  readonly isWhole: boolean;
}

const NOTHING: Leading = { texts: [''], isWhole: false };

/** How each text that the nodes match begins: `^su(\[1\])?: ` begins with `su[1]: ` or `su: `. */
export function leadingTexts(nodes: Branch): readonly string[] {
  return ofBranch(nodes).texts;
}

/** Whether no text begins with one of both. */
export function areApart(some: readonly string[], others: readonly string[]): boolean {
  return some.every((one) => others.every((other) => !one.startsWith(other) && !other.startsWith(one)));
}

function ofBranch(nodes: Branch): Leading {
  let found: Leading = { texts: [''], isWhole: true };
  for (const node of nodes) {
    const next = ofNode(node);
    const texts = found.texts.flatMap((text) => next.texts.map((behind) => text + behind));
    if (texts.length > MAX_TEXTS) return { texts: found.texts, isWhole: false };
    found = { texts, isWhole: next.isWhole };
    if (!next.isWhole) return found;
  }
  return found;
}

function ofNode(node: RegexNode): Leading {
  switch (node.kind) {
    case 'unit': {
      const [, char] = /^\\?([^\w\\]|(?<!\\)\w)$/.exec(node.perl) ?? [];
      return char === undefined || node.perl === '.' ? NOTHING : { texts: [char], isWhole: true };
    }
    case 'group': {
      const branches = node.branches.map(ofBranch);
      // A text that goes on and one that does not would have to be told apart.
      if (branches.some(({ isWhole }) => !isWhole))
        return { texts: branches.flatMap(({ texts }) => texts), isWhole: false };
      return { texts: branches.flatMap(({ texts }) => texts), isWhole: true };
    }
    case 'repeat': {
      if (node.least === 0 && node.most === 1) {
        const item = ofNode(node.item);
        return item.isWhole ? { texts: [...item.texts, ''], isWhole: true } : NOTHING;
      }
      return node.least > 0 ? { ...ofNode(node.item), isWhole: false } : NOTHING;
    }
    default:
      return NOTHING;
  }
}
