import type { TallyRow } from '../../queue/tally.js';

/** What was seen of a masked message on a host in earlier letters of its queue. Times in ms. */
export interface Known {
  readonly first: number;
  readonly last: number;
  /** `[letter, count]` for each of the queue's last letters that it was in, rising. */
  readonly letters: readonly (readonly [letter: number, count: number])[];
}

/** What the ledger says of a message of a host. `anywhere`: whether any host of the queue is known to have said it. */
export interface Finding {
  readonly known: Known | null;
  readonly anywhere: boolean;
}

/** A row of a tally with what the ledger says of it. */
export interface LedgerRow extends TallyRow, Finding {}

/** A message that was in the last letter of a queue. Its text may be cut. */
export interface LastRow extends Known {
  readonly host: string;
  readonly hash: string;
  readonly message: string;
}

/** A message as the ledger keeps it: by the hash of its text, with the beginning of it. */
export interface EnteredRow {
  readonly host: string;
  readonly hash: string;
  readonly text: string;
  readonly count: number;
  readonly first: number | null;
  readonly last: number | null;
}

/** How a letter is entered into the ledger. */
export interface LedgerEntry {
  readonly queue: string;
  /** When the letter was made (ms). */
  readonly made: number;
  /** Whether it counts among the letters that others are laid beside. */
  readonly regular: boolean;
  readonly rows: readonly EnteredRow[];
  /** What was not seen since then (ms) is forgotten. */
  readonly forgetBefore: number;
}

/** How many letters of a queue the ledger looks back on. */
export const LETTERS_BACK = 28;
