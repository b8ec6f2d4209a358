import { type Regex, some } from './ast.js';

/** The names of the groups that have one, by Perl's number of the group. */
export function groupNames({ root }: Regex): ReadonlyMap<number, string> {
  const names = new Map<number, string>();
  some(root, (node) => {
    if (node.kind === 'capture' && node.name !== null) names.set(node.group, node.name);
    return false;
  });
  return names;
}
