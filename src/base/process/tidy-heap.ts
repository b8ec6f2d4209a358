import { getHeapStatistics, setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/** What the daemon holds under load is half of this (bytes); the rest is garbage. */
const LARGE = 48 * 1024 * 1024;

/** A heap that stays large is collected again only when it has grown by half. */
const GROWTH = 1.5;

/**
 * Keeps the young generation of the heap small: V8 lets it grow to 32 MB in Node.js 20 and 22, to 128 and 64 MB in 24
 * and 26, and `tidyHeap` would come too late. Costs about 4 % of processor time on a backlog. To be called first, as
 * the young generation hardly ever shrinks again.
 */
export function keepNewHeapSmall(): void {
  setFlagsFromString('--semi-space-growth-factor=1');
}

let limit = LARGE;
let collect: (() => void) | null = null;

/**
 * Collects garbage when there is much of it. V8 collects on threads of its own: on a busy machine they come too late,
 * and a backlog makes garbage faster than they collect it. Called when much has just become garbage.
 */
export function tidyHeap(): void {
  if (getHeapStatistics().total_heap_size < limit) return;
  collect ??= collector();
  collect();
  limit = Math.max(LARGE, getHeapStatistics().total_heap_size * GROWTH);
}

/** V8's garbage collector as a function. */
function collector(): () => void {
  setFlagsFromString('--expose-gc');
  const gc: unknown = runInNewContext('globalThis.gc');
  return typeof gc === 'function' ? () => void gc() : () => {};
}
