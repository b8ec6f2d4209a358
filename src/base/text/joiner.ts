/** What a joiner makes of lines. */
export interface Joined {
  /** Complete entries, in order. They hold no newline. */
  readonly entries: readonly string[];
  /** How many of the last lines are not in an entry yet: they are presented again, with more lines behind them. */
  readonly held: number;
  /** How many entries ended because they reached a bound, not because they were complete. */
  readonly cut?: number;
}

/**
 * Joins whole lines (none is empty) to the texts of entries. `isEnd`: nothing more will come, so none is held. A joiner
 * has no state: the same lines give the same entries. It bounds the lines and the length of an entry.
 */
export type JoinLines = (lines: readonly string[], isEnd: boolean) => Joined;
