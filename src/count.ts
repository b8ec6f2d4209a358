/**
 * No count is higher than this, whatever log lines say: a quadrillion. It is below 2^53, so that the sum of two counts
 * is exact before it is cut, and far below what a SQLite integer holds.
 */
export const MAX_COUNT = 1e15;

/** The sum of two counts; it stays at MAX_COUNT instead of overflowing. */
export function addCounts(a: number, b: number): number {
  return Math.min(a + b, MAX_COUNT);
}
