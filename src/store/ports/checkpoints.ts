import type { SelfMailChanges, SelfMailId } from '../../mail/self-mail.js';
import type { TallyChange } from '../../queue/tally.js';
import type { EscalationCounts } from '../../rule/escalations.js';
import type { LastMatch, RuleStateChanges } from '../../rule/rule-state.js';
import type { FilePosition } from '../../source/file/line-batch.js';
import type { ValueCounts } from '../../values/space-saving.js';

/** The positions of the sources and the counts of their lines: both change in one transaction. */
export interface Checkpoints {
  positions(): FilePosition[];
  /** The state of the rules: the last match of each host, for repeats, and the counts of escalations. */
  ruleState(): { last: [string, LastMatch][]; hits: EscalationCounts[] };
  counters(): Map<string, number>;
  /** The ids by which log lines about our own letters are recognised. */
  selfMail(): SelfMailId[];
  /** `durability`: `synced` by default. */
  commit(batch: Batch, durability?: Durability): void;
  /** Whether this batch (by id) is the last one that was counted of its source. */
  wasProcessed(id: string): boolean;
}

/** What is committed together: positions, and everything that was counted up to them. */
export interface Batch {
  /** ms */
  readonly at: number;
  /** Removed before positions are written: an inode may be forgotten for one file and used by the next. */
  readonly forgotten: readonly FilePosition[];
  readonly positions: readonly FilePosition[];
  readonly tally: Iterable<TallyChange>;
  readonly ruleState: RuleStateChanges;
  /** Amounts to add to the running counters. */
  readonly counters: ReadonlyMap<string, number>;
  /** The most frequent lines that match no rule. */
  readonly untaken?: ValueCounts | null;
  /** The claimed batch that was counted, if a server holds it until then. */
  readonly taken?: ClaimedBatch | undefined;
  /** What the lines revealed about our own mail. */
  readonly selfMail?: SelfMailChanges;
}

/** Lines that a server has set aside for us under a separate name. */
export interface ClaimedBatch {
  /** Which list of which server; each remembers its last batch. */
  readonly source: string;
  readonly id: string;
}

/**
 * How far a commit has come when it returns. `synced`: it is on the disk and survives a power cut. `written`: the kernel
 * has it, so that it survives a kill of this process; the next `synced` commit puts it on the disk.
 */
export type Durability = 'written' | 'synced';
