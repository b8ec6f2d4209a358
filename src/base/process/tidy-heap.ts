import { getHeapStatistics, setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/** What the daemon holds under load is half of this (bytes); the rest is garbage. */
const LARGE = 48 * 1024 * 1024;

/** What was left is no garbage: it is collected again only when so much has been added, or half of what was left. */
const ADDED = LARGE / 2;

/**
 * Keeps the young generation of the heap small: V8 lets it grow to 32 MB in Node.js 20 and 22, to 128 and 64 MB in 24
 * and 26, and `tidyHeap` would come too late. Costs about 4 % of processor time on a backlog. To be called first, as
 * the young generation hardly ever shrinks again.
 */
export function keepNewHeapSmall(): void {
  setFlagsFromString('--semi-space-growth-factor=1');
}

/** What may be in use before the next collection (bytes). Pages with holes stay, so that the size of the heap says less. */
let limit = 0;
let collect: (() => void) | null = null;

/**
 * Collects garbage when there is much of it. V8 collects on threads of its own: on a busy machine they come too late,
 * and a backlog makes garbage faster than they collect it. Called when much has just become garbage.
 */
export function tidyHeap(): void {
  const { total_heap_size, used_heap_size } = getHeapStatistics();
  if (total_heap_size < LARGE || used_heap_size < limit) return;
  collect ??= collector();
  collect();
  const left = getHeapStatistics().used_heap_size;
  limit = left + Math.max(left / 2, ADDED);
}

/** V8's garbage collector as a function. */
function collector(): () => void {
  setFlagsFromString('--expose-gc');
  const gc: unknown = runInNewContext('globalThis.gc');
  return typeof gc === 'function' ? () => void gc() : () => {};
}
