import { kindsIn, type Node, type Repeat } from '../parse/ast.js';

/** With these, what a part of a regex matches depends on other parts. */
const ENTANGLED: readonly Node['kind'][] = ['backreference', 'recursion', 'conditional', 'keep'];

/** A piece begins with this, and holds none. */
const MARK = '\0';

/** `\d{3,}` is `\d`, `\d`, `\d` and `\d*`, up to so many. */
const MAX_UNROLLED = 8;

/** What each branch of a regex asks for, piece by piece; null: nothing sure can be said of the regex. */
export type Pieces = readonly string[] | null;

export function piecesOf(root: Node): Pieces {
  const kinds = kindsIn(root);
  if (ENTANGLED.some((kind) => kinds.has(kind))) return null;
  const ordered = kinds.has('atomic');
  const items = itemsOf(root, ordered);
  const [only, ...more] = items;
  if (only?.kind !== 'choice' || more.length > 0) return [textOf(items)];
  return only.branches.map((branch) => textOf(itemsOf(branch, ordered))).sort();
}

/**
 * Whether each text that the regex of `narrow` matches is matched by that of `wide` for sure: each branch of the one has
 * all the pieces of a branch of the other, one behind the other. false: nothing is known.
 */
export function takesAllOf(wide: Pieces, narrow: Pieces): boolean {
  if (!wide || !narrow) return false;
  return narrow.every((branch) => wide.some((one) => isIn(one, branch)));
}

function isIn(one: string, branch: string): boolean {
  return one.startsWith(AT_START) ? branch.startsWith(one) : branch.includes(one);
}

function textOf(all: readonly Node[]): string {
  const items = [...all];
  while (isLeftOut(items[0])) items.shift();
  while (isLeftOut(items.at(-1))) items.pop();
  return items.map((item) => `${MARK}${nameOf(item)}`).join('');
}

/** A text-start stands at the start of what it is in, else it would match nothing. */
const TEXT_START = '^';
const AT_START = `${MARK}${TEXT_START}`;

function nameOf(item: Node): string {
  if (item.kind === 'char') return `c${item.code};`;
  return item.kind === 'place' && item.place === 'text-start' ? TEXT_START : JSON.stringify(item);
}

/** Whether a text is matched with this node at one end of the regex if it is matched without: `X*`. */
function isLeftOut(node: Node | undefined): boolean {
  return node?.kind === 'repeat' && node.min === 0;
}

/** A node as a sequence. `ordered`: an atomic group makes it matter what is tried first. */
function itemsOf(node: Node, ordered: boolean): Node[] {
  switch (node.kind) {
    case 'sequence':
      return node.items.flatMap((item) => itemsOf(item, ordered));
    case 'capture':
      return itemsOf(node.body, ordered);
    case 'repeat':
      return repeatItems(node, ordered);
    default:
      return [simplified(node, ordered)];
  }
}

/** A repeat of one character is unrolled; of more, turns within turns would make a text without end. */
function repeatItems(node: Repeat, ordered: boolean): Node[] {
  const body = oneOf(node.body, ordered);
  const lazy = ordered && node.lazy;
  const isOne = body.kind === 'char' || body.kind === 'set';
  if (!isOne || node.min > MAX_UNROLLED) return [{ ...node, body, lazy }];
  const unrolled = Array.from({ length: node.min }, () => body);
  const max = node.max - node.min;
  return max === 0 ? unrolled : [...unrolled, { ...node, min: 0, max, body, lazy }];
}

function oneOf(node: Node, ordered: boolean): Node {
  const items = itemsOf(node, ordered);
  const [only] = items;
  return only && items.length === 1 ? only : { kind: 'sequence', items };
}

function simplified(node: Node, ordered: boolean): Node {
  switch (node.kind) {
    case 'choice': {
      const branches = node.branches.map((branch) => oneOf(branch, ordered));
      return { ...node, branches: ordered ? branches : sorted(branches) };
    }
    case 'atomic':
    case 'look':
      return { ...node, body: oneOf(node.body, ordered) };
    default:
      return node;
  }
}

function sorted(nodes: readonly Node[]): Node[] {
  return nodes
    .map((node) => ({ node, text: JSON.stringify(node) }))
    .sort((a, b) => (a.text < b.text ? -1 : a.text > b.text ? 1 : 0))
    .map(({ node }) => node);
}
