import { CompiledPattern } from '../compile.js';
import type { Node, Regex } from '../parse/ast.js';
import { charNode } from '../parse/char-node.js';
import { parsePerl } from '../parse/parse.js';
import type { Pattern } from '../pattern.js';

/**
 * A sound regex that matches what it made of a text with `mask`, too: each of its capture groups may be the mask instead.
 * So one can ask which rule a masked message came from.
 */
export function maskedPattern(source: string, mask: string): Pattern {
  const parsed = parsePerl(source);
  if (!parsed.ok) throw new Error(`not a sound regex: ${source}`);
  const items = Array.from(mask, (char) => charNode(char.codePointAt(0) ?? 0, false));
  const regex: Regex = { ...parsed.regex, root: withMasks(parsed.regex.root, { kind: 'sequence', items }) };
  return new CompiledPattern(source, regex, 'backtrack');
}

function withMasks(node: Node, mask: Node): Node {
  const inner = (part: Node): Node => withMasks(part, mask);
  switch (node.kind) {
    case 'sequence':
      return { ...node, items: node.items.map(inner) };
    case 'choice':
      return { ...node, branches: node.branches.map(inner) };
    case 'capture':
      return { ...node, body: { kind: 'choice', branches: [inner(node.body), mask] } };
    case 'repeat':
    case 'atomic':
      return { ...node, body: inner(node.body) };
    case 'conditional':
      return { ...node, yes: inner(node.yes), no: inner(node.no) };
    default:
      return node; // a lookaround looks at the text as it was: nothing is masked for it alone
  }
}
