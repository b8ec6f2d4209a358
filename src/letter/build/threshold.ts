import { addCounts } from '../../base/count.js';
import { type Pattern, withinLimit } from '../../perl-regex/perl-regex.js';
import type { TallyRow } from '../../queue/tally.js';

/** `set threshold`: a message that matches and has fewer than `below` hits is left out. */
export interface Threshold {
  readonly below: number;
  readonly pattern: Pattern;
}

/** What thresholds left out. */
export interface BelowThreshold {
  messages: number;
  lines: number;
}

/** Passes on the rows that no threshold leaves out; adds the others to `left`. */
export function* aboveThreshold<T extends TallyRow>(
  rows: Iterable<T>,
  thresholds: readonly Threshold[],
  left: BelowThreshold,
): Generator<T> {
  for (const row of rows) {
    if (isBelow(row, thresholds)) {
      left.messages += 1;
      left.lines = addCounts(left.lines, row.count);
    } else yield row;
  }
}

function isBelow({ count, message }: TallyRow, thresholds: readonly Threshold[]): boolean {
  const lacking = thresholds.filter(({ below }) => count < below);
  return lacking.some(({ pattern }) => matches(pattern, message));
}

/** If a regex exceeds its match limit, the message stays in: rather too much in the letter than too little. */
function matches(pattern: Pattern, message: string): boolean {
  return withinLimit(
    () => pattern.test(message),
    () => false,
  );
}
