import type { NodeReport } from '../meeting-place.js';
import type { Queries } from './connection.js';
import { rowReader, stored } from './row.js';
import { storable } from './stored-text.js';

/** Why such a letter comes out of turn: the status of letters that are mailed before a config changes. */
const STATUS = 'reloading';

const orphanRow = rowReader('series', { id: stored, queue: stored });

/**
 * Takes over what was counted under a definition that no node has any more: all have changed their config, say, while a letter
 * waited, and the node that they waited for comes back. Nobody asks for letters of that series, so what waits goes at once, to
 * whom the queue is mailed now.
 */
export async function adoptOrphans(queries: Queries, { series }: NodeReport): Promise<void> {
  const rows = await queries.query(
    `SELECT id, queue FROM tayori.series
     WHERE queue = ANY($1::text[])
       AND NOT EXISTS (SELECT 1 FROM tayori.node_series WHERE node_series.series = series.id)
       AND (EXISTS (SELECT 1 FROM tayori.contribution WHERE contribution.series = series.id)
         OR EXISTS (SELECT 1 FROM tayori.open_letter WHERE open_letter.series = series.id))
     ORDER BY id FOR UPDATE SKIP LOCKED`,
    [series.map(({ queue }) => storable(queue))],
  );
  for (const { id, queue } of rows.map(orphanRow)) {
    const heir = series.find((one) => one.queue === queue);
    if (heir) await adopt(queries, id, heir.id);
  }
}

/** The row of the series is locked; an editor that has not sealed yet is one no more. */
async function adopt(queries: Queries, orphan: string, heir: string): Promise<void> {
  await queries.query(
    'UPDATE tayori.series SET lease_token = lease_token + 1, lease_until = NULL WHERE id = $1',
    [orphan],
  );
  await queries.query(
    'UPDATE tayori.contribution SET series = $2, due = NULL, status = coalesce(status, $3) WHERE series = $1',
    [orphan, heir, STATUS],
  );
  await queries.query('DELETE FROM tayori.open_letter WHERE series = $1', [orphan]);
}
