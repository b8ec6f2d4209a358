import type { HistoryRow, LedgerHistory } from '../ports/ledger-history.js';
import { rowDecoder, text, time, whole } from './decode.js';
import { letters } from './ledger.js';
import type { Sqlite } from './open-sqlite.js';

/** Rows of a piece: each has a text of some hundred bytes. */
const MAX_PIECE_ROWS = 1000;

/** Reads the table `ledger` in the order of its key. */
export function ledgerHistory(db: Sqlite): LedgerHistory {
  const read = db.prepare<[string, string, string], unknown>(
    `SELECT hash, host, text, first, last, latest, letters FROM ledger
     WHERE queue = ? AND (hash, host) > (?, ?) ORDER BY hash, host LIMIT ${MAX_PIECE_ROWS}`,
  );
  const decode = rowDecoder(db.name, 'ledger', {
    ...{ hash: text, host: text, text, first: time, last: time, latest: whole },
    letters,
  });
  return {
    *historyOf(queue) {
      let last: Pick<HistoryRow, 'hash' | 'host'> = { hash: '', host: '' };
      for (;;) {
        const piece = read.all(queue, last.hash, last.host).map(decode);
        if (piece.length === 0) return;
        yield piece;
        last = piece.at(-1) ?? last;
      }
    },
  };
}
