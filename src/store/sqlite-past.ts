import { gunzipSync } from 'node:zlib';
import type { SealedLetter } from '../digest/letter.js';
import type { Sqlite } from './open-sqlite.js';
import type { Keeping, PastLetter, Store } from './store.js';

/** So many bytes of packed mail are kept in all, the latest letters first: the state stays small enough to copy. */
export const MOST_KEPT_BYTES = 20_000_000;

/** A packed letter of more bytes than this is kept without its text: it would push out too many others. */
export const MOST_LETTER_BYTES = 5_000_000;

interface Row extends Omit<PastLetter, 'to'> {
  readonly recipients: string;
}

/** The letters of the past, of the table `past_letter`. */
export function pastReader(db: Sqlite): Pick<Store, 'pastLetters' | 'pastMail'> {
  const list = db.prepare<[], Row>(
    'SELECT id, queue, subject, recipients, sealed FROM past_letter ORDER BY id DESC',
  );
  const find = db
    .prepare<[number], Buffer | null>('SELECT packed FROM past_letter WHERE id = ?', { bytes: ['packed'] })
    .pluck();
  return {
    pastLetters: () =>
      list.all().map(({ recipients, ...row }) => ({ ...row, to: JSON.parse(recipients) as string[] })),
    pastMail(id) {
      const packed = find.get(id);
      return packed ? gunzipSync(packed) : packed;
    },
  };
}

/** Keeps letters, within the transaction that seals them; the oldest make room. */
export function pastWriter(db: Sqlite): (id: number, letter: SealedLetter, keeping: Keeping) => void {
  const add = db.prepare(
    `INSERT INTO past_letter (id, queue, subject, recipients, sealed, size, packed)
       VALUES (@id, @queue, @subject, @recipients, @sealed, @size, @packed)`,
  );
  const makeRoom = db.prepare<{ most: number; bytes: number }>(
    `DELETE FROM past_letter WHERE id IN (
       SELECT id FROM (
         SELECT id, row_number() OVER latest AS place, sum(size) OVER latest AS total FROM past_letter
           WINDOW latest AS (ORDER BY id DESC)
       ) WHERE place > @most OR total > @bytes)`,
  );
  return (id, { queue, subject, to, sealed }, { packed, most }) => {
    const size = packed.length <= MOST_LETTER_BYTES ? packed.length : 0;
    const kept = size > 0 ? packed : null;
    if (most > 0) add.run({ id, queue, subject, recipients: JSON.stringify(to), sealed, size, packed: kept });
    makeRoom.run({ most, bytes: MOST_KEPT_BYTES });
  };
}
