import type { Outbox, OutboxLetter, UnderWay, Whose } from '../../mail/outbox.js';
import { bytes, orNull, rowDecoder, text, time, whole } from './decode.js';
import type { Sqlite } from './open-sqlite.js';
import { outcomes } from './outcomes.js';

/** A try that seems further off than any back-off (15 minutes) was set by a clock that has been put back since. */
const IS_DUE = "state = 'waiting' AND (next_try <= @now OR next_try > @now + 900000)";

/** Of recipients: no letter to them is under way. */
const IS_FREE = 'address NOT IN (SELECT value FROM json_each(@busy))';

const NOTHING: UnderWay = { letters: [], recipients: [] };

/** Sealed letters and what became of each recipient. A letter goes when all have it; a rejected one is kept. */
export class SqliteOutbox implements Outbox {
  readonly recordSent: Outbox['recordSent'];
  readonly recordRejected: Outbox['recordRejected'];
  readonly #sql: ReturnType<typeof statements>;
  readonly #decode: ReturnType<typeof decoders>;

  constructor(db: Sqlite) {
    const { recordSent, recordRejected } = outcomes(db);
    this.recordSent = recordSent;
    this.recordRejected = recordRejected;
    this.#sql = statements(db);
    this.#decode = decoders(db);
  }

  nextDue(now: number, passOver: UnderWay = NOTHING): OutboxLetter | null {
    const busy = JSON.stringify(passOver.recipients);
    const row = this.#sql.nextDue.get({ now, letters: JSON.stringify(passOver.letters), busy });
    if (row === undefined) return null;
    const letter = this.#decode.letter(row);
    const recipients = this.#sql.recipientsDue.all({ id: letter.id, now, busy });
    return { ...letter, recipients: recipients.map(this.#decode.recipient) };
  }

  keepDelayHeader(letter: number, header: string | null): void {
    this.#sql.keepDelayHeader.run(header, letter);
  }

  recordRetry(letter: number, address: string, reason: string, next: number, at: number): void {
    this.#sql.retry.run(reason, next, at, letter, address);
  }

  recordQuotaRetry(letter: number, address: string, reason: string, next: number, at: number): void {
    this.#sql.quotaRetry.run({ letter, address, reason, next, at });
  }

  defer(whose: Whose, reason: string, until: number, now: number): void {
    if ('sender' in whose) this.#sql.deferSender.run({ address: whose.sender, reason, until, now });
    else this.#sql.deferRecipient.run({ address: whose.recipient, reason, until, now });
  }

  hasten(): void {
    this.#sql.hasten.run();
  }

  delayAll(reason: string): void {
    this.#sql.delayAll.run(reason);
  }
}

/** Many letters may wait: each of these is one step. */
function statements(db: Sqlite) {
  const defer = 'UPDATE recipient SET last_error = @reason, next_try = @until';
  return {
    nextDue: db.prepare<{ now: number; letters: string; busy: string }>(
      `SELECT id, queue, message_id AS messageId, sender AS "from", mime, sealed, trace FROM letter
       WHERE id NOT IN (SELECT value FROM json_each(@letters)) AND EXISTS
         (SELECT 1 FROM recipient WHERE letter = letter.id AND ${IS_DUE} AND ${IS_FREE}) ORDER BY id LIMIT 1`,
      { bytes: ['mime'] },
    ),
    recipientsDue: db.prepare<{ id: number; now: number; busy: string }>(
      `SELECT address, attempts, last_error AS lastError, limited_since AS limitedSince FROM recipient
       WHERE letter = @id AND ${IS_DUE} AND ${IS_FREE} ORDER BY address`,
    ),
    keepDelayHeader: db.prepare('UPDATE letter SET trace = ? WHERE id = ?'),
    retry: db.prepare(
      `UPDATE recipient SET attempts = attempts + 1, last_error = ?, next_try = ?, last_try = ?
       WHERE letter = ? AND address = ?`,
    ),
    quotaRetry: db.prepare(
      `UPDATE recipient SET attempts = attempts + 1, last_error = @reason, next_try = @next, last_try = @at,
         limited_since = coalesce(limited_since, @at) WHERE letter = @letter AND address = @address`,
    ),
    deferRecipient: db.prepare(`${defer} WHERE address = @address AND ${IS_DUE}`),
    deferSender: db.prepare(
      `${defer} WHERE letter IN (SELECT id FROM letter WHERE sender = @address) AND ${IS_DUE}`,
    ),
    hasten: db.prepare("UPDATE recipient SET next_try = 0 WHERE state = 'waiting' AND next_try <> 0"),
    delayAll: db.prepare(
      "UPDATE recipient SET last_error = ? WHERE state = 'waiting' AND last_error IS NULL",
    ),
  };
}

function decoders({ name }: Sqlite) {
  return {
    letter: rowDecoder(name, 'letter', {
      id: whole,
      queue: text,
      messageId: text,
      from: text,
      mime: bytes,
      sealed: time,
      trace: orNull(text),
    }),
    recipient: rowDecoder(name, 'recipient', {
      address: text,
      attempts: whole,
      lastError: orNull(text),
      limitedSince: orNull(time),
    }),
  };
}
