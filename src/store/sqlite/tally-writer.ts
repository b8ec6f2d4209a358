import { HOUR } from '../../base/time/duration.js';
import type { TallyChange, TallyRow } from '../../queue/tally.js';
import {
  mergeRowStats,
  NO_ROW_STATS,
  type RowStats,
  rowStatsOf,
  storeRowStats,
} from '../../values/row-stats.js';
import { columnDecoder, orNull } from './decode.js';
import type { Sqlite } from './open-sqlite.js';
import type { RunRow } from './run-block.js';
import { mayWait, type Run, SortedRuns, type WaitingRange } from './sorted-runs.js';
import { sqlSum } from './sql-counts.js';
import type { Statement } from './statement.js';
import { storedDetail } from './stored-detail.js';

/** How many messages of an edition may have values: a letter shows far fewer, and the state stays small. */
const MAX_VALUED_ROWS = 5000;

/** So many rows of one edition in one commit are worth a sorted run; fewer go into the tally at once. */
const MIN_RUN = 1000;

/** Ranges that are merged in one commit at most, so that it stays short. */
const MAX_MERGES = 2;

/** Rows that one statement writes: a call of SQLite for each row would take as long as writing it. */
const ROWS_AT_ONCE = 40;

interface OpenEdition {
  readonly id: number;
  readonly queue: string;
  /** How many of its messages have values. */
  valued: number;
  /** Rows without values, in the order of their keys, until they are enough for a run. */
  readonly few: RunRow[];
  /** The sorted run that all others go into. */
  run: Run | null;
}

/**
 * Writes tally changes into the open edition of each queue; opens one if there is none. It is fastest if changes come in the
 * order of rows on the disk: then each page is read and written once. If the message has a row already, SQLite calls a
 * function that merges its statistics. A thousand rows without values become a sorted run instead.
 */
export class TallyWriter {
  readonly #sql: ReturnType<typeof statements>;
  readonly #runs: SortedRuns;
  readonly #mergeStats: typeof mergeRowStats;
  readonly #decode: (detail: unknown) => ReturnType<typeof storedDetail> | null;
  /** The change that is being written, for the function that SQLite calls. */
  #writing: RunRow | null = null;
  /** Whether SQLite has called it: the row existed. */
  #hasMerged = false;

  /** `merge`: what merges the statistics of two rows of one message. */
  constructor(db: Sqlite, merge: typeof mergeRowStats = mergeRowStats) {
    this.#mergeStats = merge;
    this.#decode = columnDecoder(db.name, 'tally.detail', orNull(storedDetail));
    db.function('grown_detail', (detail: unknown, count: number, first: number | null, last: number | null) =>
      this.#merge(detail, { count, first, last }),
    );
    db.function('merged_detail', (...columns: MergedColumns) => this.#mergeColumns(...columns));
    this.#sql = statements(db);
    this.#runs = new SortedRuns(db);
  }

  /** For use within a transaction. `at`: when editions are opened (ms). */
  write(at: number, changes: Iterable<TallyChange>): void {
    let edition: OpenEdition | null = null;
    for (const change of changes) {
      if (edition?.queue !== change.queue) {
        if (edition) this.#end(edition);
        edition = this.#editionOf(change.queue, at);
      }
      if (mayWait(change)) this.#hold(change, edition);
      else this.#put(change, change.how, edition);
    }
    if (edition) this.#end(edition);
    this.#writing = null;
  }

  /**
   * Merges a range of rows that wait (of this edition; null: of any) into the tally; false: there is none. For use within a
   * transaction, so that no row is counted twice.
   */
  merge(edition: number | null): boolean {
    const range = this.#runs.next(edition);
    if (range) this.#mergeRange(range);
    return range !== null;
  }

  #hold(row: RunRow, edition: OpenEdition): void {
    const { id, few, run } = edition;
    if (run) run.add(row);
    else if (few.push(row) >= MIN_RUN) {
      edition.run = this.#runs.begin(id);
      for (const one of few.splice(0)) edition.run.add(one);
    }
  }

