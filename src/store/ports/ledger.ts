import type { Finding, Known, LastRow } from '../../letter/history/ledger.js';

/** The history of messages, for comparison. `seal` adds to it. */
export interface Ledger {
  /** How many letters of the queue are comparable. */
  lettersOf(queue: string): number;
  /** Whether the ledger holds anything of the queue. */
  isKnown(queue: string): boolean;
  /** The history of a message (by its hash) on a host. */
  known(queue: string, host: string, hash: string): Finding;
  /** The messages of the last letter of the queue, in the order of their hashes; there may be 50,000 of a fleet. */
  inLastLetter(queue: string): Iterable<LastRow>;
  /** If the ledger is full: its number of messages, and when the oldest was last seen (ms); else null. */
  fullLedger(): { readonly messages: number; readonly since: number } | null;
  /** In which letters of the queue the messages of these hosts were, message by message. */
  lettersOfHosts(queue: string, hosts: readonly string[]): HostLetters[];
}

export interface HostLetters {
  readonly host: string;
  readonly letters: Known['letters'];
}
