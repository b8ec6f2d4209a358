import type { LedgerEntry, LedgerRow, MissingRow } from '../digest/ledger.js';
import type { SealedLetter } from '../digest/letter.js';
import type { OutboxLetter } from '../mail/outbox.js';
import type { TallyChange, TallyRow } from '../queue/tally.js';
import type { Hits, LastMatch, MemoryChanges } from '../rule/memory.js';
import type { FilePosition } from '../source/line-batch.js';

/** What is committed together: how far was read, and all that came of it. */
export interface Batch {
  readonly at: number;
  readonly positions: readonly FilePosition[];
  readonly forgotten: readonly FilePosition[];
  readonly tally: readonly TallyChange[];
  readonly memory: MemoryChanges;
  /** Amounts to add to the running counters. */
  readonly counters: ReadonlyMap<string, number>;
}

/** One letter's worth of a queue, closed and waiting to be made into a letter. */
export interface Edition {
  readonly id: number;
  readonly queue: string;
  readonly closed: number;
  readonly status: string | null;
  /** When the last letter of the queue was made, or when the queue was first seen. */
  readonly since: number;
  /** How much each counter grew while the edition was open. */
  readonly counters: ReadonlyMap<string, number>;
}

/** What is remembered of a queue's schedule. */
export interface QueueMark {
  readonly schedule: string;
  /** The schedule has been served up to here (ms): the next letter is the first due time after it. */
  readonly dueAfter: number;
}

export interface PendingQueue {
  readonly queue: string;
  readonly messages: number;
  readonly lines: number;
}

export interface OutboxSummary {
  readonly id: number;
  readonly queue: string;
  readonly subject: string;
  readonly sealed: number;
  readonly address: string;
  readonly state: 'waiting' | 'refused';
  readonly attempts: number;
  readonly nextTry: number;
  readonly lastError: string | null;
}

/** `began`: since when is counted (ms). `daemon`: which one works with this state, or was the last (JSON). */
export type FactName = 'began' | 'daemon';

/** The one place that remembers. Every method that writes is one transaction. */
export interface Store {
  positions(): FilePosition[];
  memory(): { last: [string, LastMatch][]; hits: Hits[] };
  counters(): Map<string, number>;
  commit(batch: Batch): void;

  queueMark(queue: string): QueueMark | null;
  markQueue(queue: string, mark: QueueMark): void;
  /**
   * Ends a queue's open edition so that its letter can be made; what is counted from now on goes into the next.
   * Returns the hosts in it, or null when there is nothing to tell. `mark` moves the schedule in the same step.
   */
  closeEdition(
    queue: string,
    at: number,
    status: string | null,
    mark: QueueMark | null,
  ): readonly string[] | null;
  /** Closed editions whose letter is not sealed yet, oldest first. */
  closedEditions(): Edition[];
  /** The rows of an edition, host by host, the most frequent first. */
  rows(edition: number): IterableIterator<TallyRow>;
  /** How many letters of the queue others are laid beside. */
  lettersOf(queue: string): number;
  /** Whether the ledger knows anything of the queue. */
  isKnown(queue: string): boolean;
  /** As `page`, with what the ledger knows of each row. */
  knownPage(edition: number, queue: string, after: TallyRow | null, limit: number): LedgerRow[];
  /** What was in the last letter of the queue and is not in the edition. */
  missingRows(edition: number, queue: string): MissingRow[];
  /** At most `limit` rows behind `after` in the order of hosts, rising counts and messages; null: from the first. */
  page(edition: number, after: TallyRow | null, limit: number): TallyRow[];
  /**
   * Puts the edition's letter into the outbox, enters what it tells into the ledger, and empties its tally; null: there
   * is nothing to send. Without `entry` the ledger stays as it is.
   */
  seal(edition: number, letter: SealedLetter | null, entry?: LedgerEntry): void;
  /** What has been counted and not been sealed, queue by queue. */
  pending(): PendingQueue[];

  /** The oldest letter after `after` (an id) with a recipient due at `now`. */
  nextDue(now: number, after: number): OutboxLetter | null;
  settleSent(letter: number, address: string): void;
  settleRefused(letter: number, address: string, reason: string): void;
  settleRetry(letter: number, address: string, reason: string, nextTry: number): void;
  outbox(): OutboxSummary[];

  /** What is known of this state and of the daemon that works with it. */
  facts(): ReadonlyMap<string, string>;
  setFact(name: FactName, value: string): void;

  /** Lets go of the file. */
  end(): void;
}
