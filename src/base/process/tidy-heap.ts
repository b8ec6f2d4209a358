import { getHeapStatistics, setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/** What the daemon holds under load is a third of this (bytes); the rest is garbage. */
const LARGE = 72 * 1024 * 1024;

/** A heap that is large with what it holds is tidied again only when it has grown by half. */
const GROWTH = 1.5;

/**
 * Keeps what was just made from piling up until it is looked at: V8 lets that part of the heap grow to 32 MB in Node.js
 * 20 and 22, to 128 and 64 MB in 24 and 26, and `tidyHeap` would come too late. Costs about 4 % of processor time on
 * a backlog. To be called first, as that part hardly ever becomes smaller again.
 */
export function keepNewHeapSmall(): void {
  setFlagsFromString('--semi-space-growth-factor=1');
}

let limit = LARGE;
let collect: (() => void) | null = null;

/**
 * Collects garbage when there is much of it. V8 does so beside the work, on threads of its own: on a machine that is
 * busy they come too late, and a backlog makes garbage faster than they can look at it. Called where much has just
 * been let go.
 */
export function tidyHeap(): void {
  if (getHeapStatistics().total_heap_size < limit) return;
  collect ??= collector();
  collect();
  limit = Math.max(LARGE, getHeapStatistics().total_heap_size * GROWTH);
}

/** V8's own, which is there for those who ask. */
function collector(): () => void {
  setFlagsFromString('--expose-gc');
  const gc: unknown = runInNewContext('globalThis.gc');
  return typeof gc === 'function' ? () => void gc() : () => {};
}
