import { MAX_COUNT } from '../../base/count.js';
import type { Editions } from '../ports/editions.js';
import { blockReader } from './block-reader.js';
import type { Sqlite } from './open-sqlite.js';
import { runRowDecoder, TALLY_COLUMNS, tallyDecoder } from './tally-rows.js';

/** UTF-16 units of messages and values that are read in one go. */
const MAX_PART_TEXT = 4_000_000;

/** Before every row: no host name is empty. */
const BEFORE_ALL = { host: '', count: 0, message: '' };

/** Reads the rows of an edition in parts. */
export function rowReader(db: Sqlite): Pick<Editions, 'slice' | 'page' | 'blocks'> {
  const collector = new RowCollector(db);
  const decode = tallyDecoder(db);
  const slice = collector.query('(host, message) > (@host, @message) ORDER BY host, message');
  // With the count as it is read: a row above MAX_COUNT must not come again and again.
  const counted = `min(count, ${MAX_COUNT})`;
  const page = collector.query(
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
    blocks: blockReader(slice, runRowDecoder(db)),
  };
}

type Given = Record<string, string | number>;

/** Collects the first rows of queries, at least one if there is one, until their text is as much as MAX_PART_TEXT. */
class RowCollector {
  readonly #db: Sqlite;
  #rows: unknown[] = [];
  #text = 0;

  constructor(db: Sqlite) {
    this.#db = db;
    db.function('take_row', (...columns: unknown[]) => this.#take(columns));
  }

  /** SQLite calls this for each row, and stops when it returns 1. */
  #take([host, message, count, first, last, detail]: readonly unknown[]): 0 | 1 {
    this.#rows.push({ host, message, count, first, last, detail });
    this.#text += lengthOf(message) + lengthOf(detail);
    return this.#text >= MAX_PART_TEXT ? 1 : 0;
  }

  query(which: string): (given: Given) => unknown[] {
    const handOut = this.#db.prepare<Given>(
      `SELECT 1 FROM (SELECT ${TALLY_COLUMNS} FROM tally WHERE edition = @edition AND ${which} LIMIT @limit)
       WHERE take_row(${TALLY_COLUMNS}) LIMIT 1`,
    );
    return (given) => {
      this.#rows = [];
      this.#text = 0;
      handOut.get(given);
      return this.#rows.splice(0);
    };
  }
}

function lengthOf(column: unknown): number {
  return typeof column === 'string' ? column.length : 0;
}
