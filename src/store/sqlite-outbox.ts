import type { Outbox, OutboxLetter, Sent } from '../mail/outbox.js';
import type { Mishap } from './mishap.js';
import type { Sqlite } from './open-sqlite.js';
import { sentWriter } from './sqlite-own-mail.js';
import type { OutboxSummary, Store } from './store.js';

interface LetterRow {
  readonly id: number;
  readonly queue: string;
  readonly message_id: string;
  readonly sender: string;
  readonly mime: Buffer;
  readonly sealed: number;
  readonly trace: string | null;
}

/** How many letters that were refused for good are kept to be looked at: enough for weeks, little on the disk. */
export const MOST_REFUSED = 100;

/** A try that seems further off than any back-off (15 minutes) was set by a clock that has been put back since. */
const IS_DUE = "state = 'waiting' AND (next_try <= @now OR next_try > @now + 900000)";

/** Sealed letters and what became of each recipient. A letter goes when all have it; a refused one is kept. */
export function outbox(db: Sqlite): Outbox & Pick<Store, 'outbox' | 'mishaps' | 'openMishaps'> {
  const list = db.prepare<[], OutboxSummary>(
    `SELECT id, queue, subject, sealed, address, state, attempts, next_try AS nextTry, last_try AS lastTry,
       last_error AS lastError
     FROM letter JOIN recipient ON letter = id WHERE state <> 'sent' ORDER BY id, address`,
  );
  return { ...waiting(db), ...settled(db), outbox: () => list.all(), ...mishapReader(db) };
}

function waiting(
  db: Sqlite,
): Pick<Outbox, 'nextDue' | 'keepTrace' | 'settleRetry' | 'settleWait' | 'delayAll'> {
  const nextDue = db.prepare<{ after: number; now: number }, LetterRow>(
    `SELECT * FROM letter WHERE id > @after AND EXISTS
       (SELECT 1 FROM recipient WHERE letter = letter.id AND ${IS_DUE}) ORDER BY id LIMIT 1`,
    { bytes: ['mime'] },
  );
  const recipients = db.prepare<{ id: number; now: number }, OutboxLetter['recipients'][number]>(
    `SELECT address, attempts, last_error AS lastError FROM recipient WHERE letter = @id AND ${IS_DUE} ORDER BY address`,
  );
  const trace = db.prepare('UPDATE letter SET trace = ? WHERE id = ?');
  const retry = db.prepare(
    `UPDATE recipient SET attempts = attempts + 1, last_error = ?, next_try = ?, last_try = ?
     WHERE letter = ? AND address = ?`,
  );
  const wait = db.prepare(
    'UPDATE recipient SET last_error = ?, next_try = ? WHERE letter = ? AND address = ?',
  );
  const delay = db.prepare(
    "UPDATE recipient SET last_error = ? WHERE state = 'waiting' AND last_error IS NULL",
  );

  return {
    nextDue(now, after) {
      const row = nextDue.get({ after, now });
      if (!row) return null;
      const { message_id, sender, ...letter } = row;
      const due = recipients.all({ id: row.id, now });
      return { ...letter, messageId: message_id, from: sender, recipients: due };
    },
    keepTrace: (letter, header) => void trace.run(header, letter),
    settleRetry: (letter, address, reason, next, at) => void retry.run(reason, next, at, letter, address),
    settleWait: (letter, address, reason, next) => void wait.run(reason, next, letter, address),
    delayAll: (reason) => void delay.run(reason),
  };
}

type Letter = Pick<LetterRow, 'id' | 'queue' | 'message_id' | 'sealed'>;

function settled(db: Sqlite): Pick<Outbox, 'settleSent' | 'settleRefused'> {
  const find = db.prepare<[number], Letter>('SELECT id, queue, message_id, sealed FROM letter WHERE id = ?');
  const sent = db.prepare(
    "UPDATE recipient SET state = 'sent', last_error = NULL, last_try = ? WHERE letter = ? AND address = ?",
  );
  const dropDelivered = db.prepare(
    "DELETE FROM letter WHERE id = ? AND NOT EXISTS (SELECT 1 FROM recipient WHERE letter = letter.id AND state <> 'sent')",
  );
  const refused = db.prepare(
    `UPDATE recipient SET state = 'refused', attempts = attempts + 1, last_error = ?, last_try = ?
     WHERE letter = ? AND address = ?`,
  );
  const heard = db.prepare('DELETE FROM mishap WHERE told_in = ?');
  const unheard = db.prepare(
    `UPDATE mishap SET told_in = NULL WHERE told_in = @id
       AND NOT EXISTS (SELECT 1 FROM recipient WHERE letter = @id AND state <> 'refused')`,
  );
  const note = mishapWriter(db);
  const dropRefused = refusedDropper(db, note);
  const keepSent = sentWriter(db);

  const settleSent = db.transaction((id: number, address: string, { at, late, queueId }: Sent) => {
    const letter = find.get(id);
    if (!letter) return;
    sent.run(at, id, address);
    keepSent(letter.message_id, queueId, at);
    heard.run(id);
    if (late) note({ kind: 'late', ...letter, ...late, address: '' });
    dropDelivered.run(id);
  });
  const settleRefused = db.transaction((id: number, address: string, reason: string, at: number): number => {
    const letter = find.get(id);
    if (!letter) return 0;
    refused.run(reason, at, id, address);
    unheard.run({ id });
    note({ kind: 'refused', ...letter, address, reason, delay: 0 });
    return dropRefused();
  });

  return {
    settleSent: (...args) => settleSent(...args),
    settleRefused: (...args) => settleRefused(...args),
  };
}

type Note = Omit<Mishap, 'id' | 'letters'> & { readonly id: number; readonly letters?: number };

/** Adds to what is open of the same kind. A letter with several recipients is one letter. */
function mishapWriter(db: Sqlite): (note: Note) => void {
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

/** Lets go of the oldest letters that nobody waits for any more, when there are too many; what they told is told. */
function refusedDropper(db: Sqlite, note: (note: Note) => void): () => number {
  const drop = db.prepare<[], { id: number; sealed: number }>(
    `DELETE FROM letter WHERE id IN (
       SELECT id FROM letter WHERE EXISTS (SELECT 1 FROM recipient WHERE letter = letter.id AND state = 'refused')
         AND NOT EXISTS (SELECT 1 FROM recipient WHERE letter = letter.id AND state = 'waiting')
       ORDER BY id DESC LIMIT -1 OFFSET ${MOST_REFUSED}
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

function mishapReader(db: Sqlite): Pick<Store, 'mishaps' | 'openMishaps'> {
  const find = db.prepare<[string], Mishap>(
    `SELECT id, kind, queue, address, letters, sealed, delay, reason FROM mishap
     WHERE told_in IS NULL AND (kind <> 'late' OR queue IN (SELECT value FROM json_each(?))) ORDER BY id`,
  );
  const freeze = db.prepare('UPDATE mishap SET frozen = 1 WHERE id = ? AND frozen = 0');
  const openMishaps = (lateOf: readonly string[]): Mishap[] => find.all(JSON.stringify(lateOf));
  return {
    openMishaps,
    mishaps: db.transaction((lateOf: readonly string[]) => {
      const found = openMishaps(lateOf);
      for (const { id } of found) freeze.run(id);
      return found;
    }),
  };
}
