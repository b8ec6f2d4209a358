/** What the lazy DFA says of a text. Numbers are those of the members. */
export interface Outcome {
  /** Members (no groups) that match or may match, in order, up to the first that decides. */
  readonly winners: readonly number[];
  /** The last of `winners`, when it and the groups around it match for sure; `UNDECIDED` when none does. */
  readonly decisive: number;
  /** Members and groups that match for sure: their patterns need not be asked. */
  readonly sure: ReadonlySet<number>;
  /** Groups that may match. */
  readonly maybe: ReadonlySet<number>;
}

/** A number behind every member. */
export const UNDECIDED = Number.MAX_SAFE_INTEGER;
