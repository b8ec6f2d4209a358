import type { LedgerEntry } from '../../letter/history/ledger.js';
import type { PartOfFleet, SealedLetter } from '../../letter/letter.js';
import type { StormNote } from '../../queue/fold.js';
import type { TallyRow } from '../../queue/tally.js';
import type { ArchiveOptions } from './archive.js';
import type { SnoozeOutcome } from './snoozes.js';

/** Editions and their rows, up to the letter that is sealed of each. */
export interface Editions {
  /** Closed editions whose letter is not sealed yet, oldest first; those of sections stand in that of their letter. */
  closedEditions(): Edition[];
  /**
   * Open editions as if they were closed at this time (ms), in the order of queues, without sections; changes nothing.
   * `even`: queues that get one, of the id 0, even where they have none.
   */
  openEditions(at: number, even?: readonly string[]): Edition[];
  /**
   * At most `limit` rows of an edition after `after` (null: from the first), in the order of hosts and messages, which is the
   * fastest. Fewer if rows are long; none means that there are no more.
   */
  slice(edition: number, after: TallyRow | null, limit: number): TallyRow[];
  /** As `slice`, in the order of hosts, rising counts and messages. */
  page(edition: number, after: TallyRow | null, limit: number): TallyRow[];
  /**
   * All rows of an edition with all that is known of them, as `slice` orders them, in blocks (`store/sqlite/run-block.ts`).
   * Each block is read when it is asked for.
   */
  blocks(edition: number): Iterable<Buffer>;
  /** The most frequent lines that match no rule, since an edition was last closed. */
  untaken(): FrequentLines;
  /**
   * Puts the letter of an edition into the outbox and drops its tally, and those of its sections; null: there is nothing to
   * send. `mentioned`: ids of the delivery notices in the letter, which end when a recipient has got it. `entries`: what to
   * enter into the ledger. `archiving`: how it is archived. `snoozed`: what it did with
   * snoozes.
   */
  seal(
    edition: number,
    letter: SealedLetter | null,
    mentioned?: readonly number[],
    entries?: readonly LedgerEntry[],
    archiving?: ArchiveOptions | null,
    snoozed?: SnoozeOutcome | null,
  ): void;
  /** Frees the room of at most `limit` rows of dropped tallies; false when there are none. */
  sweep(limit: number): boolean;
}

/** The content of one letter of a queue. */
export interface Edition {
  readonly id: number;
  readonly queue: string;
  readonly closed: number;
  readonly status: string | null;
  /** When the last letter of the queue was made, or when the queue was first seen. */
  readonly since: number;
  /** How much each counter grew while the edition was open. */
  readonly counters: ReadonlyMap<string, number>;
  /** Since when its page has waited for the hours of its queue (ms); null: it has not. */
  readonly held: number | null;
  /** The note about its storm, or null. */
  readonly storm: StormNote | null;
  /** The most frequent lines that match no rule, while it was open. */
  readonly untaken: FrequentLines;
  /** The editions of other queues that go into its letter. */
  readonly sections: readonly Edition[];
  /** It is not of all nodes of a fleet; left out: it is, or there is no fleet. */
  readonly partial?: PartOfFleet | undefined;
}

/** Lines that differ only in numbers, most frequent first: the beginning of each, with `#` for its numbers. */
export interface FrequentLines {
  readonly lines: readonly { readonly value: string; readonly count: number }[];
  /** The counts are estimates: there were too many lines. */
  readonly about: boolean;
}
