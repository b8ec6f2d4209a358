import { type Regex, some } from './ast.js';

/** By index, the name of each capture group (the first is that of `$1`), or null. */
export function groupNames({ root, enclosing }: Regex): readonly (string | null)[] {
  const names = enclosing.map((): string | null => null);
  some(root, (node) => {
    if (node.kind === 'capture' && node.name !== null) names[node.group - 1] = node.name;
    return false;
  });
  return names;
}
