import type { Outbox, Sent, UnderWay } from '../../mail/outbox.js';
import type { DeliveryNotice } from '../ports/delivery-notices.js';
import type { Store } from '../store.js';
import { bytes, oneOf, orNull, rowDecoder, text, time, whole } from './decode.js';
import { dropDelivered } from './letters.js';
import type { Sqlite } from './open-sqlite.js';
import { sentWriter } from './self-mail.js';

/** How many letters that were refused for good are kept to be looked at: enough for weeks, little on the disk. */
export const MOST_REFUSED = 100;

/** A try that seems further off than any back-off (15 minutes) was set by a clock that has been put back since. */
const IS_DUE = "state = 'waiting' AND (next_try <= @now OR next_try > @now + 900000)";

/** Of recipients: no letter to them is under way. */
const IS_FREE = 'address NOT IN (SELECT value FROM json_each(@busy))';

const NOTHING: UnderWay = { letters: [], recipients: [] };

/** Sealed letters and what became of each recipient. A letter goes when all have it; a refused one is kept. */
export function outbox(db: Sqlite): Outbox & Pick<Store, 'outbox' | 'mishaps' | 'openMishaps'> {
  const list = db.prepare<[], unknown>(
    `SELECT id, queue, subject, sealed, address, state, attempts, next_try AS nextTry, last_try AS lastTry,
       last_error AS lastError
     FROM letter JOIN recipient ON letter = id WHERE state <> 'sent' ORDER BY id, address`,
  );
  const summary = rowDecoder(db.name, 'recipient', {
    ...LETTER,
    subject: text,
    ...RECIPIENT,
    state: oneOf('waiting', 'refused'),
    nextTry: time,
    lastTry: orNull(time),
  });
  return {
    ...waiting(db),
    ...inTurn(db),
    ...settled(db),
    outbox: () => list.all().map(summary),
    ...mishapReader(db),
  };
}

const LETTER = { id: whole, queue: text, sealed: time };
const RECIPIENT = { address: text, attempts: whole, lastError: orNull(text) };

function waiting(
  db: Sqlite,
): Pick<Outbox, 'nextDue' | 'keepDelayHeader' | 'recordRetry' | 'recordQuotaRetry' | 'delayAll'> {
  const nextDue = db.prepare<{ now: number; letters: string; busy: string }, unknown>(
    `SELECT id, queue, message_id AS messageId, sender AS "from", mime, sealed, trace FROM letter
     WHERE id NOT IN (SELECT value FROM json_each(@letters)) AND EXISTS
       (SELECT 1 FROM recipient WHERE letter = letter.id AND ${IS_DUE} AND ${IS_FREE}) ORDER BY id LIMIT 1`,
  );
  const letterDue = rowDecoder(db.name, 'letter', {
    ...LETTER,
    messageId: text,
    from: text,
    mime: bytes,
    trace: orNull(text),
  });
  const recipients = db.prepare<{ id: number; now: number; busy: string }, unknown>(
    `SELECT address, attempts, last_error AS lastError, limited_since AS limitedSince FROM recipient
     WHERE letter = @id AND ${IS_DUE} AND ${IS_FREE} ORDER BY address`,
  );
  const recipient = rowDecoder(db.name, 'recipient', { ...RECIPIENT, limitedSince: orNull(time) });
  const trace = db.prepare('UPDATE letter SET trace = ? WHERE id = ?');
  const retry = db.prepare(
    `UPDATE recipient SET attempts = attempts + 1, last_error = ?, next_try = ?, last_try = ?
     WHERE letter = ? AND address = ?`,
  );
  const limited = db.prepare(
    `UPDATE recipient SET attempts = attempts + 1, last_error = @reason, next_try = @next, last_try = @at,
       limited_since = coalesce(limited_since, @at) WHERE letter = @letter AND address = @address`,
  );
  const delay = db.prepare(
    "UPDATE recipient SET last_error = ? WHERE state = 'waiting' AND last_error IS NULL",
  );

  return {
    nextDue(now, passOver = NOTHING) {
      const busy = JSON.stringify(passOver.recipients);
      const row = nextDue.get({ now, letters: JSON.stringify(passOver.letters), busy });
      if (row === undefined) return null;
      const letter = letterDue(row);
      return { ...letter, recipients: recipients.all({ id: letter.id, now, busy }).map(recipient) };
    },
    keepDelayHeader: (letter, header) => void trace.run(header, letter),
    recordRetry: (letter, address, reason, next, at) => void retry.run(reason, next, at, letter, address),
    recordQuotaRetry: (letter, address, reason, next, at) =>
      void limited.run({ letter, address, reason, next, at }),
    delayAll: (reason) => void delay.run(reason),
  };
}

