/**
 * No count is higher than this, whatever log lines say: a quadrillion. It is below 2^53, so that the sum of two counts
 * is exact before it is cut, and far below what a SQLite integer holds.
 */
export const MAX_COUNT = 1e15;

/**
 * The sum of two counts; it stays at MAX_COUNT instead of overflowing. Not `Math.min`, which would make V8 keep every
 * count as a floating-point number: a tenth of a backlog's time.
 */
export function addCounts(a: number, b: number): number {
  const sum = a + b;
  return sum > MAX_COUNT ? MAX_COUNT : sum;
}

/**
 * One line adds at most so many repeats. The number is in the line, which anybody may have written. A syslog daemon
 * sums up a flood every few minutes, and even a million lines a second would seldom make more.
 */
export const MAX_REPEATS = 1_000_000;
