import type { Note } from './delivery-notices.js';
import type { Sqlite } from './open-sqlite.js';

/** How many letters that were rejected for good are kept for review: enough for weeks, little on the disk. */
export const MAX_REJECTED_LETTERS = 100;

/**
 * Makes the function that deletes the oldest rejected letters without waiting recipients, if there are too many. It writes a
 * delivery notice and returns the number of deleted letters; for use within a transaction.
 */
export function rejectedDropper(db: Sqlite, note: (note: Note) => void): () => number {
  const drop = db.prepare<[], { id: number; sealed: number }>(
    `DELETE FROM letter WHERE id IN (
       SELECT id FROM letter WHERE EXISTS (SELECT 1 FROM recipient WHERE letter = letter.id AND state = 'refused')
         AND NOT EXISTS (SELECT 1 FROM recipient WHERE letter = letter.id AND state = 'waiting')
       ORDER BY id DESC LIMIT -1 OFFSET ${MAX_REJECTED_LETTERS}
     ) RETURNING id, sealed`,
  );
  return () => {
    const dropped = drop.all();
    const last = dropped.at(-1);
    if (last)
      note({
        kind: 'dropped',
        ...last,
        letters: dropped.length,
        queue: '',
        address: '',
        delay: 0,
        reason: '',
      });
    return dropped.length;
  };
}
