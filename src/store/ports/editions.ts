import type { LedgerEntry } from '../../letter/history/ledger.js';
import type { SealedLetter } from '../../letter/letter.js';
import type { StormNote } from '../../queue/fold.js';
import type { TallyRow } from '../../queue/tally.js';
import type { ArchiveOptions } from './archive.js';

/** Editions and their rows, up to the letter that is sealed of each. */
export interface Editions {
  /** Closed editions whose letter is not sealed yet, oldest first. */
  closedEditions(): Edition[];
  /** Open editions as they would be if they were closed at this time (ms), in the order of queues; changes nothing. */
  openEditions(at: number): Edition[];
  /**
   * At most `limit` rows of an edition behind `after` (null: from the first), in the order of hosts and messages, which is
   * the quickest. Long rows make it fewer; none means that there are no more.
   */
  slice(edition: number, after: TallyRow | null, limit: number): TallyRow[];
  /** As `slice`, in the order of hosts, rising counts and messages. */
  page(edition: number, after: TallyRow | null, limit: number): TallyRow[];
  /** The most frequent lines that no rule took since an edition was closed last. */
  untaken(): FrequentLines;
  /**
   * Puts the edition's letter into the outbox and drops its tally; a letter of null means that there is nothing to send.
   * `told`: ids of the delivery notices in the letter, which are over when somebody has got it. `entry`: what the ledger
   * learns from it. `keeping`: how it is archived.
   */
  seal(
    edition: number,
    letter: SealedLetter | null,
    told?: readonly number[],
    entry?: LedgerEntry | null,
    keeping?: ArchiveOptions | null,
  ): void;
  /** Frees the room of at most `limit` rows of dropped tallies; false when there are none. */
  sweep(limit: number): boolean;
}

/** One letter's worth of a queue. */
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

/** Lines that differ only in numbers, most frequent first: the beginning of each, with `#` for its numbers. */
export interface FrequentLines {
  readonly lines: readonly { readonly value: string; readonly count: number }[];
  /** There were too many for exact counts. */
  readonly about: boolean;
}
