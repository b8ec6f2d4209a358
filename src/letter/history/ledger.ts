import type { TallyRow } from '../../queue/tally.js';

/** The history of a masked message on a host, in earlier letters of its queue. Times in ms. */
export interface Known {
  readonly first: number;
  readonly last: number;
  /** `[letter, count]` for each of the last letters of the queue that held it, rising. */
  readonly letters: readonly (readonly [letter: number, count: number])[];
}

/** The entry of the ledger for a message of a host. `anywhere`: whether it has one for any host of the queue. */
export interface Finding {
  readonly known: Known | null;
  readonly anywhere: boolean;
}

/** A row of a tally with its history. */
export interface LedgerRow extends TallyRow, Finding {}

/** A message that was in the last letter of a queue. Its text may be cut. */
export interface LastRow extends Known {
  readonly host: string;
  readonly hash: string;
  readonly message: string;
}

/** A message as the ledger keeps it: the hash and the beginning of its text. */
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
  /** Whether later letters are compared with it. */
  readonly regular: boolean;
  readonly rows: readonly EnteredRow[];
  /** Messages that were last seen before this time (ms) are deleted. */
  readonly forgetBefore: number;
}

/** How many messages of a queue a letter enters, the most frequent ones: a storm must not push out all others. */
export const MAX_ENTERED = 10_000;

/** How many letters of a queue the ledger looks back on. */
export const LETTERS_BACK = 28;
