import { gunzipSync } from 'node:zlib';
import type { SealedLetter } from '../../letter/letter.js';
import type { Archive, ArchiveOptions } from '../ports/archive.js';
import {
  bytes,
  columnDecoder,
  type Field,
  json,
  list,
  Misfit,
  orNull,
  plain,
  rowDecoder,
  text,
  time,
  whole,
} from './decode.js';
import type { Sqlite } from './open-sqlite.js';
import { resender } from './resend.js';
import { storedPosts } from './stored-post.js';

/** Size of all archived mail under gzip (bytes), the latest letters first: the state stays small enough to copy. */
export const MAX_ARCHIVE_BYTES = 20_000_000;

/** A letter above this size (bytes, under gzip) is kept without its text: it would push out too many others. */
export const MAX_ARCHIVED_LETTER_BYTES = 5_000_000;

/** Mail under gzip. */
const packed: Field<Buffer> = (value) => {
  try {
    return gunzipSync(bytes(value));
  } catch {
    throw new Misfit(value, 'a mail under gzip');
  }
};

/** Of a letter in the outbox. */
const IS_REFUSED = "EXISTS (SELECT 1 FROM recipient WHERE letter = letter.id AND state = 'refused')";

/** Past letters, from the table `past_letter`, and the rejected ones that the outbox keeps. */
export function archive(db: Sqlite): Archive {
  const all = db.prepare<[], unknown>(
    `SELECT id, queue, subject, sender, recipients AS "to", sealed FROM past_letter
     UNION ALL
     SELECT id, queue, subject, sender,
       (SELECT json_group_array(CAST(address AS TEXT)) FROM recipient WHERE letter = letter.id), sealed
     FROM letter WHERE id NOT IN (SELECT id FROM past_letter)
       AND ${IS_REFUSED} ORDER BY id DESC`,
  );
  const letter = rowDecoder(db.name, 'past_letter', {
    id: whole,
    queue: text,
    subject: text,
    sender: orNull(plain),
    to: json(list(text)),
    sealed: time,
  });
  const find = db
    .prepare<[number], unknown>('SELECT packed FROM past_letter WHERE id = ?', { bytes: ['packed'] })
    .pluck();
  const mail = columnDecoder(db.name, 'past_letter.packed', orNull(packed));
  const refused = db
    .prepare<[number], unknown>(`SELECT mime FROM letter WHERE id = ? AND ${IS_REFUSED}`, { bytes: ['mime'] })
    .pluck();
  const mime = columnDecoder(db.name, 'letter.mime', bytes);
  const postsOf = db.prepare<[number], unknown>('SELECT posts FROM past_letter WHERE id = ?').pluck();
  const posts = columnDecoder(db.name, 'past_letter.posts', orNull(storedPosts));
  return {
    archivedLetters: () => all.all().map(letter),
    archivedPosts(id) {
      const stored = postsOf.get(id);
      return new Map(stored === undefined ? [] : (posts(stored) ?? []));
    },
    archivedMail(id) {
      const stored = find.get(id);
      const kept = stored === undefined ? undefined : mail(stored);
      if (kept) return kept;
      const waiting = refused.get(id);
      return waiting === undefined ? kept : mime(waiting);
    },
    resend: resender(db),
  };
}

/** Makes the function that archives a letter and deletes the oldest ones; for use within the transaction that seals it. */
export function archiveWriter(
  db: Sqlite,
): (id: number, letter: SealedLetter, archiving: ArchiveOptions) => void {
  const add = db.prepare(
    `INSERT INTO past_letter (id, queue, subject, sender, recipients, sealed, size, packed, posts)
       VALUES (@id, @queue, @subject, @from, @recipients, @sealed, @size, @packed, @posts)`,
  );
  const makeRoom = db.prepare<{ most: number; bytes: number }>(
    `DELETE FROM past_letter WHERE id IN (
       SELECT id FROM (
         SELECT id, row_number() OVER latest AS place, total(size) OVER latest AS total FROM past_letter
           WINDOW latest AS (ORDER BY id DESC)
       ) WHERE place > @most OR total > @bytes)`,
  );
  return (id, { queue, subject, from, to, sealed, posts: made }, { packed, most }) => {
    const size = packed.length <= MAX_ARCHIVED_LETTER_BYTES ? packed.length : 0;
    const kept = size > 0 ? packed : null;
    if (most > 0)
      add.run({
        ...{ id, queue, subject, from, recipients: JSON.stringify(to), sealed, size, packed: kept },
        posts: made ? JSON.stringify(Object.fromEntries(made)) : null,
      });
    makeRoom.run({ most, bytes: MAX_ARCHIVE_BYTES });
  };
}
