/** The result of the lazy DFA for a text. Members are given by number. */
export interface Outcome {
  /** Members (no groups) that match or may match, in order, up to the decisive one. */
  readonly winners: readonly number[];
  /** The last of `winners`, if it and the groups around it match for sure; else `UNDECIDED`. */
  readonly decisive: number;
  /** Members and groups that match for sure: their patterns need not be tried. */
  readonly sure: ReadonlySet<number>;
  /** Groups that may match. */
  readonly maybe: ReadonlySet<number>;
}

/** A number after every member. */
export const UNDECIDED = Number.MAX_SAFE_INTEGER;
