import { tidyHeap } from '../../base/process/tidy-heap.js';
import { type EnteredRow, type Known, LETTERS_BACK, type LedgerEntry } from '../../letter/history/ledger.js';
import { count, type Field, json, list, pair, text, whole } from '../../store/sqlite/decode.js';
import { type LedgerLine, MAX_FLEET_LEDGER_ROWS } from '../meeting-place.js';
import type { PostgresConnection, Queries } from './connection.js';
import { number, rowReader, stored } from './row.js';
import { storable } from './stored-text.js';

/** Rows that are written or read with one query: some 500 kB. */
export const MAX_ROWS_AT_ONCE = 2000;

/** Rows that are forgotten with one letter: more than a large one adds. What is more goes with the next ones. */
const MAX_FORGOTTEN = 200_000;

/** Rows that are deleted with one query: a million at once take longer than any query may, and the letter would never be sealed. */
const MAX_DELETED_AT_ONCE = 20_000;

/** The furthest time that a Date holds (ms, ECMA-262, 21.4.1.1). */
const MAX_TIME = 8.64e15;

const pairs = json(list(pair(whole, count)));

/** `[letter,count],[letter,count]...`: appended to by the database, so the newest ones decide which are too old. */
const letters: Field<Known['letters']> = (value) => {
  const known = pairs(`[${text(value)}]`);
  const newest = known.at(-1)?.[0] ?? 0;
  return known.filter(([letter]) => letter > newest - LETTERS_BACK);
};

export const ledgerLine = rowReader('ledger', {
  ...{ hash: stored, host: stored, text: stored, first: number, last: number, latest: whole, letters },
});

/** The ledger of a queue, in pieces; `hashes`: of these messages alone. */
export async function* ledgerOf(
  connection: PostgresConnection,
  queue: string,
  hashes?: readonly string[],
): AsyncGenerator<readonly LedgerLine[]> {
  const which = hashes ? 'AND hash = ANY($4::text[])' : '';
  for (let [hash, host] = ['', '']; ; ) {
    const rows = await connection.run((queries) =>
      queries.query(
        `SELECT hash, host, text, first, last, latest, letters FROM tayori.ledger
         WHERE queue = $1 AND (hash, host) > ($2, $3) ${which} ORDER BY hash, host LIMIT ${MAX_ROWS_AT_ONCE}`,
        [storable(queue), hash, host, ...(hashes ? [hashes.map(storable)] : [])],
      ),
    );
    if (rows.length > 0) yield rows.map(ledgerLine);
    if (rows.length < MAX_ROWS_AT_ONCE) return;
    [hash, host] = [String(rows.at(-1)?.hash), String(rows.at(-1)?.host)];
  }
}

/** Enters a letter into the ledger; for use within the transaction that seals it. */
export async function enter(queries: Queries, entry: LedgerEntry): Promise<void> {
  const { queue, made, regular, forgetBefore } = entry;
  const [row] = await queries.query(
    `INSERT INTO tayori.queue AS q (name, letters) VALUES ($1, $2)
     ON CONFLICT (name) DO UPDATE SET letters = q.letters + $2 RETURNING letters`,
    [storable(queue), regular ? 1 : 0],
  );
  const letter = regular ? Number(row?.letters) : 0;
  for (let from = 0; from < entry.rows.length; from += MAX_ROWS_AT_ONCE) {
    const rows = mergeEqual(entry.rows.slice(from, from + MAX_ROWS_AT_ONCE));
    await write(
      queries,
      queue,
      letter,
      rows.map((row) => ({ ...row, ...timesOf(row, made, forgetBefore) })),
    );
    tidyHeap();
  }
  await forgetSome(queries, 'queue = $2 AND last < $3', [storable(queue), Math.round(forgetBefore)]);
}

