import type { Known } from '../../letter/history/ledger.js';
import type { TallyRow } from '../../queue/tally.js';

/** Finds entries of letters by their ids (`letter/entry-id.ts`). */
export interface Entries {
  /**
   * The entries whose whole id begins with these characters: those that are counted for letters to come, and those of
   * letters that the ledger remembers. Reads all rows of both: a second or two where there are a million.
   */
  entriesOf(id: string): FoundEntry[];
}

/** A message of a queue, on all its hosts. */
export interface FoundEntry {
  /** The whole id. */
  readonly id: string;
  readonly queue: string;
  readonly message: string;
  /** The ledger keeps no more than the beginning of a long message. */
  readonly isCut: boolean;
  /** What waits for the next letter, host by host. */
  readonly waiting: readonly TallyRow[];
  /** What earlier letters held, host by host. */
  readonly known: readonly KnownOnHost[];
  /** How many letters of the queue can be compared. */
  readonly letters: number;
}

export interface KnownOnHost extends Known {
  readonly host: string;
}
