import type { Node } from './ast.js';
import { charSet } from './char-set.js';
import { caseVariants } from './letter-case.js';

const ASCII = 128;

/** Nodes by code, made on demand. Regexes are mostly letters, and a large config has a hundred thousand of them. */
const ONE_CASE: Node[] = [];
const ANY_CASE: Node[] = [];

/** The node of a character; `ignoreCase`: in any case. All regexes share the nodes of ASCII characters. */
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
