import type { Outbox, Sent } from '../../mail/outbox.js';
import { rowDecoder, text, time, whole } from './decode.js';
import { noticeWriter } from './delivery-notices.js';
import { fleetNoter } from './fleet-copies.js';
import { dropDelivered } from './letters.js';
import type { Sqlite } from './open-sqlite.js';
import { rejectedDropper } from './rejected-letters.js';
import { sentWriter } from './self-mail.js';

/** Records that a recipient has a letter, or rejected it for good, with all that follows from it. */
export function outcomes(db: Sqlite): Pick<Outbox, 'recordSent' | 'recordRejected'> {
  return { recordSent: sentRecorder(db), recordRejected: rejectionRecorder(db) };
}

function sentRecorder(db: Sqlite): Outbox['recordSent'] {
  const find = letterFinder(db);
  const sent = db.prepare(
    "UPDATE recipient SET state = 'sent', last_error = NULL, last_try = ? WHERE letter = ? AND address = ?",
  );
  const endNotices = db.prepare('DELETE FROM mishap WHERE told_in = ?');
  const note = noticeWriter(db);
  const drop = dropDelivered(db);
  const keepIds = sentWriter(db);
  const tellFleet = fleetNoter(db, 'sent');
  return db.transaction((id: number, address: string, { at, late, queueId }: Sent) => {
    tellFleet(id, address);
    const letter = find(id);
    if (!letter) return;
    sent.run(at, id, address);
    keepIds(letter.messageId, queueId, at);
    endNotices.run(id);
    if (late) note({ kind: 'late', ...letter, ...late, address: '' });
    drop(id);
  });
}

function rejectionRecorder(db: Sqlite): Outbox['recordRejected'] {
  const find = letterFinder(db);
  const rejected = db.prepare(
    `UPDATE recipient SET state = 'refused', attempts = attempts + 1, last_error = ?, last_try = ?
     WHERE letter = ? AND address = ?`,
  );
  const reopenNotices = db.prepare(
    `UPDATE mishap SET told_in = NULL WHERE told_in = @id
       AND NOT EXISTS (SELECT 1 FROM recipient WHERE letter = @id AND state <> 'refused')`,
  );
  const note = noticeWriter(db);
  const dropRejected = rejectedDropper(db, note);
  const tellFleet = fleetNoter(db, 'refused');
  return db.transaction((id: number, address: string, reason: string, at: number): number => {
    tellFleet(id, address);
    const letter = find(id);
    if (!letter) return 0;
    rejected.run(reason, at, id, address);
    reopenNotices.run({ id });
    note({ kind: 'refused', ...letter, address, reason, delay: 0 });
    return dropRejected();
  });
}

interface FoundLetter {
  readonly id: number;
  readonly queue: string;
  readonly messageId: string;
  readonly sealed: number;
}

function letterFinder(db: Sqlite): (id: number) => FoundLetter | null {
  const find = db.prepare<[number]>(
    'SELECT id, queue, message_id AS messageId, sealed FROM letter WHERE id = ?',
  );
  const decode = rowDecoder(db.name, 'letter', { id: whole, queue: text, messageId: text, sealed: time });
  return (id) => {
    const row = find.get(id);
    return row === undefined ? null : decode(row);
  };
}
