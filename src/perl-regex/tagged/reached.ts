import { NodeKind, type TaggedNfa } from './tagged-nfa.js';

/** By node, 1 if a tag can be reached from it. */
export function nodesBeforeTags(nfa: TaggedNfa): Uint8Array {
  const marks = tagsOf(nfa);
  // Nodes are written from the end of a regex to its beginning, but for those that a loop leads back to.
  while (markBefore(nfa, marks));
  return marks;
}

/** By node, 1 if it can be reached from a tag. */
export function nodesBehindTags(nfa: TaggedNfa): Uint8Array {
  const marks = tagsOf(nfa);
  while (markBehind(nfa, marks));
  return marks;
}

function tagsOf({ kind }: TaggedNfa): Uint8Array {
  return Uint8Array.from(kind, (one) => (one === NodeKind.tag ? 1 : 0));
}

/** Marks nodes that lead to marked ones; whether there were any. */
function markBefore(nfa: TaggedNfa, marks: Uint8Array): boolean {
  let isChanged = false;
  for (let node = 0; node < marks.length; node++) {
    if (marks[node] === 1 || nextOf(nfa, node).every((next) => marks[next] === 0)) continue;
    marks[node] = 1;
    isChanged = true;
  }
  return isChanged;
}

/** Marks nodes that marked ones lead to; whether there were any. */
function markBehind(nfa: TaggedNfa, marks: Uint8Array): boolean {
  let isChanged = false;
  for (let node = marks.length - 1; node >= 0; node--) {
    if (marks[node] === 0) continue;
    for (const next of nextOf(nfa, node)) {
      if (marks[next] === 1) continue;
      marks[next] = 1;
      isChanged = true;
    }
  }
  return isChanged;
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
