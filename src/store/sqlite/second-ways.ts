import { showRecipient } from '../../base/text/web-address.js';
import type { SealedLetter, Standby } from '../../letter/letter.js';
import type { SecondWay, SecondWays } from '../../mail/outbox.js';
import { bytes, orNull, rowDecoder, text, time, whole } from './decode.js';
import { copyWriter, NOT_HELD } from './fleet-copies.js';
import { letterWriter } from './letters.js';
import type { Sqlite } from './open-sqlite.js';
import { storedPost } from './stored-post.js';

/** Makes the function that keeps what may go by the second way of a letter; for use within the transaction that seals it. */
export function standbyWriter(db: Sqlite): (letter: number, standby: Standby) => void {
  const add = db.prepare(
    `INSERT OR IGNORE INTO standby (letter, address, due, message_id, subject, mime, post)
       VALUES (@letter, @address, @due, @messageId, @subject, @mime, @post)`,
  );
  return (id, { letter, due }) => {
    const { messageId, subject, mime, posts } = letter;
    for (const address of letter.to) {
      const post = posts?.get(address);
      add.run({
        letter: id,
        address,
        due,
        messageId,
        subject,
        mime,
        post: post ? JSON.stringify(post) : null,
      });
    }
  };
}

/** A letter that was not tried yet may still leave at once, so it is not due for its second way. */
const HAS_FAILED = "(state = 'refused' OR (state = 'waiting' AND last_error IS NOT NULL AND due <= @now))";

/** Of the table `standby`: each row goes once. */
export function secondWays(db: Sqlite): SecondWays {
  const find = db.prepare<{ now: number }>(
    `SELECT letter.id AS id, queue, letter.sender AS "from", sealed, standby.address AS address,
       standby.message_id AS messageId, standby.subject AS subject, standby.mime AS mime, standby.post AS post,
       recipient.address AS instead, last_error AS reason
     FROM standby JOIN letter ON letter.id = standby.letter JOIN recipient ON recipient.letter = standby.letter
     WHERE ${HAS_FAILED} AND letter.id NOT IN (${NOT_HELD}) GROUP BY standby.letter, standby.address ORDER BY letter.id, standby.address`,
    { bytes: ['mime'] },
  );
  const decode = rowDecoder(db.name, 'standby', {
    id: whole,
    queue: text,
    from: text,
    sealed: time,
    address: text,
    messageId: text,
    subject: text,
    mime: bytes,
    post: orNull(storedPost),
    instead: text,
    reason: orNull(text),
  });
  const write = letterWriter(db);
  const noteCopy = copyWriter(db);
  const explain = db.prepare('UPDATE recipient SET last_error = ? WHERE letter = ?');
  const note = db.prepare(
    `UPDATE letter SET second_way = iif(second_way IS NULL, @way, second_way || ', ' || @way) WHERE id = @id`,
  );
  const remove = db.prepare('DELETE FROM standby WHERE letter = ? AND address = ?');
  const some = db.prepare<[], unknown>('SELECT 1 FROM standby LIMIT 1');
  const take = db.transaction((now: number): SecondWay[] =>
    find.all({ now }).map((row) => {
      const { id, instead, reason, address, post, ...letter } = decode(row);
      const sealed: SealedLetter = {
        ...letter,
        to: [address],
        ...(post ? { posts: new Map([[address, post]]) } : {}),
      };
      const copy = write(sealed);
      explain.run(`by the second way: ${showRecipient(instead)} did not get it: ${reason ?? ''}`, copy);
      noteCopy(copy, id);
      note.run({ id, way: showRecipient(address) });
      remove.run(id, address);
      return { queue: letter.queue, address, instead, reason: reason ?? '' };
    }),
  );
  return { takeSecondWays: (now) => (some.get() === undefined ? [] : take(now)) };
}
