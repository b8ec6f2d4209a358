import type { SealedLetter } from '../../letter/letter.js';
import type { Sqlite } from './open-sqlite.js';

/** Makes the function that writes a sealed letter into the outbox, due at once, and returns its id; for use within a transaction. */
export function letterWriter(db: Sqlite): (letter: SealedLetter) => number {
  const addLetter = db.prepare(
    'INSERT INTO letter (queue, message_id, subject, sender, mime, sealed) VALUES (?, ?, ?, ?, ?, ?)',
  );
  const addRecipient = db.prepare(
    'INSERT OR IGNORE INTO recipient (letter, address, next_try, post) VALUES (?, ?, 0, ?)',
  );
  return ({ queue, messageId, subject, from, mime, sealed, to, posts }) => {
    const id = addLetter.run(queue, messageId, subject, from, mime, sealed).lastInsertRowid;
    for (const address of to) {
      const post = posts?.get(address);
      addRecipient.run(id, address, post ? JSON.stringify(post) : null);
    }
    return Number(id);
  };
}

/** Makes the function that deletes a letter which all recipients have; for use within a transaction. */
export function dropDelivered(db: Sqlite): (letter: number) => void {
  const drop = db.prepare(
    "DELETE FROM letter WHERE id = ? AND NOT EXISTS (SELECT 1 FROM recipient WHERE letter = letter.id AND state <> 'sent')",
  );
  return (letter) => void drop.run(letter);
}
