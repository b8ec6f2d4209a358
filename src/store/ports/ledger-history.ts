import type { LastRow } from '../../letter/history/ledger.js';

/** All that the ledger has of a queue, for a ledger elsewhere. */
export interface LedgerHistory {
  /** In pieces, each read when it is asked for. */
  historyOf(queue: string): Iterable<readonly HistoryRow[]>;
}

/** A message on a host. `latest`: the last regular letter that held it; 0: none did. Its text may be cut. */
export interface HistoryRow extends Omit<LastRow, 'message'> {
  readonly text: string;
  readonly latest: number;
}
