import { type Known, LETTERS_BACK } from '../../letter/history/ledger.js';
import type { LedgerLine } from '../meeting-place.js';
import type { Queries } from './connection.js';
import { ledgerLine, MAX_ROWS_AT_ONCE } from './ledger.js';
import { storable } from './stored-text.js';

/**
 * Adds the history of one node to that of a queue. Letters are counted back from the last one of each, so the shorter history
 * gets the numbers of the longer one. Where both have a message, its letters have the higher count of the two, but for one
 * that the fleet has seen before and after: the same import may come again, after any letter. Returns how many messages
 * the fleet had not.
 */
export async function importLedger(
  queries: Queries,
  queue: string,
  letters: number,
  lines: readonly LedgerLine[],
): Promise<number> {
  const [row] = await queries.query(
    `INSERT INTO tayori.queue AS q (name, letters) VALUES ($1, 0)
     ON CONFLICT (name) DO UPDATE SET letters = q.letters RETURNING letters`,
    [storable(queue)],
  );
  const had = Number(row?.letters);
  const last = Math.max(had, letters);
  if (last > had) await renumber(queries, queue, last, last - had);
  let added = 0;
  for (let from = 0; from < lines.length; from += MAX_ROWS_AT_ONCE)
    added += await merge(queries, queue, lines.slice(from, from + MAX_ROWS_AT_ONCE), last - letters);
  return added;
}

/** Adds to the numbers of all letters of a queue: its last one is `last` then. */
async function renumber(queries: Queries, queue: string, last: number, by: number): Promise<void> {
  await queries.query('UPDATE tayori.queue SET letters = $2 WHERE name = $1', [storable(queue), last]);
  for (let [hash, host] = ['', '']; ; ) {
    const rows = await queries.query(
      `SELECT hash, host, text, first, last, latest, letters FROM tayori.ledger
       WHERE queue = $1 AND (hash, host) > ($2, $3) ORDER BY hash, host LIMIT ${MAX_ROWS_AT_ONCE}`,
      [storable(queue), hash, host],
    );
    await write(
      queries,
      queue,
      rows.map((row) => shifted(ledgerLine(row), by)),
    );
    if (rows.length < MAX_ROWS_AT_ONCE) return;
    [hash, host] = [String(rows.at(-1)?.hash), String(rows.at(-1)?.host)];
  }
}

/** 0 stays 0: a message that was in no regular letter. */
function shifted(line: LedgerLine, by: number): LedgerLine {
  return {
    ...line,
    latest: line.latest === 0 ? 0 : line.latest + by,
    letters: line.letters.map(([letter, count]) => [letter + by, count] as const),
  };
}

async function merge(
  queries: Queries,
  queue: string,
  lines: readonly LedgerLine[],
  by: number,
): Promise<number> {
  const known = new Map<string, LedgerLine>();
  const found = await queries.query(
    `SELECT hash, host, text, first, last, latest, letters FROM tayori.ledger
     WHERE queue = $1 AND (hash, host) IN (SELECT * FROM unnest($2::text[], $3::text[]))`,
    [storable(queue), lines.map(({ hash }) => storable(hash)), lines.map(({ host }) => storable(host))],
  );
  for (const line of found.map(ledgerLine)) known.set(keyOf(line), line);
  const changed = lines.flatMap((line) => {
    const other = known.get(keyOf(line));
    if (other && covers(other, line)) return [];
    const moved = shifted(line, by);
    return [other ? union(other, moved) : moved];
  });
  await write(queries, queue, changed);
  return lines.length - known.size;
}

/** Whether the fleet knows all of this message, as it does when the same history comes again. */
function covers(known: LedgerLine, line: LedgerLine): boolean {
  return known.first <= line.first && known.last >= line.last;
}

function keyOf({ hash, host }: LedgerLine): string {
  return `${hash}\n${host}`;
}

function union(a: LedgerLine, b: LedgerLine): LedgerLine {
  return {
    ...a,
    first: Math.min(a.first, b.first),
    last: Math.max(a.last, b.last),
    latest: Math.max(a.latest, b.latest),
    letters: unionOf(a.letters, b.letters),
  };
}

function unionOf(a: Known['letters'], b: Known['letters']): Known['letters'] {
  const counts = new Map(a);
  for (const [letter, count] of b) counts.set(letter, Math.max(count, counts.get(letter) ?? 0));
  return [...counts].sort(([one], [other]) => one - other).slice(-LETTERS_BACK);
}

/** Writes rows as they are. */
async function write(queries: Queries, queue: string, lines: readonly LedgerLine[]): Promise<void> {
  await queries.query(
    `INSERT INTO tayori.ledger (queue, hash, host, text, first, last, latest, letters)
     SELECT $1, * FROM unnest($2::text[], $3::text[], $4::text[], $5::bigint[], $6::bigint[], $7::bigint[], $8::text[])
     ON CONFLICT (queue, hash, host) DO UPDATE SET text = excluded.text, first = excluded.first,
       last = excluded.last, latest = excluded.latest, letters = excluded.letters`,
    [
      storable(queue),
      lines.map(({ hash }) => storable(hash)),
      lines.map(({ host }) => storable(host)),
      lines.map(({ text }) => storable(text)),
      lines.map(({ first }) => Math.round(first)),
      lines.map(({ last }) => Math.round(last)),
      lines.map(({ latest }) => latest),
      lines.map(({ letters }) => letters.map((pair) => JSON.stringify(pair)).join(',')),
    ],
  );
}
