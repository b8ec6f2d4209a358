import type { Finding, LastRow, LedgerEntry } from '../letter/history/ledger.js';
import type { SealedLetter } from '../letter/letter.js';
import type { Outbox } from '../mail/outbox.js';
import type { SelfMailChanges, SelfMailId } from '../mail/self-mail.js';
import type { Storm, StormNote, Waiting } from '../queue/fold.js';
import type { TallyChange, TallyRow } from '../queue/tally.js';
import type { EscalationCounts } from '../rule/escalations.js';
import type { LastMatch, RuleStateChanges } from '../rule/rule-state.js';
import type { FilePosition } from '../source/file/line-batch.js';
import type { ReceiverReport } from '../source/push/receiver.js';
import type { ValueCounts } from '../values/space-saving.js';
import type { DeliveryNotice } from './ports/delivery-notice.js';

/** What is committed together: how far was read, and all that came of it. */
export interface Batch {
  readonly at: number;
  /** Forgotten first, then written: an inode may be forgotten for one file and used by the next. */
  readonly forgotten: readonly FilePosition[];
  readonly positions: readonly FilePosition[];
  readonly tally: Iterable<TallyChange>;
  readonly memory: RuleStateChanges;
  /** Amounts to add to the running counters. */
  readonly counters: ReadonlyMap<string, number>;
  /** The most frequent lines that no rule took. */
  readonly untaken?: ValueCounts | null;
  /** What the counts were made of, when it was taken from a server that holds it until it is counted. */
  readonly taken?: ClaimedBatch | undefined;
  /** What the lines told of our own mail. */
  readonly ownMail?: SelfMailChanges;
}

/** Lines that a server has put aside for us under a name of their own. */
export interface ClaimedBatch {
  /** Which list of which server; each remembers its last batch. */
  readonly source: string;
  readonly id: string;
}

/**
 * What a commit survives. `power-cut`: it is on the disk when it returns. `kill`: it is the kernel's, and on the disk
 * with the next commit that survives a power cut.
 */
export type Durability = 'power-cut' | 'kill';

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
  /** What it tells of a storm, or null. */
  readonly storm: StormNote | null;
  /** The most frequent lines that no rule took while it was open. */
  readonly untaken: FrequentLines;
}

/** Lines that are alike but for numbers, most frequent first: the beginning of each, with `#` for its numbers. */
export interface FrequentLines {
  readonly lines: readonly { readonly value: string; readonly count: number }[];
  /** There were too many for exact counts. */
  readonly about: boolean;
}

/** What is remembered of a queue's schedule. */
export interface QueueMark {
  readonly schedule: string;
  /** The schedule has been served up to here (ms): the next letter is the first due time after it. */
  readonly dueAfter: number;
}

/** What it takes to send what a queue holds when the config has dropped it; `csv` goes to a program. */
export type QueueDefinition =
  | {
      readonly kind: 'letter';
      readonly from: string;
      readonly to: readonly string[];
      readonly pager: boolean;
      readonly subject: string;
      /** The command of its filter. */
      readonly filter: string | null;
    }
  | { readonly kind: 'csv'; readonly command: string };

/** A letter that was made. */
export interface ArchivedLetter {
  /** The same as in the outbox. */
  readonly id: number;
  readonly queue: string;
  readonly subject: string;
  /** The address that it came from; null where an older version did not keep it. */
  readonly sender: string | null;
  readonly to: readonly string[];
  /** When it was sealed (ms). */
  readonly sealed: number;
}

/** How a letter is kept for later: its mail under gzip, beside `most` - 1 others. */
export interface ArchiveOptions {
  readonly packed: Buffer;
  readonly most: number;
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
  /** When it was last tried (ms); null: not yet, or not known. */
  readonly lastTry: number | null;
  readonly lastError: string | null;
}

/** What a daemon notes in the state when it starts. */
export interface DaemonNote {
  readonly pid: number;
  readonly version: string;
  /** The config it was started with. */
  readonly config: string;
  /** ms */
  readonly started: number;
}

/** A queue whose letter does not come about just now. */
export interface HeldQueue {
  readonly queue: string;
  readonly reason: string;
}

/** What the daemon last knew of its sources beside their positions, for `tayori status`, which looks from elsewhere. */
export interface SourcesNote {
  /** So many logs are open at once, where there are more; null: all are. */
  readonly turns: number | null;
  readonly inlets: readonly ReceiverReport[];
}

export interface Facts {
  /** Since when is counted (ms); null: no daemon has begun yet. */
  readonly began: number | null;
  /** Which daemon works with this state, or was the last. */
  readonly daemon: DaemonNote | null;
  readonly held: readonly HeldQueue[];
  readonly sources: SourcesNote;
}

