import { MAX_COUNT } from '../../base/count.js';
import type { Store } from '../store.js';
import type { Sqlite } from './open-sqlite.js';
import { TALLY_COLUMNS, tallyDecoder } from './tally.js';

/** UTF-16 units of messages and their values that are handed out at one go. */
const MOST_TEXT = 4_000_000;

/** Stands before every row: no host is without a name. */
const BEFORE_ALL = { host: '', count: 0, message: '' };

/** The rows of an edition, a part at a time. */
export function rowReader(db: Sqlite): Pick<Store, 'slice' | 'page'> {
  const read = storedRows(db);
  const decode = tallyDecoder(db);
  const slice = read('(host, message) > (@host, @message) ORDER BY host, message');
  // As rows are read: one whose count is beyond MAX_COUNT must not come again and again.
  const counted = `min(count, ${MAX_COUNT})`;
  const page = read(
    `(host, ${counted}, message) > (@host, @count, @message) ORDER BY host, ${counted}, message`,
  );
  return {
    slice(edition, after, limit) {
      const { host, message } = after ?? BEFORE_ALL;
      return slice({ edition, limit, host, message }).map(decode);
    },
    page(edition, after, limit) {
      const { host, count, message } = after ?? BEFORE_ALL;
      return page({ edition, limit, host, count, message }).map(decode);
    },
  };
}

type Given = Record<string, string | number>;

/**
 * Makes queries for the first rows, at least one if there is one, and no more than make up so much text. SQLite hands
 * each row to a function, which says when it is enough.
 */
function storedRows(db: Sqlite): (which: string) => (given: Given) => unknown[] {
  let taken: unknown[] = [];
  let text = 0;
  db.function('take_row', { varargs: true }, (...[host, message, count, first, last, detail]: unknown[]) => {
    taken.push({ host, message, count, first, last, detail });
    text += lengthOf(message) + lengthOf(detail);
    return text >= MOST_TEXT ? 1 : 0;
  });
  return (which) => {
    const handOut = db.prepare<Given>(
      `SELECT 1 FROM (SELECT ${TALLY_COLUMNS} FROM tally WHERE edition = @edition AND ${which} LIMIT @limit)
       WHERE take_row(${TALLY_COLUMNS}) LIMIT 1`,
    );
    return (given) => {
      taken = [];
      text = 0;
      handOut.get(given);
      return taken.splice(0);
    };
  };
}

function lengthOf(column: unknown): number {
  return typeof column === 'string' ? column.length : 0;
}
