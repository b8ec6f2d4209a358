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
import { MIN_RUN, mayWait, type RunRow, SortedRuns, type WaitingRange } from './sorted-runs.js';
import { sqlSum } from './sql-counts.js';
import type { Statement } from './statement.js';
import { storedDetail } from './stored-detail.js';

/** How many messages of an edition may have values: a letter shows far fewer, and the state stays small. */
const MAX_VALUED_ROWS = 5000;

interface OpenEdition {
  readonly id: number;
  /** How many of its messages have values. */
  valued: number;
  /** Rows that may become a sorted run, in the order of their keys. */
  readonly waiting: RunRow[];
}

/** Ranges that are merged in one commit at most, so that it stays short. */
const MAX_MERGES = 2;

/**
 * Writes tally changes into the open edition of each queue; opens one if there is none. It is fastest if changes come in the
 * order of rows on the disk: then each page is read and written once. If the message has a row already, SQLite calls a
 * function that merges its statistics. Thousands of rows without values become a sorted run instead.
 */
export class TallyWriter {
  readonly #sql: ReturnType<typeof statements>;
  readonly #runs: SortedRuns;
  readonly #decode: (detail: unknown) => ReturnType<typeof storedDetail> | null;
  /** The change that is being written, for the function that SQLite calls. */
  #writing: RunRow | null = null;
  /** Whether SQLite has called it: the row existed. */
  #hasMerged = false;

  constructor(db: Sqlite) {
    this.#decode = columnDecoder(db.name, 'tally.detail', orNull(storedDetail));
    db.function('grown_detail', (detail: unknown, count: number, first: number | null, last: number | null) =>
      this.#merge(detail, { count, first, last }),
    );
    this.#sql = statements(db);
    this.#runs = new SortedRuns(db);
  }

  /** For use within a transaction. `at`: when editions are opened (ms). */
  write(at: number, changes: Iterable<TallyChange>): void {
    const editions = new Map<string, OpenEdition>();
    for (const change of changes) {
      const edition = editions.get(change.queue) ?? this.#editionOf(change.queue, at);
      editions.set(change.queue, edition);
      if (mayWait(change)) edition.waiting.push(change);
      else this.#put(change, change.how, edition);
    }
    for (const edition of editions.values()) this.#end(edition);
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

  #end(edition: OpenEdition): void {
    const { id, waiting } = edition;
    if (waiting.length < MIN_RUN) this.#putAll(waiting, edition);
    else this.#runs.add(id, waiting);
    for (let merged = 0; merged < MAX_MERGES; merged++) {
      const range = waiting.length < MIN_RUN ? null : this.#runs.crowded(id);
      if (range) this.#mergeRange(range);
    }
    this.#sql.setValued.run(edition.valued, id);
  }

  #mergeRange(range: WaitingRange): void {
    this.#putAll(this.#runs.take(range), { id: range.edition, valued: MAX_VALUED_ROWS });
    this.#writing = null;
  }

  #putAll(rows: readonly RunRow[], edition: Pick<OpenEdition, 'id' | 'valued'>): void {
    for (const row of rows) this.#put(row, 'add', edition);
  }

  #editionOf(queue: string, at: number): OpenEdition {
    const { findOpen, open } = this.#sql;
    const found = findOpen.get(queue) ?? { id: Number(open.run(queue, at).lastInsertRowid), valued: 0 };
    return { ...found, waiting: [] };
  }

  #put(row: RunRow, how: TallyChange['how'], edition: Pick<OpenEdition, 'id' | 'valued'>): void {
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

  #merge(detail: unknown, row: Pick<TallyRow, 'count' | 'first' | 'last'>): string | null {
    this.#hasMerged = true;
    if (!this.#writing) throw new Error('grown_detail is for TallyWriter');
    return storeRowStats(
      mergeRowStats(
        { ...rowStatsOf(this.#decode(detail)), ...row },
        { ...(this.#writing.stats ?? NO_ROW_STATS), ...timesOf(this.#writing) },
      ),
    );
  }
}

function statements(db: Sqlite) {
  // If there is nothing to store beside the row, SQLite calls no function.
  const upsert = (count: string): Statement =>
    db.prepare(
      `INSERT INTO tally (edition, host, message, count, first, last, detail) VALUES (?, ?, ?, ?, ?, ?, ?)
       ON CONFLICT DO UPDATE SET count = ${count}, ${timesWith('excluded.first', 'excluded.last')},
         detail = iif(detail IS NULL AND excluded.detail IS NULL
             AND min(first, excluded.first) / ${HOUR} = max(last, excluded.last) / ${HOUR},
           NULL, grown_detail(detail, count, first, last))`,
    );
  return {
    findOpen: db.prepare<[string], Pick<OpenEdition, 'id' | 'valued'>>(
      'SELECT id, valued FROM edition WHERE queue = ? AND closed IS NULL',
    ),
    open: db.prepare<[string, number]>('INSERT INTO edition (queue, opened) VALUES (?, ?)'),
    setValued: db.prepare<[number, number]>('UPDATE edition SET valued = ? WHERE id = ?'),
    add: upsert(sqlSum('count', 'excluded.count')),
    set: upsert('excluded.count'),
    addToRow: db.prepare(
      `UPDATE tally SET count = ${sqlSum('count', '@count')}, ${timesWith('@first', '@last')},
         detail = grown_detail(detail, count, first, last)
       WHERE edition = @edition AND host = @host AND message = @message`,
    ),
  };
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
