import { compare } from '../../base/compare.js';
import { NO_ROW_STATS } from '../../values/row-stats.js';
import type { Sqlite } from './open-sqlite.js';
import { encodeBlock, fitsBlock, type RunRow } from './run-block.js';
import { runDecoder } from './run-content.js';

/** Into how many ranges of keys an edition is cut at most: a merge changes pages of one range only. */
const MAX_RANGES = 64;

/** Rows of a block by which ranges are chosen; rows of other ones, and UTF-16 units: a block is encoded as a whole. */
const MAX_FIRST_ROWS = 500;
const MAX_BLOCK_ROWS = 2 * MAX_FIRST_ROWS;
const MAX_BLOCK_TEXT = 500_000;

/** Rows of one range that wait to be merged, and bytes of them: a merge of so many takes some 50 ms and 10 MB. */
const MAX_RANGE_ROWS = 20_000;
const MAX_RANGE_BYTES = 4_000_000;

/** Editions whose ranges are remembered; of others they are chosen anew. */
const MAX_RANGED_EDITIONS = 1000;

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
  readonly #ranges = new Map<number, Ranges>();

  constructor(db: Sqlite) {
    this.#sql = statements(db);
    this.#decode = runDecoder(db);
  }

  /** Begins a run of an edition; for use within a transaction. */
  begin(edition: number): Run {
    const ranges = this.#rangesOf(edition);
    return new Run(ranges, (range, rows) => {
      const block = encodeBlock(rows);
      this.#sql.append.run(edition, range, rows.length, JSON.stringify(hostsOf(rows)), block);
      ranges.add(range, { rows: rows.length, bytes: block.length });
    });
  }

  /** The range that waits longest in an edition (null: in any); null: none waits. */
  next(edition: number | null): WaitingRange | null {
    return (edition === null ? this.#sql.next.get() : this.#sql.nextOf.get(edition)) ?? null;
  }

  /** A range in which too many rows wait; null: there is none. */
  crowded(edition: number): WaitingRange | null {
    const range = this.#rangesOf(edition).fullest();
    return range === null ? null : { edition, range };
  }

  /** All rows that wait in a range, in the order of their keys, each as often as it was appended; deletes them. */
  take({ edition, range }: WaitingRange): RunRow[] {
    const rows = this.#sql.read.all(edition, range).flatMap(({ content }) => this.#decode(content));
    this.#sql.remove.run(edition, range);
    this.#ranges.get(edition)?.empty(range);
    // The rows of each block are in order, which makes this a merge (V8's sort finds such runs).
    return rows.sort(byKey);
  }

  #rangesOf(edition: number): Ranges {
    const known = this.#ranges.get(edition);
    if (known) return known;
    if (this.#ranges.size >= MAX_RANGED_EDITIONS) this.#ranges.clear();
    const ranges = new Ranges();
    for (const { range, ...waiting } of this.#sql.waiting.all(edition)) ranges.add(range, waiting);
    this.#ranges.set(edition, ranges);
    return ranges;
  }
}

/** Whether a row may wait: its values are not recorded, and no count of an escalation replaces it. */
export function mayWait(row: RunRow & { readonly how: 'add' | 'set' }): boolean {
  const { how, host, stats = NO_ROW_STATS } = row;
  return how === 'add' && stats.masked === null && !host.includes('\0') && fitsBlock(row);
}

interface Key {
  readonly host: string;
  readonly message: string;
}

function byKey(a: Key, b: Key): number {
  return compare(a.host, b.host) || compare(a.message, b.message);
}

/** How much waits in a range. */
interface Amount {
  readonly rows: number;
  readonly bytes: number;
}

/** The ranges of an edition, and how much waits in each: less than is said, where a transaction was undone. */
class Ranges {
  /** The first keys of the ranges but the first range. */
  #bounds: readonly Key[] = [];
  readonly #waiting = new Map<number, Amount>();

  get bounds(): readonly Key[] {
    return this.#bounds;
  }

  add(range: number, { rows, bytes }: Amount): void {
    const before = this.#waiting.get(range);
    this.#waiting.set(range, { rows: rows + (before?.rows ?? 0), bytes: bytes + (before?.bytes ?? 0) });
  }

  empty(range: number): void {
    this.#waiting.delete(range);
  }

  /** The range in which most waits; null: nowhere too much. */
  fullest(): number | null {
    let fullest: number | null = null;
    let most = 1;
    for (const [range, { rows, bytes }] of this.#waiting) {
      const share = Math.max(rows / MAX_RANGE_ROWS, bytes / MAX_RANGE_BYTES);
      if (share > most) [fullest, most] = [range, share];
    }
    return fullest;
  }

  /** Chooses them by the first keys of the blocks of a run, if those are far more than the ranges. */
  choose(keys: readonly Key[]): void {
    if (keys.length <= 2 * (this.#bounds.length + 1)) return;
    const step = Math.max(1, keys.length / MAX_RANGES);
    this.#bounds = Array.from(
      { length: Math.min(keys.length, MAX_RANGES) - 1 },
      (_, at) => keys[Math.floor((at + 1) * step)],
    ).filter((key) => key !== undefined);
  }
}

/** Writes the rows of a run, which come in the order of their keys, as blocks that belong to one range each. */
export class Run {
  readonly #ranges: Ranges;
  readonly #write: (range: number, rows: readonly RunRow[]) => void;
  #rows: RunRow[] = [];
  #text = 0;
  #range = 0;
  readonly #firstKeys: Key[] = [];

  constructor(ranges: Ranges, write: (range: number, rows: readonly RunRow[]) => void) {
    this.#ranges = ranges;
    this.#write = write;
  }

  add(row: RunRow): void {
    this.#rows.push(row);
    this.#text += row.message.length;
    const mostRows = this.#ranges.bounds.length === 0 ? MAX_FIRST_ROWS : MAX_BLOCK_ROWS;
    if (this.#rows.length < mostRows && this.#text < MAX_BLOCK_TEXT) return;
    if (!this.#writeWhole()) this.#writeFirst(this.#rows.length);
  }

  end(): void {
    this.#writeWhole();
    this.#writeFirst(this.#rows.length);
    this.#ranges.choose(this.#firstKeys);
  }

  /** Writes the rows of all ranges that end before the last row; false: there is none. */
  #writeWhole(): boolean {
    const before = this.#range;
    for (let end = this.#endOfRange(); end < this.#rows.length; end = this.#endOfRange()) {
      this.#writeFirst(end);
      this.#range += 1;
    }
    return this.#range > before;
  }

  #endOfRange(): number {
    const bound = this.#ranges.bounds[this.#range];
    return bound ? firstFrom(this.#rows, bound) : this.#rows.length;
  }

  #writeFirst(count: number): void {
    const [first] = this.#rows;
    if (!first || count === 0) return;
    const rows = this.#rows.slice(0, count);
    this.#rows = this.#rows.slice(count);
    this.#text = this.#rows.reduce((sum, { message }) => sum + message.length, 0);
    const isFirstRun = this.#ranges.bounds.length === 0;
    this.#write(isFirstRun ? Math.min(this.#firstKeys.length, MAX_RANGES - 1) : this.#range, rows);
    this.#firstKeys.push({ host: first.host, message: first.message });
  }
}

/** The index of the first row that is not before a key. */
function firstFrom(rows: readonly Key[], key: Key): number {
  let low = 0;
  let high = rows.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (byKey(rows[middle] as Key, key) < 0) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The hosts of rows that are in the order of their keys. */
function hostsOf(rows: readonly RunRow[]): string[] {
  return rows.flatMap(({ host }, at) => (host === rows[at - 1]?.host ? NO_HOST : host));
}

const NO_HOST: readonly string[] = [];

function statements(db: Sqlite) {
  return {
    append: db.prepare<[number, number, number, string, Buffer]>(
      'INSERT INTO sorted_run (edition, range, count, hosts, content) VALUES (?, ?, ?, ?, ?)',
    ),
    next: db.prepare<[], WaitingRange>('SELECT edition, range FROM sorted_run ORDER BY id LIMIT 1'),
    nextOf: db.prepare<[number], WaitingRange>(
      'SELECT edition, range FROM sorted_run WHERE edition = ? LIMIT 1',
    ),
    waiting: db.prepare<[number], Amount & { readonly range: number }>(
      `SELECT range, sum(count) AS rows, sum(length(content)) AS bytes FROM sorted_run WHERE edition = ?
       GROUP BY range`,
    ),
    read: db.prepare<[number, number], { content: unknown }>(
      'SELECT content FROM sorted_run WHERE edition = ? AND range = ? ORDER BY id',
      { bytes: ['content'] },
    ),
    remove: db.prepare<[number, number]>('DELETE FROM sorted_run WHERE edition = ? AND range = ?'),
  };
}