/** Many letters may wait: each of these is one step. */
function inTurn(db: Sqlite): Pick<Outbox, 'defer' | 'hasten'> {
  const hold = 'UPDATE recipient SET last_error = @reason, next_try = @until';
  const recipients = db.prepare(`${hold} WHERE address = @address AND ${IS_DUE}`);
  const senders = db.prepare(
    `${hold} WHERE letter IN (SELECT id FROM letter WHERE sender = @address) AND ${IS_DUE}`,
  );
  const hasten = db.prepare("UPDATE recipient SET next_try = 0 WHERE state = 'waiting' AND next_try <> 0");
  return {
    defer(whose, reason, until, now) {
      if ('sender' in whose) senders.run({ address: whose.sender, reason, until, now });
      else recipients.run({ address: whose.recipient, reason, until, now });
    },
    hasten: () => void hasten.run(),
  };
}

function settled(db: Sqlite): Pick<Outbox, 'recordSent' | 'recordRejected'> {
  const find = db.prepare<[number], unknown>(
    'SELECT id, queue, message_id AS messageId, sealed FROM letter WHERE id = ?',
  );
  const decode = rowDecoder(db.name, 'letter', { ...LETTER, messageId: text });
  const sent = db.prepare(
    "UPDATE recipient SET state = 'sent', last_error = NULL, last_try = ? WHERE letter = ? AND address = ?",
  );
  const drop = dropDelivered(db);
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

  const recordSent = db.transaction((id: number, address: string, { at, late, queueId }: Sent) => {
    const row = find.get(id);
    if (row === undefined) return;
    const letter = decode(row);
    sent.run(at, id, address);
    keepSent(letter.messageId, queueId, at);
    heard.run(id);
    if (late) note({ kind: 'late', ...letter, ...late, address: '' });
    drop(id);
  });
  const recordRejected = db.transaction((id: number, address: string, reason: string, at: number): number => {
    const row = find.get(id);
    if (row === undefined) return 0;
    const letter = decode(row);
    refused.run(reason, at, id, address);
    unheard.run({ id });
    note({ kind: 'refused', ...letter, address, reason, delay: 0 });
    return dropRefused();
  });

  return {
    recordSent: (...args) => recordSent(...args),
    recordRejected: (...args) => recordRejected(...args),
  };
}

type Note = Omit<DeliveryNotice, 'id' | 'letters'> & { readonly id: number; readonly letters?: number };

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
  const find = db.prepare<[string], unknown>(
    `SELECT id, kind, queue, address, letters, sealed, delay, reason FROM mishap
     WHERE told_in IS NULL AND (kind <> 'late' OR queue IN (SELECT value FROM json_each(?))) ORDER BY id`,
  );
  const freeze = db.prepare('UPDATE mishap SET frozen = 1 WHERE id = ? AND frozen = 0');
  const mishap = rowDecoder(db.name, 'mishap', {
    ...LETTER,
    kind: oneOf('late', 'refused', 'dropped'),
    address: text,
    letters: whole,
    delay: time,
    reason: text,
  });
  const openMishaps = (lateOf: readonly string[]): DeliveryNotice[] =>
    find.all(JSON.stringify(lateOf)).map(mishap);
  return {
    openMishaps,
    mishaps: db.transaction((lateOf: readonly string[]) => {
      const found = openMishaps(lateOf);
      for (const { id } of found) freeze.run(id);
      return found;
    }),
  };
}
