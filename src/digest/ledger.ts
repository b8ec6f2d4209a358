import type { TallyRow } from '../queue/tally.js';

/** What was seen of a masked message on a host in earlier letters of its queue. Times in ms. */
export interface Known {
  readonly first: number;
  readonly last: number;
  /** `[letter, count]` for each of the queue's last letters that it was in, rising. */
  readonly letters: readonly (readonly [letter: number, count: number])[];
}

/** A row of a tally with what the ledger says of it. */
export interface LedgerRow extends TallyRow {
  readonly known: Known | null;
  /** Whether any host of the queue is known to have said it. */
  readonly anywhere: boolean;
}

/** A message that the ledger knows and the tally has not. Its text may be cut. */
export interface MissingRow extends Known {
  readonly host: string;
  readonly message: string;
}

/** How many letters of a queue the ledger looks back on. */
export const LETTERS_BACK = 28;

/** How an edition is entered into the ledger. */
export interface LedgerEntry {
  readonly queue: string;
  /** When the letter was made (ms). */
  readonly made: number;
  /** Whether it counts among the letters that others are laid beside. */
  readonly regular: boolean;
  /** What was not seen since then (ms) is forgotten. */
  readonly forgetBefore: number;
}
