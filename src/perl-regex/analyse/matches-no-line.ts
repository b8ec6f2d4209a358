import type { Node } from '../parse/ast.js';
import { contains } from '../parse/char-set.js';

/**
 * What is certain at a place of a regex, as bits: characters were taken, and the end of the text was passed. A number costs
 * nothing for each of the thousand nodes that a config has.
 */
type Passed = number;
const SOME = 1;
const END = 2;

/** No text gets there. */
const NOWHERE = -1;

const NEWLINE = 10;

/**
 * Whether a regex matches no text, since it asks for a character behind the end or for the beginning behind a
 * character, as `a$ b` and `a^b` do. False says nothing: it does not look into references, recursion and what is negated.
 */
export function matchesNoLine(root: Node): boolean {
  return pass(root, 0) === NOWHERE;
}

/** What is certain behind a node. */
function pass(node: Node, before: Passed): Passed {
  switch (node.kind) {
    case 'char':
      return before & END && node.code !== NEWLINE ? NOWHERE : before | SOME;
    case 'set':
      return before & END && !contains(node.set, NEWLINE) ? NOWHERE : before | SOME;
    case 'sequence':
      return passAll(node.items, before);
    case 'choice':
      return node.branches.reduce<Passed>((passed, branch) => either(passed, pass(branch, before)), NOWHERE);
    case 'conditional':
      return either(pass(node.yes, before), pass(node.no, before));
    case 'capture':
    case 'atomic':
      return pass(node.body, before);
    case 'repeat':
      return node.min === 0 ? before : pass(node.body, before);
    case 'look':
      return node.negative || node.toward === 'behind' || pass(node.body, before) !== NOWHERE
        ? before
        : NOWHERE;
    case 'place':
      return passPlace(node.place, before);
    case 'fail':
      return NOWHERE;
    default:
      return before;
  }
}

function passAll(items: readonly Node[], before: Passed): Passed {
  let passed = before;
  for (const item of items) {
    passed = pass(item, passed);
    if (passed === NOWHERE) return NOWHERE;
  }
  return passed;
}

function passPlace(place: Extract<Node, { kind: 'place' }>['place'], before: Passed): Passed {
  if (place === 'text-start') return before & SOME ? NOWHERE : before;
  return place === 'end' || place === 'text-end' ? before | END : before;
}

/** What is certain whichever of two ways a text came. */
function either(one: Passed, other: Passed): Passed {
  if (one === NOWHERE) return other;
  return other === NOWHERE ? one : one & other;
}
