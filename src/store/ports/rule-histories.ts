/** What rules took. A commit of lines adds to it (`Batch.ruleHits`). */
export interface RuleHistories {
  /** Of each rule that a config had in the last months. */
  ruleHistories(): RuleHistory[];
}

export interface RuleHistory {
  /** Its key (`rule/review/rule-key.ts`). */
  readonly rule: string;
  /** Lines. */
  readonly count: number;
  /** Since when it is counted, and when it took a line last; null: never (ms). */
  readonly since: number;
  readonly last: number | null;
  /** The programs whose lines it took, the first one first: as far as they were looked at. */
  readonly programs: readonly SeenProgram[];
  /** For a rule of trash: its lines by day of UTC, of the last `KEPT_DAYS` days, in order. */
  readonly days: readonly DayCount[];
}

export interface SeenProgram {
  /** '': the line named none at its start. */
  readonly program: string;
  /** When its first line was seen (ms). */
  readonly since: number;
  /** The beginning of that line; null: the rule is none of trash. */
  readonly sample: string | null;
}

export interface DayCount {
  /** Days since 1970. */
  readonly day: number;
  readonly count: number;
}

/** A period and four before it can be compared, if it is a week. */
export const KEPT_DAYS = 36;
