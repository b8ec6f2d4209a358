import type { Node } from './ast.js';
import { charSet } from './char-set.js';
import { caseVariants } from './letter-case.js';

const ASCII = 128;

/** By code, made at the first need. Regexes are mostly letters, and a large config has a hundred thousand of them. */
const ONE_CASE: Node[] = [];
const ANY_CASE: Node[] = [];

/** The node of one character; `ignoreCase`: in any of its cases. Each of ASCII has one node for all regexes. */
export function charNode(code: number, ignoreCase: boolean): Node {
  const nodes = ignoreCase ? ANY_CASE : ONE_CASE;
  const known = nodes[code];
  if (known) return known;
  const node = make(code, ignoreCase);
  if (code < ASCII) nodes[code] = node;
  return node;
}

function make(code: number, ignoreCase: boolean): Node {
  const variants = ignoreCase ? caseVariants(code) : [code];
  if (variants.length === 1) return { kind: 'char', code };
  return { kind: 'set', set: charSet(variants.map((variant) => [variant, variant])) };
}