  #end({ id, few, run, valued }: OpenEdition): void {
    this.#addAll(few, id);
    if (run) {
      run.end();
      this.#relieve(id);
    }
    this.#sql.setValued.run(valued, id);
  }

  /** Merges ranges in which too many rows wait. */
  #relieve(edition: number): void {
    for (let merged = 0; merged < MAX_MERGES; merged++) {
      const range = this.#runs.crowded(edition);
      if (range) this.#mergeRange(range);
    }
  }

  #mergeRange(range: WaitingRange): void {
    this.#addAll(this.#runs.take(range), range.edition);
  }

  /** Writes rows that have no values. */
  #addAll(rows: readonly RunRow[], edition: number): void {
    const { addMany, addPlain } = this.#sql;
    let at = 0;
    for (; at + ROWS_AT_ONCE <= rows.length; at += ROWS_AT_ONCE) {
      const values: (string | number | null)[] = [];
      for (let row = at; row < at + ROWS_AT_ONCE; row++)
        values.push(...columnsOf(rows[row] as RunRow, edition));
      addMany.run(...values);
    }
    for (; at < rows.length; at++) addPlain.run(...columnsOf(rows[at] as RunRow, edition));
  }

  #editionOf(queue: string, at: number): OpenEdition {
    const { findOpen, open } = this.#sql;
    const found = findOpen.get(queue) ?? { id: Number(open.run(queue, at).lastInsertRowid), valued: 0 };
    return { ...found, queue, few: [], run: null };
  }

  #put(row: RunRow, how: TallyChange['how'], edition: OpenEdition): void {
    const { host, message, count, first, last, stats = NO_ROW_STATS } = row;
    const isFull = edition.valued >= MAX_VALUED_ROWS;
    // Counts that came before are replaced, too.
    if (how === 'set') while (this.merge(edition.id));
    this.#writing = row;
    this.#hasMerged = false;
    if (how === 'add' && stats.masked !== null && this.#addToRow(row, edition.id)) return;
    const detail = storeRowStats(isFull ? without(stats) : stats);
    this.#sql[how].run(edition.id, host, message, count, first, last, detail);
    if (!this.#hasMerged && !isFull && Array.isArray(stats.masked)) edition.valued += 1;
  }

  /** Values are large as text: changing an existing row does not serialise them first. */
  #addToRow({ host, message, count, first, last }: RunRow, edition: number): boolean {
    return this.#sql.addToRow.run({ edition, host, message, count, first, last }).changes > 0;
  }

  #mergeColumns(...[detail, count, first, last, ...added]: MergedColumns): string | null {
    const [addedDetail, addedCount, addedFirst, addedLast] = added;
    const before = { ...rowStatsOf(this.#decode(detail)), count, first, last };
    const after = {
      ...rowStatsOf(this.#decode(addedDetail)),
      count: addedCount,
      first: addedFirst,
      last: addedLast,
    };
    return storeRowStats(this.#mergeStats(before, after));
  }

  #merge(detail: unknown, row: Pick<TallyRow, 'count' | 'first' | 'last'>): string | null {
    this.#hasMerged = true;
    if (!this.#writing) throw new Error('grown_detail is for TallyWriter');
    return storeRowStats(
      this.#mergeStats(
        { ...rowStatsOf(this.#decode(detail)), ...row },
        { ...(this.#writing.stats ?? NO_ROW_STATS), ...timesOf(this.#writing) },
      ),
    );
  }
}

/** Of a row and of what is added to it. */
type MergedColumns = [
  detail: unknown,
  count: number,
  first: number | null,
  last: number | null,
  addedDetail: unknown,
  addedCount: number,
  addedFirst: number | null,
  addedLast: number | null,
];

function statements(db: Sqlite) {
  // If there is nothing to store beside the row, SQLite calls no function.
  const upsert = (count: string, detail: string, rows = 1): Statement =>
    db.prepare(
      `INSERT INTO tally (edition, host, message, count, first, last, detail)
       VALUES ${Array.from({ length: rows }, () => '(?, ?, ?, ?, ?, ?, ?)').join(', ')}
       ON CONFLICT DO UPDATE SET count = ${count}, ${timesWith('excluded.first', 'excluded.last')},
         detail = iif(detail IS NULL AND excluded.detail IS NULL
             AND min(first, excluded.first) / ${HOUR} = max(last, excluded.last) / ${HOUR},
           NULL, ${detail})`,
    );
  const grown = 'grown_detail(detail, count, first, last)';
  const added = ['detail', 'count', 'first', 'last'].map((column) => `excluded.${column}`);
  const merged = `merged_detail(detail, count, first, last, ${added.join(', ')})`;
  const sum = sqlSum('count', 'excluded.count');
  return {
    findOpen: db.prepare<[string], Pick<OpenEdition, 'id' | 'valued'>>(
      'SELECT id, valued FROM edition WHERE queue = ? AND closed IS NULL',
    ),
    open: db.prepare<[string, number]>('INSERT INTO edition (queue, opened) VALUES (?, ?)'),
    setValued: db.prepare<[number, number]>('UPDATE edition SET valued = ? WHERE id = ?'),
    add: upsert(sum, grown),
    set: upsert('excluded.count', grown),
    addPlain: upsert(sum, merged),
    addMany: upsert(sum, merged, ROWS_AT_ONCE),
    addToRow: db.prepare(
      `UPDATE tally SET count = ${sqlSum('count', '@count')}, ${timesWith('@first', '@last')},
         detail = grown_detail(detail, count, first, last)
       WHERE edition = @edition AND host = @host AND message = @message`,
    ),
  };
}

function columnsOf({ host, message, count, first, last, stats }: RunRow, edition: number) {
  return [edition, host, message, count, first, last, stats ? storeRowStats(stats) : null] as const;
}

function timesWith(first: string, last: string): string {
  return `first = min(coalesce(first, ${first}), coalesce(${first}, first)),
    last = max(coalesce(last, ${last}), coalesce(${last}, last))`;
}

function timesOf({ count, first, last }: RunRow): Pick<TallyRow, 'count' | 'first' | 'last'> {
  return { count, first, last };
}

function without({ hours, masked }: RowStats): RowStats {
  return { hours, masked: masked === null ? null : 'no-room' };
}
