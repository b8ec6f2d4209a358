import type { Node } from '../perl/ast.js';
import { widthOf } from '../perl/ast.js';
import { ANY, charSet } from '../perl/char-set.js';
import { caseVariants } from '../perl/letter-case.js';

/** More than so many for one regex say little and cost a hit each. */
const MOST_LITERALS = 64;
const FIRST_BEYOND_ASCII = 0x80;

/**
 * Texts of which every match of a regex contains at least one, in ASCII and with capitals folded to small letters;
 * null when it requires none. The longest are chosen: they are the rarest.
 */
export function requiredLiterals(root: Node): readonly string[] | null {
  const best = new Best();
  collect(root, best);
  best.endRun();
  return best.literals;
}

/** A regex that finds any of these literals anywhere, and says no more than that it may match. */
export function floatingLiterals(literals: readonly string[]): Node {
  const anything: Node = {
    kind: 'repeat',
    min: 0,
    max: Number.POSITIVE_INFINITY,
    lazy: false,
    body: { kind: 'set', set: ANY },
  };
  const branches = literals.map(
    (literal): Node => ({
      kind: 'sequence',
      items: Array.from(literal, (char) => eitherCase(char.charCodeAt(0))),
    }),
  );
  // What is atomic is beyond a graph, so that the regex itself is asked.
  return {
    kind: 'atomic',
    body: { kind: 'sequence', items: [anything, { kind: 'choice', branches }] },
  };
}

function eitherCase(code: number): Node {
  return { kind: 'set', set: charSet(caseVariants(code).map((variant) => [variant, variant])) };
}

/** The best choice so far, and the literal characters that have just been passed one after another. */
class Best {
  literals: readonly string[] | null = null;
  run = '';

  endRun(): void {
    if (this.run !== '') this.offer([this.run]);
    this.run = '';
  }

  offer(literals: readonly string[]): void {
    if (literals.length > MOST_LITERALS) return;
    if (this.literals === null || shortest(literals) > shortest(this.literals)) this.literals = literals;
  }
}

function collect(node: Node, best: Best): void {
  const letter = singleLetter(node);
  if (letter !== null) {
    best.run += letter;
    return;
  }
  switch (node.kind) {
    case 'sequence':
      for (const item of node.items) collect(item, best);
      return;
    case 'capture':
    case 'atomic':
      collect(node.body, best);
      return;
    case 'choice': {
      best.endRun();
      const branches = node.branches.map(requiredLiterals);
      if (branches.every((branch) => branch !== null)) best.offer([...new Set(branches.flat())]);
      return;
    }
    case 'repeat': {
      best.endRun();
      const body = node.min > 0 ? requiredLiterals(node.body) : null;
      if (body) best.offer(body);
      return;
    }
    default:
      // What has no width leaves its neighbours side by side.
      if (widthOf(node).max > 0 || node.kind === 'fail') best.endRun();
  }
}

/** The character that a node stands for, be it in either case; null when it is none in ASCII. */
function singleLetter(node: Node): string | null {
  if (node.kind === 'char') return node.code < FIRST_BEYOND_ASCII ? folded(node.code) : null;
  if (node.kind !== 'set' || node.set.length > 2 || node.set.length === 0) return null;
  const letters = new Set(node.set.map(([first, last]) => (first === last ? folded(first) : '')));
  const [letter = ''] = letters;
  return letters.size === 1 && letter !== '' ? letter : null;
}

function folded(code: number): string {
  return code < FIRST_BEYOND_ASCII ? String.fromCharCode(code).toLowerCase() : '';
}

function shortest(literals: readonly string[]): number {
  return literals.reduce((least, { length }) => Math.min(least, length), Number.POSITIVE_INFINITY);
}
