import { setImmediate } from 'node:timers/promises';
import { addCounts } from '../base/count.js';
import { tidyHeap } from '../base/process/tidy-heap.js';
import type { Config } from '../config/config.js';
import { LetterBuilder, type LetterFrame, type QueueContent } from '../letter/build/build-letter.js';
import { HostCount } from '../letter/build/gathering.js';
import { aboveThreshold, type BelowThreshold } from '../letter/build/threshold.js';
import type { LedgerRow } from '../letter/history/ledger.js';
import { type NewsRow, newsOf } from '../letter/history/news.js';
import type { TallyRow } from '../queue/tally.js';
import type { Edition, Editions } from '../store/ports/editions.js';
import type { Comparison } from './compare-with-history.js';
import { countLate } from './completeness.js';
import type { QueueSetAside } from './set-aside.js';

/** What was seen of all rows of a letter, for its notes. */
export interface Seen {
  readonly left: BelowThreshold;
  readonly late: { messages: number };
  /** All that its editions hold, shown or not. */
  lines: number;
  /** The highest count. */
  highest: number;
  /** Messages whose values found no room. */
  valuesLeftOut: number;
  readonly hosts: HostCount;
  /** The first host. */
  host: string | null;
}

export function nothingSeen(): Seen {
  return {
    left: { messages: 0, lines: 0 },
    late: { messages: 0 },
    lines: 0,
    highest: 0,
    valuesLeftOut: 0,
    hosts: new HostCount(),
    host: null,
  };
}

export interface ReadOptions {
  readonly config: Config;
  readonly store: Editions;
  readonly frame: LetterFrame;
  /** null: its letters are not compared with others. */
  readonly comparison: Comparison | null;
  /** How many queues of a letter share its room. */
  readonly queues: number;
  /** Since when the letter tells (ms). */
  readonly since: number;
  /** Rows that are snoozed go there; left out: none is. */
  readonly setAside: QueueSetAside | undefined;
  /** Told of all rows, also of those that the letter does not show. */
  hear(rows: readonly TallyRow[]): void;
  /** Aborts: the promise rejects. */
  readonly signal?: AbortSignal | undefined;
}

/** Rows that are read in one go: some milliseconds. */
const PIECE = 1000;

/** Reads the rows of an edition into what a letter tells of its queue, and adds to `seen`. */
export async function readContent(edition: Edition, seen: Seen, options: ReadOptions): Promise<QueueContent> {
  const { config, frame, comparison, queues, since, setAside } = options;
  const builder = new LetterBuilder(frame, queues);
  const rowsOf = rowChooser(edition.queue, config);
  for await (const piece of pieces(edition, options)) {
    options.hear(piece);
    for (const { count } of piece) seen.lines = addCounts(seen.lines, count);
    const rows = [...countLate(rowsOf(piece, seen.left), { since }, seen.late)];
    for (const row of rows) look(row, seen);
    for (const row of comparison ? comparison.withHistory(rows) : rows)
      if (!setAside?.take(row)) builder.add(withNews(row, comparison));
  }
  const incomplete = builder.incomplete();
  if (incomplete.size > 0)
    for await (const piece of pieces(edition, options)) {
      const wanted = piece.filter((row) => incomplete.has(row.message) && !setAside?.holds(row));
      for (const row of rowsOf(wanted, { messages: 0, lines: 0 }))
        builder.recount(withNews(comparison ? comparison.historyOf(row) : row, comparison));
    }
  return builder.content(comparison?.gone() ?? []);
}

function look({ host, count, detail }: TallyRow, seen: Seen): void {
  seen.highest = Math.max(seen.highest, count);
  if (detail?.noRoom) seen.valuesLeftOut += 1;
  seen.hosts.add(host);
  seen.host ??= host;
}

/** Makes the function that passes on the rows of a letter; rows below a threshold are added to `left`. */
function rowChooser(
  queue: string,
  config: Config,
): (rows: readonly TallyRow[], left: BelowThreshold) => Generator<TallyRow> {
  const thresholds = thresholdsOf(config, queue);
  const hidesValues = config.valuesOff.some((off) => off.queue === queue);
  return (rows, left) => aboveThreshold(hidesValues ? rows.map(withoutValues) : rows, thresholds, left);
}

/** A row with its news, if letters are compared: instead of its history, which is larger than the row. */
function withNews(row: TallyRow | LedgerRow, comparison: Comparison | null): TallyRow | NewsRow {
  if (!comparison || !('known' in row)) return row;
  const { known: _, anywhere: __, ...plain } = row;
  return { ...plain, news: newsOf(row, comparison.standing) };
}

/** Hides values that were recorded before a reload applied `set values QUEUE off`. */
function withoutValues({ detail, ...row }: TallyRow): TallyRow {
  return detail ? { ...row, detail: { hours: detail.hours, masked: [] } } : row;
}

/** In pieces: millions of rows must not delay reading, or a signal. */
async function* pieces(
  { id }: Edition,
  { store, signal }: Pick<ReadOptions, 'store' | 'signal'>,
): AsyncGenerator<TallyRow[]> {
  let rows = store.slice(id, null, PIECE);
  while (rows.length > 0) {
    yield rows;
    tidyHeap();
    await setImmediate();
    signal?.throwIfAborted();
    rows = store.slice(id, rows.at(-1) ?? null, PIECE);
  }
}

export function thresholdsOf({ thresholds }: Config, queue: string): Config['thresholds'] {
  return thresholds.filter((threshold) => threshold.queue === queue);
}
