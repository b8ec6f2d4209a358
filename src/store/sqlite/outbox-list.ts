import type { OutboxList } from '../ports/outbox-list.js';
import { columnDecoder, oneOf, orNull, rowDecoder, text, time, whole } from './decode.js';
import type { Sqlite } from './open-sqlite.js';

/** Reads the tables `letter` and `recipient` but for recipients that have their letter. */
export function outboxList(db: Sqlite): OutboxList {
  const list = db.prepare<[]>(
    `SELECT id, queue, subject, sealed, address, state, attempts, next_try AS nextTry, last_try AS lastTry,
       last_error AS lastError
     FROM letter JOIN recipient ON letter = id WHERE state <> 'sent' ORDER BY id, address`,
  );
  const summary = rowDecoder(db.name, 'recipient', {
    id: whole,
    queue: text,
    subject: text,
    sealed: time,
    address: text,
    state: oneOf('waiting', 'refused'),
    attempts: whole,
    nextTry: time,
    lastTry: orNull(time),
    lastError: orNull(text),
  });
  const made = db.prepare<[], unknown>("SELECT seq FROM sqlite_sequence WHERE name = 'letter'").pluck();
  const highest = columnDecoder(db.name, 'sqlite_sequence.seq', whole);
  return {
    outbox: () => list.all().map(summary),
    lettersMade: () => highest(made.get() ?? 0),
  };
}
