import type { DeliveryNotice, DeliveryNotices } from '../ports/delivery-notices.js';
import { oneOf, rowDecoder, text, time, whole } from './decode.js';
import type { Sqlite } from './open-sqlite.js';

/** What has happened to mail, of the table `mishap`. */
export function deliveryNotices(db: Sqlite): DeliveryNotices {
  const find = db.prepare<[string], unknown>(
    `SELECT id, kind, queue, address, letters, sealed, delay, reason FROM mishap
     WHERE told_in IS NULL AND (kind <> 'late' OR queue IN (SELECT value FROM json_each(?))) ORDER BY id`,
  );
  const freeze = db.prepare('UPDATE mishap SET frozen = 1 WHERE id = ? AND frozen = 0');
  const notice = rowDecoder(db.name, 'mishap', {
    id: whole,
    queue: text,
    sealed: time,
    kind: oneOf('late', 'refused', 'dropped'),
    address: text,
    letters: whole,
    delay: time,
    reason: text,
  });
  const openDeliveryNotices = (lateOf: readonly string[]): DeliveryNotice[] =>
    find.all(JSON.stringify(lateOf)).map(notice);
  return {
    openDeliveryNotices,
    deliveryNotices: db.transaction((lateOf: readonly string[]) => {
      const found = openDeliveryNotices(lateOf);
      for (const { id } of found) freeze.run(id);
      return found;
    }),
  };
}

export type Note = Omit<DeliveryNotice, 'id' | 'letters'> & {
  readonly id: number;
  readonly letters?: number;
};

/** Adds to what is open of the same kind. A letter with several recipients is one letter. */
export function noticeWriter(db: Sqlite): (note: Note) => void {
  const add = db.prepare(
    `INSERT INTO mishap (kind, queue, address, letters, letter, sealed, delay, reason)
       VALUES (@kind, @queue, @address, @letters, @id, @sealed, @delay, @reason)
     ON CONFLICT (kind, queue, address) WHERE frozen = 0 DO UPDATE SET
       letters = letters + CASE WHEN letter = excluded.letter AND kind = 'late' THEN 0 ELSE excluded.letters END,
       letter = excluded.letter,
       sealed = CASE WHEN excluded.delay >= delay THEN excluded.sealed ELSE sealed END,
       reason = CASE WHEN excluded.delay >= delay THEN excluded.reason ELSE reason END,
       delay = max(delay, excluded.delay)`,
  );
  return ({ kind, queue, address, letters = 1, id, sealed, delay, reason }) =>
    void add.run({ kind, queue, address, letters, id, sealed, delay, reason });
}
