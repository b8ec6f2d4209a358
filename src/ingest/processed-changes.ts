import type { RunHit } from '../queue/exec/run.js';
import type { TallyChange } from '../queue/tally.js';
import type { AskedHit } from '../queue/timed/asked-hit.js';
import type { TimedKeyChanges } from '../queue/timed/timed-keys.js';
import type { RuleHitChanges } from '../rule/review/rule-hits.js';
import type { RuleStateChanges } from '../rule/rule-state.js';
import type { ValueCounts } from '../values/space-saving.js';

/** What is counted of lines, for one commit. */
export interface ProcessedChanges {
  readonly tally: Iterable<TallyChange>;
  readonly ruleState: RuleStateChanges;
  readonly ruleHits: RuleHitChanges;
  readonly counters: ReadonlyMap<string, number>;
  /** The most frequent lines that no rule matched; null when there were none. */
  readonly untaken: ValueCounts | null;
  readonly timedKeys: TimedKeyChanges;
  /** From when on (ms) what was counted makes a page, for queues whose pages may wait. */
  readonly pages: ReadonlyMap<string, number>;
  /** Hits for which programs are to run. */
  readonly runs: readonly RunHit[];
  /** Lines that wait for the word of the fleet, and ids of those that were counted after it. */
  readonly asked: readonly AskedHit[];
  readonly answered: readonly number[];
}
