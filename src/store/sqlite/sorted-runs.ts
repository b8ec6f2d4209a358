import { compare } from '../../base/compare.js';
import type { TallyChange } from '../../queue/tally.js';
import { NO_ROW_STATS, rowStatsOf, storeRowStats } from '../../values/row-stats.js';
import { columnDecoder, count, json, list, Misfit, orNull, text, time } from './decode.js';
import type { Sqlite } from './open-sqlite.js';
import { storedDetail } from './stored-detail.js';

/** So many rows of one edition in one commit are worth a run; fewer go into the tally at once. */
export const MIN_RUN = 10_000;

/** How many ranges of keys the first run of an edition is cut into: a merge changes pages of one range only. */
const RANGES = 64;

/** Rows of one range that wait to be merged: a merge of so many takes some 100 ms. */
const MAX_RANGE_ROWS = 20_000;

/** Editions whose ranges are remembered; of others they are chosen anew. */
const MAX_RANGED_EDITIONS = 1000;

/** A row of a run: a message of a host that was counted without values. */
export type RunRow = Pick<TallyChange, 'host' | 'message' | 'count' | 'first' | 'last' | 'stats'>;

/** A range of an edition, some of whose rows wait. */
export interface WaitingRange {
  readonly edition: number;
  readonly range: number;
}

/**
 * Sorted runs, as a log-structured merge tree has them (O'Neil et al., 1996): rows of thousands of different messages are
 * appended as they come, and are merged into the tally later, range by range. In a tree each of them would change a page
 * of its own, at each commit. What is read of the tally is merged before; the ranges mean nothing for the result.
 */
export class SortedRuns {
  readonly #sql: ReturnType<typeof statements>;
  readonly #decode: ReturnType<typeof runDecoder>;
  /** The first keys of the ranges of an edition but the first range. */
  readonly #bounds = new Map<number, readonly Key[]>();

  constructor(db: Sqlite) {
    this.#sql = statements(db);
    this.#decode = runDecoder(db);
  }

  /** Appends rows in the order of their keys; for use within a transaction. */
  add(edition: number, rows: readonly RunRow[]): void {
    const bounds = this.#boundsFor(edition, rows);
    let from = 0;
    for (let range = 0; range <= bounds.length && from < rows.length; range++) {
      const bound = bounds[range];
      const to = bound ? firstFrom(rows, from, bound) : rows.length;
      if (to > from) this.#append({ edition, range }, rows.slice(from, to));
      from = to;
    }
  }

  /** The range that waits longest in an edition (null: in any); null: none waits. */
  next(edition: number | null): WaitingRange | null {
    return (edition === null ? this.#sql.next.get() : this.#sql.nextOf.get(edition)) ?? null;
  }

  /** A range in which too many rows wait; null: there is none. */
  crowded(edition: number): WaitingRange | null {
    return this.#sql.crowded.get(edition, MAX_RANGE_ROWS) ?? null;
  }

  /** All rows that wait in a range, in the order of their keys, each as often as it was appended; deletes them. */
  take({ edition, range }: WaitingRange): RunRow[] {
    const rows = this.#read(this.#sql.read.all(edition, range));
    this.#sql.remove.run(edition, range);
    return rows;
  }

  #read(stored: readonly unknown[]): RunRow[] {
    return stored.flatMap((content) => this.#decode(content)).sort(byKey);
  }

  #append({ edition, range }: WaitingRange, rows: readonly RunRow[]): void {
    this.#sql.append.run(edition, range, rows.length, JSON.stringify(hostsOf(rows)), store(rows));
  }

  #boundsFor(edition: number, rows: readonly RunRow[]): readonly Key[] {
    const known = this.#bounds.get(edition);
    if (known) return known;
    if (this.#bounds.size >= MAX_RANGED_EDITIONS) this.#bounds.clear();
    const bounds = Array.from({ length: RANGES - 1 }, (_, at) =>
      keyOf(rows[Math.floor(((at + 1) * rows.length) / RANGES)]),
    );
    this.#bounds.set(edition, bounds);
    return bounds;
  }
}