/** A statement cannot change a row twice. */
function mergeEqual(rows: readonly EnteredRow[]): EnteredRow[] {
  const byKey = new Map<string, EnteredRow>();
  for (const row of rows) {
    const key = `${row.hash}\n${row.host}`;
    const other = byKey.get(key);
    byKey.set(key, other ? { ...row, count: row.count + other.count } : row);
  }
  return [...byKey.values()];
}

/** Times in lines are not trusted: a future one would never expire, one of long ago at once. */
function timesOf(
  { first, last }: EnteredRow,
  made: number,
  forgetBefore: number,
): { first: number; last: number } {
  const seen = last !== null && last >= forgetBefore && last <= made ? last : made;
  return { first: bounded(Math.min(first ?? seen, seen)), last: bounded(seen) };
}

function bounded(time: number): number {
  return Math.round(Math.min(Math.max(time, -MAX_TIME), MAX_TIME));
}

type WrittenRow = Omit<EnteredRow, 'first' | 'last'> & { readonly first: number; readonly last: number };

/** Letter 0: a letter that later ones are not compared with. */
async function write(
  queries: Queries,
  queue: string,
  letter: number,
  rows: readonly WrittenRow[],
): Promise<void> {
  await queries.query(
    `INSERT INTO tayori.ledger AS l (queue, hash, host, text, first, last, latest, letters)
     SELECT $1, hash, host, text, first, last, $2, letters
     FROM unnest($3::text[], $4::text[], $5::text[], $6::bigint[], $7::bigint[], $8::text[])
       AS r (hash, host, text, first, last, letters)
     ON CONFLICT (queue, hash, host) DO UPDATE SET
       first = least(l.first, excluded.first), last = greatest(l.last, excluded.last),
       latest = greatest(l.latest, excluded.latest),
       letters = CASE
         WHEN excluded.letters = '' THEN l.letters
         WHEN l.letters = '' THEN excluded.letters
         WHEN length(l.letters) - length(replace(l.letters, '[', '')) >= ${LETTERS_BACK}
           THEN substr(l.letters, position('],' IN l.letters) + 2) || ',' || excluded.letters
         ELSE l.letters || ',' || excluded.letters END`,
    [
      storable(queue),
      letter,
      rows.map(({ hash }) => storable(hash)),
      rows.map(({ host }) => storable(host)),
      rows.map(({ text }) => storable(text)),
      rows.map(({ first }) => first),
      rows.map(({ last }) => last),
      rows.map(({ count }) => (letter === 0 ? '' : `[${letter},${count}]`)),
    ],
  );
}

/** Deletes what is too old in queues that have no letters any more, and what is more than the ledger keeps. */
export async function shrink(queries: Queries, forgetBefore: number): Promise<void> {
  await forgetSome(queries, 'last < $2', [forgetBefore]);
  const [row] = await queries.query('SELECT count(*) AS rows FROM tayori.ledger');
  const over = Number(row?.rows) - MAX_FLEET_LEDGER_ROWS;
  if (over <= 0) return;
  const [youngest] = await queries.query(
    'SELECT last FROM tayori.ledger ORDER BY last OFFSET $1::bigint LIMIT 1',
    [over - 1],
  );
  await forgetSome(queries, 'last <= $2', [youngest?.last], over);
}

/** Deletes rows piece by piece. Those of queues that another letter is entered into just now are passed over. */
async function forgetSome(
  queries: Queries,
  which: string,
  values: readonly unknown[],
  most = MAX_FORGOTTEN,
): Promise<void> {
  for (let left = Math.min(most, MAX_FORGOTTEN); left > 0; ) {
    const piece = Math.min(left, MAX_DELETED_AT_ONCE);
    const gone = await queries.query(
      `WITH gone AS (DELETE FROM tayori.ledger WHERE (queue, hash, host) IN (
         SELECT queue, hash, host FROM tayori.ledger WHERE ${which} LIMIT $1 FOR UPDATE SKIP LOCKED) RETURNING 1)
       SELECT count(*) AS rows FROM gone`,
      [piece, ...values],
    );
    if (Number(gone[0]?.rows) < piece) return;
    left -= piece;
  }
}
