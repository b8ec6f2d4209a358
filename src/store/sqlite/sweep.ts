import type { Editions } from '../ports/editions.js';
import type { Sqlite } from './open-sqlite.js';

/** Rows whose edition is gone belong to nothing any more; they are deleted piece by piece. */
export function sweeper(db: Sqlite): Editions['sweep'] {
  const find = db
    .prepare<[], number>(
      `WITH RECURSIVE each (edition) AS (
         SELECT min(edition) FROM tally
         UNION ALL
         SELECT (SELECT min(edition) FROM tally WHERE edition > each.edition) FROM each
           WHERE each.edition IS NOT NULL
       ) SELECT edition FROM each WHERE edition IS NOT NULL AND edition NOT IN (SELECT id FROM edition) LIMIT 1`,
    )
    .pluck();
  const remove = db.prepare<{ edition: number; limit: number }>(
    `DELETE FROM tally WHERE edition = @edition AND (host, message) IN
       (SELECT host, message FROM tally WHERE edition = @edition ORDER BY host, message LIMIT @limit)`,
  );
  const removeRun = db.prepare<[]>(
    'DELETE FROM sorted_run WHERE id = (SELECT id FROM sorted_run WHERE edition NOT IN (SELECT id FROM edition) LIMIT 1)',
  );
  return (limit) => {
    if (removeRun.run().changes > 0) return true;
    const edition = find.get();
    if (edition !== undefined) remove.run({ edition, limit });
    return edition !== undefined;
  };
}
