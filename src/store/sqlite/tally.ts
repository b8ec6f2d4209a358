import { HOUR } from '../../base/time/duration.js';
import type { TallyChange, TallyRow } from '../../queue/tally.js';
import {
  detailOf,
  mergeRowStats,
  NO_ROW_STATS,
  type RowStats,
  rowStatsOf,
  storeRowStats,
} from '../../values/row-stats.js';
import { columnDecoder, count, isReadable, notTime, orNull, rowDecoder, text, time } from './decode.js';
import type { Sqlite, Statement } from './open-sqlite.js';
import { sqlSum } from './sql-counts.js';
import { storedDetail } from './stored-detail.js';

export const TALLY_COLUMNS = 'host, message, count, first, last, detail';

/** The values of so many messages of an edition are kept: a letter tells far fewer, and the state stays small. */
const MOST_VALUED = 5000;

/** Makes the function that reads rows of `tally`. Most rows of a large tally say all by themselves. */
export function tallyDecoder({ name }: Sqlite): (row: unknown) => TallyRow {
  const decode = rowDecoder(name, 'tally', {
    host: text,
    message: text,
    count,
    first: orNull(time),
    last: orNull(time),
    detail: orNull(storedDetail),
  });
  return (stored) => {
    const { detail, ...row } = decode(stored);
    return detail === null ? row : { ...row, detail: detailOf({ ...rowStatsOf(detail), ...row }) };
  };
}

/** Whether all rows of `tally` can be read; throws `DamagedState`. In SQL where it can be: there may be millions. */
export function auditTally(db: Sqlite): void {
  db.function('is_detail', isReadable(storedDetail));
  const odd = db
    .prepare<[], unknown>(
      `SELECT ${TALLY_COLUMNS} FROM tally
       WHERE typeof(host) <> 'text' OR typeof(message) <> 'text'
         OR typeof(count) NOT IN ('integer', 'real') OR count < 0
         OR (first IS NOT NULL AND ${notTime('first')}) OR (last IS NOT NULL AND ${notTime('last')})
         OR (detail IS NOT NULL AND NOT is_detail(detail)) LIMIT 1`,
    )
    .get();
  if (odd !== undefined) tallyDecoder(db)(odd);
}

interface OpenEdition {
  readonly id: number;
  /** Of how many messages values are kept. */
  valued: number;
}

/**
 * Writes tally changes into the open edition of each queue, opening one where there is none. It is quickest when they
 * come in the order in which rows lie on the disk: each page is fetched and written once then. What was gathered of a
 * message that is there already grows in a function that SQLite calls.
 */
export function tallyWriter(db: Sqlite): (at: number, changes: Iterable<TallyChange>) => void {
  const findOpen = db.prepare<[string], OpenEdition>(
    'SELECT id, valued FROM edition WHERE queue = ? AND closed IS NULL',
  );
  const open = db.prepare('INSERT INTO edition (queue, opened) VALUES (?, ?)');
  const setValued = db.prepare('UPDATE edition SET valued = ? WHERE id = ?');
  let writing: TallyChange | null = null;
  let known = false;
  const decode = columnDecoder(db.name, 'tally.detail', orNull(storedDetail));
  db.function('grown_detail', (detail: unknown, count: number, first: number | null, last: number | null) => {
    known = true;
    if (!writing) throw new Error('grown_detail is for tallyWriter');
    return storeRowStats(
      mergeRowStats(
        { ...rowStatsOf(decode(detail)), count, first, last },
        { ...(writing.gathered ?? NO_ROW_STATS), ...toldBy(writing) },
      ),
    );
  });
  // What SQLite can see to be told by the row itself comes to no function.
  const upsert = (count: string): Statement =>
    db.prepare(
      `INSERT INTO tally (edition, host, message, count, first, last, detail) VALUES (?, ?, ?, ?, ?, ?, ?)
       ON CONFLICT DO UPDATE SET count = ${count}, ${timesWith('excluded.first', 'excluded.last')},
         detail = iif(detail IS NULL AND excluded.detail IS NULL
             AND min(first, excluded.first) / ${HOUR} = max(last, excluded.last) / ${HOUR},
           NULL, grown_detail(detail, count, first, last))`,
    );
  const write = { add: upsert(sqlSum('count', 'excluded.count')), set: upsert('excluded.count') };
  const addToRow = db.prepare(
    `UPDATE tally SET count = ${sqlSum('count', '@count')}, ${timesWith('@first', '@last')},
       detail = grown_detail(detail, count, first, last)
     WHERE edition = @edition AND host = @host AND message = @message`,
  );

  function editionOf(queue: string, at: number): OpenEdition {
    return findOpen.get(queue) ?? { id: Number(open.run(queue, at).lastInsertRowid), valued: 0 };
  }

  /** Values are large as text: what grows a row that is there is not written out by itself first. */
  function addValues({ host, message, count, first, last }: TallyChange, edition: number): boolean {
    return addToRow.run({ edition, host, message, count, first, last }).changes > 0;
  }

  function put(change: TallyChange, edition: OpenEdition): void {
    const { host, message, count, how, first, last, gathered = NO_ROW_STATS } = change;
    const full = edition.valued >= MOST_VALUED;
    writing = change;
    known = false;
    if (how === 'add' && gathered.masked !== null && addValues(change, edition.id)) return;
    write[how].run(
      edition.id,
      host,
      message,
      count,
      first,
      last,
      storeRowStats(full ? without(gathered) : gathered),
    );
    if (!known && !full && Array.isArray(gathered.masked)) edition.valued += 1;
  }

  return (at, changes) => {
    const editions = new Map<string, OpenEdition>();
    for (const change of changes) {
      const edition = editions.get(change.queue) ?? editionOf(change.queue, at);
      editions.set(change.queue, edition);
      put(change, edition);
    }
    for (const { id, valued } of editions.values()) setValued.run(valued, id);
    writing = null;
  };
}

function timesWith(first: string, last: string): string {
  return `first = min(coalesce(first, ${first}), coalesce(${first}, first)),
    last = max(coalesce(last, ${last}), coalesce(${last}, last))`;
}

function toldBy({ count, first, last }: TallyChange): Pick<TallyRow, 'count' | 'first' | 'last'> {
  return { count, first, last };
}

function without({ hours, masked }: RowStats): RowStats {
  return { hours, masked: masked === null ? null : 'dropped' };
}
