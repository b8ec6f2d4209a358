import { MAX_COUNT } from '../../base/count.js';

/**
 * The sum of a column `count`, for SELECT. SQLite's `sum` of integers fails where it overflows, and every query with it;
 * `total` is a REAL. Rows of earlier versions may hold more than MAX_COUNT each.
 */
export const SUM_OF_COUNTS = `min(total(count), ${MAX_COUNT})`;

/** SQL for the sum of two counts, as `addCounts` makes it. */
export function sqlSum(a: string, b: string): string {
  return `min(${a} + ${b}, ${MAX_COUNT})`;
}