/** The one place that remembers. Every method that writes is one transaction. */
export interface Store extends Outbox {
  positions(): FilePosition[];
  memory(): { last: [string, LastMatch][]; hits: EscalationCounts[] };
  counters(): Map<string, number>;
  /** `lasting`: `power-cut` unless it is said. */
  commit(batch: Batch, lasting?: Durability): void;
  /** Whether this batch (an id) was the last that was counted of its source. */
  wasProcessed(id: string): boolean;

  queueMark(queue: string): QueueMark | null;
  markQueue(queue: string, mark: QueueMark): void;
  /** How a queue was last defined, or null when that is not known. */
  definition(queue: string): QueueDefinition | null;
  /** Remembers how these queues, which have marks, are defined now. */
  define(queues: ReadonlyMap<string, QueueDefinition>): void;
  /**
   * Ends a queue's open edition so that its letter can be made; what is counted from now on goes into the next. `mark`
   * moves the schedule in the same step, in which also the escalations that the letter ends are forgotten: those of its
   * hosts that have the queue as their leftmost. Returns the hosts of these, or null when there is nothing to tell.
   */
  closeEdition(
    queue: string,
    at: number,
    status: string | null,
    mark: QueueMark | null,
  ): readonly string[] | null;
  /** The storm that a queue is in, or was in last. */
  storm(queue: string): Storm | null;
  /** What waits in a queue, as far as a storm is concerned, by at most `most` of its rows. */
  waiting(queue: string, most: number): Waiting;
  /** Only these queues' storms are remembered. */
  keepStorms(queues: readonly string[]): void;
  /**
   * Ends a queue's open edition as a page of a storm, or (end) makes an edition of a note alone, and remembers the
   * storm. Returns what `closeEdition` does.
   */
  closePage(
    queue: string,
    at: number,
    storm: Storm,
    note: StormNote | null,
    status?: string | null,
  ): readonly string[] | null;
  /** The most frequent lines that no rule took since an edition was closed last. */
  untaken(): FrequentLines;
  /** Closed editions whose letter is not sealed yet, oldest first. */
  closedEditions(): Edition[];
  /** Open editions, as they would be if they were closed at this time (ms); changes nothing. In the order of queues. */
  openEditions(at: number): Edition[];
  /**
   * At most `limit` rows of an edition behind `after` in the order of hosts and messages, which is the quickest; null: from the
   * first. Fewer where they are long; none only behind the last.
   */
  slice(edition: number, after: TallyRow | null, limit: number): TallyRow[];
  /** As `slice`, in the order of hosts, rising counts and messages. */
  page(edition: number, after: TallyRow | null, limit: number): TallyRow[];
  /** How many letters of the queue others are laid beside. */
  lettersOf(queue: string): number;
  /** Whether the ledger knows anything of the queue. */
  isKnown(queue: string): boolean;
  /** What the ledger knows of a message, by its hash, on a host. */
  known(queue: string, host: string, hash: string): Finding;
  /** When the ledger is full: how many messages it holds, and when the oldest of them was last seen (ms). */
  fullLedger(): { readonly messages: number; readonly since: number } | null;
  /** What was in the last letter of the queue, in the order of hosts and messages. */
  inLastLetter(queue: string): LastRow[];
  /**
   * Puts the edition's letter into the outbox and lets go of its tally; null: there was nothing to send. `told`: the
   * mishaps that it tells, which are over when somebody has got it. `entry`: what the ledger learns of it. `keeping`:
   * how it is kept among the letters of the past.
   */
  seal(
    edition: number,
    letter: SealedLetter | null,
    told?: readonly number[],
    entry?: LedgerEntry | null,
    keeping?: ArchiveOptions | null,
  ): void;
  /** Frees the room of at most `limit` rows of tallies that were let go; false when there are none. */
  sweep(limit: number): boolean;
  /** What has been counted and not been sealed, queue by queue. */
  pending(): PendingQueue[];

  /** All letters on their way, and those that were refused for good, recipient by recipient. */
  outbox(): OutboxSummary[];
  /** What tells log lines of our own letters from others. */
  ownMail(): SelfMailId[];
  /** The mishaps that a letter made now may tell: of late letters only those of these queues. */
  mishaps(lateOf: readonly string[]): DeliveryNotice[];
  /** The same, only to look at them: they stay open to more of their kind. */
  openMishaps(lateOf: readonly string[]): DeliveryNotice[];

  /** The letters of the past that are kept, the latest first; so are those that were refused for good. */
  pastLetters(): ArchivedLetter[];
  /** The mail of one of them; null where it was too large to be kept, undefined where there is no such letter. */
  pastMail(id: number): Buffer | null | undefined;
  /**
   * Puts a letter into the outbox that is the letter `before` once more, and returns its id. Of recipients that had
   * refused that one, and get it now, it is no longer said that they did.
   */
  resend(letter: SealedLetter, before: number): number;

  /** What is known of this state and of the daemon that works with it. */
  facts(): Facts;
  setFact<Name extends keyof Facts>(name: Name, value: NonNullable<Facts[Name]>): void;

  /** Lets go of the file. */
  end(): void;
}
