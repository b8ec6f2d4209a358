import { type Clause, requiredClauses } from '../analyse/required-texts.js';
import type { Node } from '../parse/ast.js';
import { ANY, charSet } from '../parse/char-set.js';
import { caseVariants } from '../parse/letter-case.js';

/**
 * Literals of which every match of a regex contains at least one, in lower-case ASCII; null if it requires none. The
 * longest clause is chosen, since long literals are rare.
 */
export function requiredLiterals(root: Node): readonly string[] | null {
  let best: readonly string[] | null = null;
  for (const clause of requiredClauses(root)) {
    const literals = literalsOf(clause);
    if (literals && (best === null || shortest(literals) > shortest(best))) best = literals;
  }
  return best;
}

/** The longest ASCII part of each text; null if one has none. */
function literalsOf(clause: Clause): readonly string[] | null {
  const literals = new Set<string>();
  for (const { text } of clause) {
    const [longest] = text.split(BEYOND_ASCII).sort((a, b) => b.length - a.length);
    if (!longest) return null;
    literals.add(longest.toLowerCase());
  }
  return [...literals];
}

const BEYOND_ASCII = /[^\0-\x7f]+/;

/** A regex that finds any of these literals anywhere, and only ever reports `maybe`. */
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
  // An atomic group cannot be expressed in an NFA, so the regex itself is asked.
  return {
    kind: 'atomic',
    body: { kind: 'sequence', items: [anything, { kind: 'choice', branches }] },
  };
}

function eitherCase(code: number): Node {
  return { kind: 'set', set: charSet(caseVariants(code).map((variant) => [variant, variant])) };
}

function shortest(literals: readonly string[]): number {
  return literals.reduce((least, { length }) => Math.min(least, length), Number.POSITIVE_INFINITY);
}
