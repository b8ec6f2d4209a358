import type { FlatRule } from '../../rule/flat-rules.js';
import type { SeenProgram } from '../../store/ports/rule-histories.js';

/** What is odd about a rule. */
export type Finding =
  /** An earlier rule asks for the same. */
  | { readonly kind: 'duplicate'; readonly of: FlatRule }
  /** An earlier rule takes its lines. `line`: one of them; null: that is plain from the regexes. */
  | { readonly kind: 'shadowed'; readonly by: FlatRule; readonly line: string | null }
  /** It takes lines of many programs that it does not name. */
  | { readonly kind: 'wide'; readonly programs: readonly string[] }
  /** It took no line since then (ms); null: of the logs. */
  | { readonly kind: 'dead'; readonly since: number | null };

export interface ReviewedRule {
  readonly flat: FlatRule;
  /** Lines that it took: by the state, or of the logs. */
  readonly lines: number;
  /** Since when they are counted, and when the last one came (ms); null: not known, or never. */
  readonly since: number | null;
  readonly last: number | null;
  /** What it takes to try it on one of the lines that it is tried on (ns); null: not measured. */
  readonly cost: number | null;
  /** Programs whose lines it took, as far as they were looked at; with a line of each, where one was kept. */
  readonly programs: readonly SeenProgram[];
  readonly findings: readonly Finding[];
}

/** All rules of a config, in its order, but groups. */
export interface Review {
  readonly rules: readonly ReviewedRule[];
  /** How many lines were read; null: the state was asked. */
  readonly read: number | null;
  /** What could not be found out. */
  readonly notes: readonly string[];
}
