import type { Node } from '../parse/ast.js';
import { contains } from '../parse/char-set.js';

/** What is certain at a place of a regex: characters were taken, and the end of the text was passed. */
interface Passed {
  readonly some: boolean;
  readonly end: boolean;
}

const NEWLINE = 10;

/**
 * Whether a regex matches no text, since it asks for a character behind the end or for the beginning behind a
 * character, as `a$ b` and `a^b` do. False says nothing: it does not look into references, recursion and what is negated.
 */
export function matchesNoLine(root: Node): boolean {
  return pass(root, { some: false, end: false }) === null;
}

/** What is certain behind a node; null: no text gets there. */
function pass(node: Node, before: Passed): Passed | null {
  switch (node.kind) {
    case 'char':
      return before.end && node.code !== NEWLINE ? null : { ...before, some: true };
    case 'set':
      return before.end && !contains(node.set, NEWLINE) ? null : { ...before, some: true };
    case 'sequence':
      return node.items.reduce<Passed | null>((passed, item) => passed && pass(item, passed), before);
    case 'choice':
      return either(node.branches.map((branch) => pass(branch, before)));
    case 'conditional':
      return either([pass(node.yes, before), pass(node.no, before)]);
    case 'capture':
    case 'atomic':
      return pass(node.body, before);
    case 'repeat':
      return node.min === 0 ? before : pass(node.body, before);
    case 'look':
      return node.negative || node.toward === 'behind' || pass(node.body, before) ? before : null;
    case 'place':
      return passPlace(node.place, before);
    case 'fail':
      return null;
    default:
      return before;
  }
}

function passPlace(place: Extract<Node, { kind: 'place' }>['place'], before: Passed): Passed | null {
  if (place === 'text-start') return before.some ? null : before;
  return place === 'end' || place === 'text-end' ? { ...before, end: true } : before;
}

function either(branches: readonly (Passed | null)[]): Passed | null {
  const open = branches.filter((branch) => branch !== null);
  if (open.length === 0) return null;
  return { some: open.every(({ some }) => some), end: open.every(({ end }) => end) };
}
