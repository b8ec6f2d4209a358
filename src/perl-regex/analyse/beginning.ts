import { type Node, some } from '../parse/ast.js';
import { ANY, type CharSet, charSet, NOT_NEWLINE, sameSet } from '../parse/char-set.js';

/** The first characters of a node; `empty`: it may also match nothing. */
export interface Beginning {
  readonly set: CharSet;
  readonly empty: boolean;
}

const NOTHING: Beginning = { set: [], empty: true };
const ANYTHING: Beginning = { set: ANY, empty: true };

export function beginning(node: Node): Beginning {
  switch (node.kind) {
    case 'char':
      return { set: [[node.code, node.code]], empty: false };
    case 'set':
      return { set: node.set, empty: false };
    case 'sequence':
      return sequenceBeginning(node.items);
    case 'choice':
      return joined(node.branches.map(beginning));
    case 'capture':
    case 'atomic':
      return beginning(node.body);
    case 'repeat': {
      const { set, empty } = beginning(node.body);
      return { set, empty: empty || node.min === 0 };
    }
    case 'look':
    case 'place':
    case 'keep':
      return NOTHING;
    case 'fail':
      return { set: [], empty: false };
    case 'conditional':
      if (node.test.kind === 'define') return NOTHING;
      return joined([beginning(node.yes), beginning(node.no)]);
    case 'backreference':
    case 'recursion':
      return ANYTHING;
  }
}

function sequenceBeginning(items: readonly Node[]): Beginning {
  const met: Beginning[] = [];
  for (const item of items) {
    const next = beginning(item);
    if (!next.empty && met.every(({ set }) => set.length === 0)) return next;
    met.push(next);
    if (!next.empty) return { set: joined(met).set, empty: false };
  }
  return { set: joined(met).set, empty: true };
}

function joined(all: readonly Beginning[]): Beginning {
  return { set: charSet(all.flatMap(({ set }) => [...set])), empty: all.some(({ empty }) => empty) };
}

/** Where a match can begin: at the start of the text only, of a line only (for a leading `.*`), or anywhere. */
export type Anchor = 'text' | 'line' | 'none';

export function anchorOf(root: Node): Anchor {
  if (startsWith(root, isTextStart, (node) => node.kind === 'look' || node.kind === 'keep')) return 'text';
  // Sound only if nothing observes where the leading run began: no backreference, conditional, recursion or atomic group.
  // A lookaround before the run holds at its own offset only.
  const matters = some(root, ({ kind }) => SEES_START.has(kind));
  return !matters && isFoundFromLineStart(root) ? 'line' : 'none';
}

/** Whether a match anywhere in a line is also a match from the start of the line. */
function isFoundFromLineStart(root: Node): boolean {
  const items = root.kind === 'sequence' ? root.items : [root];
  const rest = items.slice(items.findIndex((item) => !isAnywhereAhead(item)));
  if (items.length > 0 && items.every(isAnywhereAhead)) return true;
  return startsWith({ kind: 'sequence', items: rest }, isAnyStar, () => false);
}

/** `(?=.*x)`: if it holds at an offset, it holds at each one before. */
function isAnywhereAhead(node: Node): boolean {
  return (
    node.kind === 'look' &&
    node.toward === 'ahead' &&
    !node.negative &&
    startsWith(node.body, isAnyStar, () => false)
  );
}

const SEES_START: ReadonlySet<Node['kind']> = new Set([
  'backreference',
  'conditional',
  'recursion',
  'atomic',
]);

function isTextStart(node: Node): boolean {
  return node.kind === 'place' && node.place === 'text-start';
}

function isAnyStar(node: Node): boolean {
  if (node.kind !== 'repeat' || node.min > 0 || node.max !== Number.POSITIVE_INFINITY) return false;
  return node.body.kind === 'set' && (sameSet(node.body.set, NOT_NEWLINE) || sameSet(node.body.set, ANY));
}

/** Whether every match begins with a node that fits, after nodes that may be skipped. */
function startsWith(node: Node, fits: (node: Node) => boolean, skips: (node: Node) => boolean): boolean {
  if (fits(node)) return true;
  switch (node.kind) {
    case 'sequence': {
      const first = node.items.find((item) => !skips(item));
      return first !== undefined && startsWith(first, fits, skips);
    }
    case 'choice':
      return node.branches.every((branch) => startsWith(branch, fits, skips));
    case 'capture':
    case 'atomic':
      return startsWith(node.body, fits, skips);
    case 'repeat':
      return node.min > 0 && startsWith(node.body, fits, skips);
    default:
      return false;
  }
}
