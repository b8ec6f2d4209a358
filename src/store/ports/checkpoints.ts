import type { SelfMailChanges, SelfMailId } from '../../mail/self-mail.js';
import type { RunHit } from '../../queue/exec/run.js';
import type { TallyChange } from '../../queue/tally.js';
import type { AskedHit } from '../../queue/timed/asked-hit.js';
import type { TimedKey, TimedKeyChanges } from '../../queue/timed/timed-keys.js';
import type { EscalationCounts } from '../../rule/escalations.js';
import type { RuleHitChanges } from '../../rule/review/rule-hits.js';
import type { LastMatch, RuleStateChanges } from '../../rule/rule-state.js';
import type { FilePosition } from '../../source/file/line-batch.js';
import type { ValueCounts } from '../../values/space-saving.js';

/** The positions of the sources and the counts of their lines: both change in one transaction. */
export interface Checkpoints {
  positions(): FilePosition[];
  /** The state of the rules: the last match of each host, for repeats, and the counts of escalations. */
  ruleState(): { last: [string, LastMatch][]; hits: EscalationCounts[] };
  /** What directives that count in time remember of each key, the least recent first. */
  timedKeys(): TimedKey[];
  counters(): Map<string, number>;
  /** The ids by which log lines about our own letters are recognised. */
  selfMail(): SelfMailId[];
  /** How long what is expected has been silent. */
  silences(): Silence[];
  /** `durability`: `synced` by default. */
  commit(batch: Batch, durability?: Durability): void;
  /** Whether this batch (by id) is the last one that was counted of its source. */
  wasProcessed(id: string): boolean;
  /** The last batch that was counted of a source, or its last position; null: there is none. */
  lastTaken(source: string): string | null;
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
  /** What the rules took. */
  readonly ruleHits?: RuleHitChanges;
  readonly timedKeys?: TimedKeyChanges;
  /** From when on (ms) what was counted makes a page, for queues whose pages may wait. */
  readonly pages?: ReadonlyMap<string, number>;
  /** Hits for which programs are to run. */
  readonly runs?: readonly RunHit[];
  /** Lines that wait for the word of the fleet, and ids of those that were counted after it. */
  readonly asked?: readonly AskedHit[];
  readonly answered?: readonly number[];
  /** Ends of such programs that lines of this batch tell, by id. */
  readonly toldRuns?: readonly number[];
  /** Amounts to add to the running counters. */
  readonly counters: ReadonlyMap<string, number>;
  /** The most frequent lines that match no rule. */
  readonly untaken?: ValueCounts | null;
  /** The claimed batch that was counted, if a server holds it until then, or the place up to which a journal was read. */
  readonly taken?: ClaimedBatch | undefined;
  /** How long what is expected has been silent, all of it; null: as the state has it. */
  readonly silences?: readonly Silence[] | null;
  /** What the lines revealed about our own mail. */
  readonly selfMail?: SelfMailChanges;
}

/** How long a log, host or queue had no line while it was watched. */
export interface Silence {
  /** The kind, a blank, and the name. */
  readonly key: string;
  /** ms */
  readonly quiet: number;
  /** It was too long, which was told. */
  readonly silent: boolean;
}

/** Lines that a server has set aside for us under a separate name, or those of a journal up to an entry. */
export interface ClaimedBatch {
  /** Which list of which server, or which journal; each remembers its last batch. */
  readonly source: string;
  /** The name, or the cursor of the entry. */
  readonly id: string;
}

/**
 * How far a commit has come when it returns. `synced`: it is on the disk and survives a power cut. `written`: the kernel
 * has it, so that it survives a kill of this process; the next `synced` commit puts it on the disk.
 */
export type Durability = 'written' | 'synced';