/** Whether a row may wait: its values are not recorded, and no count of an escalation replaces it. */
export function mayWait({ how, host, stats = NO_ROW_STATS }: TallyChange): boolean {
  return how === 'add' && stats.masked === null && !host.includes('\0');
}

interface Key {
  readonly host: string;
  readonly message: string;
}

function keyOf(row: Key | undefined): Key {
  return { host: row?.host ?? '', message: row?.message ?? '' };
}

function byKey(a: Key, b: Key): number {
  return compare(a.host, b.host) || compare(a.message, b.message);
}

/** The index of the first row from `from` on that is not before a key. */
function firstFrom(rows: readonly Key[], from: number, key: Key): number {
  let low = from;
  let high = rows.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (byKey(rows[middle] as Key, key) < 0) low = middle + 1;
    else high = middle;
  }
  return low;
}

function hostsOf(rows: readonly RunRow[]): string[] {
  return [...new Set(rows.map(({ host }) => host))];
}

const WIDTH = 5;

/** Host by host: message, count, first, last (null: the same), detail, and so on with the next message. */
function store(rows: readonly RunRow[]): string {
  const hosts: [string, (string | number | null)[]][] = [];
  let current: (typeof hosts)[number] | undefined;
  for (const { host, message, count, first, last, stats } of rows) {
    if (current?.[0] !== host) {
      current = [host, []];
      hosts.push(current);
    }
    current[1].push(message, count, first, last === first ? null : last, stats ? storeRowStats(stats) : null);
  }
  return JSON.stringify(hosts);
}

/** Makes the function that reads what `store` has written; throws `DamagedState`. */
function runDecoder({ name }: Sqlite): (content: unknown) => RunRow[] {
  const content = columnDecoder(name, 'sorted_run.content', json(list(ofHost)));
  const detail = columnDecoder(name, 'sorted_run.content', orNull(storedDetail));
  return (stored) =>
    content(stored).flatMap(({ host, fields }) =>
      Array.from({ length: fields.length / WIDTH }, (_, at) => {
        const [message, lines, began, ended, told] = fields.slice(at * WIDTH, (at + 1) * WIDTH);
        const first = orNull(time)(began);
        const row = {
          host,
          message: text(message),
          count: count(lines),
          first,
          last: orNull(time)(ended) ?? first,
        };
        return told === null ? row : { ...row, stats: rowStatsOf(detail(told)) };
      }),
    );
}

/** Whether all runs can be read, one at a time; throws `DamagedState`. */
export function auditRuns(db: Sqlite): void {
  const decode = runDecoder(db);
  const after = db.prepare<[number], { id: number; content: unknown }>(
    'SELECT id, content FROM sorted_run WHERE id > ? ORDER BY id LIMIT 1',
  );
  for (let run = after.get(-1); run; run = after.get(run.id)) decode(run.content);
}

function ofHost(value: unknown): { readonly host: string; readonly fields: readonly unknown[] } {
  if (!Array.isArray(value) || !Array.isArray(value[1]) || value[1].length % WIDTH !== 0)
    throw new Misfit(value, 'a host and its messages');
  return { host: text(value[0]), fields: value[1] };
}

function statements(db: Sqlite) {
  return {
    append: db.prepare<[number, number, number, string, string]>(
      'INSERT INTO sorted_run (edition, range, count, hosts, content) VALUES (?, ?, ?, ?, ?)',
    ),
    next: db.prepare<[], WaitingRange>('SELECT edition, range FROM sorted_run ORDER BY id LIMIT 1'),
    nextOf: db.prepare<[number], WaitingRange>(
      'SELECT edition, range FROM sorted_run WHERE edition = ? LIMIT 1',
    ),
    crowded: db.prepare<[number, number], WaitingRange>(
      `SELECT edition, range FROM sorted_run WHERE edition = ? GROUP BY range HAVING sum(count) > ?
       ORDER BY sum(count) DESC LIMIT 1`,
    ),
    read: db
      .prepare<[number, number]>('SELECT content FROM sorted_run WHERE edition = ? AND range = ? ORDER BY id')
      .pluck(),
    remove: db.prepare<[number, number]>('DELETE FROM sorted_run WHERE edition = ? AND range = ?'),
  };
}
