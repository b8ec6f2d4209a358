import type { Finding, LastRow } from '../../letter/history/ledger.js';

/** What earlier letters said, to be compared with. `seal` adds to it. */
export interface Ledger {
  /** How many letters of the queue can be compared with. */
  lettersOf(queue: string): number;
  /** Whether the ledger holds anything of the queue. */
  isKnown(queue: string): boolean;
  /** What the ledger knows of a message, by its hash, on a host. */
  known(queue: string, host: string, hash: string): Finding;
  /** What was in the last letter of the queue, in the order of hosts and messages. */
  inLastLetter(queue: string): LastRow[];
  /** When the ledger is full: how many messages it holds, and when the oldest of them was last seen (ms); else null. */
  fullLedger(): { readonly messages: number; readonly since: number } | null;
}
