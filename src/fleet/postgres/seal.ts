import type { Lease, Sealing } from '../meeting-place.js';
import type { Queries } from './connection.js';
import { dropContributions } from './contributions.js';
import { enter, shrink } from './ledger.js';
import { addLetter } from './outbox.js';
import { past } from './schema.js';
import { keepSnoozes } from './snoozes.js';
import { storable } from './stored-text.js';

/**
 * Ends a letter, within one transaction. The row of the series is locked all the while: a large letter, or a slow way to the
 * database, may take longer than a lease, and two editors that replace each other would never come to an end. Nobody waits for
 * that row: who wants the lease passes it over. An editor that stands still loses it with its transaction. True again, without
 * doing anything, where this very seal is done.
 */
export async function seal(queries: Queries, lease: Lease, sealing: Sealing): Promise<boolean> {
  const before = await standingOf(queries, lease);
  if (before !== 'editor') return before === 'sealed';
  const { letter, queue, sealed, storm } = sealing;
  for (const entry of [...sealing.entries].sort((a, b) => (a.queue < b.queue ? -1 : 1)))
    await enter(queries, entry);
  if (isTimeToShrink(lease, sealing))
    await shrink(queries, Math.min(...sealing.entries.map(({ forgetBefore }) => Math.round(forgetBefore))));
  await keepSnoozes(queries, sealing.snoozes, sealing.droppedSnoozes);
  if (sealed) {
    await addLetter(queries, sealed, lease.node, sealing.holdFor);
    await queries.query(
      `INSERT INTO tayori.queue (name, letters, mailed) VALUES ($1, 0, $2)
       ON CONFLICT (name) DO UPDATE SET mailed = excluded.mailed`,
      [storable(queue), Math.round(sealed.sealed)],
    );
  }
  await dropContributions(queries, sealing.contributions);
  await queries.query(
    `UPDATE tayori.series SET storm = $2, mailed = coalesce($3, mailed), sealed_token = lease_token, lease_until = NULL,
       sealed_until = greatest(${past('sealed_until')}, $4::bigint)
     WHERE id = $1`,
    [
      lease.series,
      storm && JSON.stringify(storm),
      sealed && Math.round(sealed.sealed),
      letter.due === null ? null : Math.round(letter.due),
    ],
  );
  await queries.query('DELETE FROM tayori.open_letter WHERE series = $1 AND due <= $2', [
    lease.series,
    letter.due,
  ]);
  return true;
}

/** All rows of the ledger are looked at, which takes time: it is done after many new ones, and now and then. */
function isTimeToShrink({ token }: Lease, { entries }: Sealing): boolean {
  const rows = entries.reduce((sum, entry) => sum + entry.rows.length, 0);
  return rows >= MANY_ROWS || (rows > 0 && token % NOW_AND_THEN === 0);
}

const MANY_ROWS = 1000;
const NOW_AND_THEN = 16;

async function standingOf(
  queries: Queries,
  { series, token }: Lease,
): Promise<'editor' | 'sealed' | 'superseded'> {
  const [row] = await queries.query(
    `SELECT lease_token, sealed_token FROM tayori.series WHERE id = $1 FOR UPDATE`,
    [series],
  );
  if (row?.sealed_token === token) return 'sealed';
  return row?.lease_token === token ? 'editor' : 'superseded';
}
