import { addCounts } from '../../base/count.js';
import { MatchLimitError, type Pattern } from '../../perl-regex/perl-regex.js';
import type { TallyRow } from '../../queue/tally.js';

/** `set threshold`: a message that matches and has fewer than `below` hits is left out. */
export interface Threshold {
  readonly below: number;
  readonly pattern: Pattern;
}

/** What thresholds kept out. */
export interface BelowThreshold {
  messages: number;
  lines: number;
}

/** Passes on the rows that no threshold leaves out; what is left out is added to `left`. */
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

/** A regex that is given up on a message leaves it in: too much is told rather than too little. */
function matches(pattern: Pattern, message: string): boolean {
  try {
    return pattern.test(message);
  } catch (error) {
    if (error instanceof MatchLimitError) return false;
    throw error;
  }
}
