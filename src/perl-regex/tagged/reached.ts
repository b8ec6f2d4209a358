import { NodeKind, type TaggedNfa } from './tagged-nfa.js';

/** Nodes from which a tag can be reached. */
export function nodesBeforeTags(nfa: TaggedNfa): ReadonlySet<number> {
  const before: number[][] = nfa.kind.map(() => []);
  for (const node of nfa.kind.keys()) for (const next of nextOf(nfa, node)) before[next]?.push(node);
  return reachedFrom(tagsOf(nfa), (node) => before[node] ?? []);
}

/** Nodes that can be reached from a tag. */
export function nodesBehindTags(nfa: TaggedNfa): ReadonlySet<number> {
  return reachedFrom(tagsOf(nfa), (node) => nextOf(nfa, node));
}

function tagsOf({ kind }: TaggedNfa): number[] {
  return [...kind.keys()].filter((node) => kind[node] === NodeKind.tag);
}

function nextOf({ kind, a, b }: TaggedNfa, node: number): readonly number[] {
  switch (kind[node]) {
    case NodeKind.match:
    case NodeKind.dead:
      return [];
    case NodeKind.split:
      return [a[node] as number, b[node] as number];
    default:
      return [b[node] as number];
  }
}

function reachedFrom(
  nodes: readonly number[],
  next: (node: number) => readonly number[],
): ReadonlySet<number> {
  const reached = new Set<number>();
  const open = [...nodes];
  for (let node = open.pop(); node !== undefined; node = open.pop())
    if (reached.size < reached.add(node).size) open.push(...next(node));
  return reached;
}
