import { lazily } from '../../base/lazily.js';
import type { Outbox, OutboxLetter, UnderWay, WebOutbox, Whose } from '../../mail/outbox.js';
import { MAX_BACK_OFF, MAX_RETRY_AFTER } from '../../mail/waits.js';
import { bytes, columnDecoder, orNull, rowDecoder, text, time, whole } from './decode.js';
import { NOT_HELD } from './fleet-copies.js';
import type { Sqlite } from './open-sqlite.js';
import { outcomes } from './outcomes.js';
import { storedPost } from './stored-post.js';

/** Which recipients an outbox is about. */
interface Which {
  /** A condition on `recipient`. */
  readonly whose: string;
  /** A try that seems further off than this (ms) was set by a clock that has been put back since. */
  readonly longest: number;
}

const MAIL: Which = { whose: "post IS NULL AND @url = ''", longest: MAX_BACK_OFF };
const WEB: Which = { whose: 'post IS NOT NULL AND address = @url', longest: MAX_RETRY_AFTER };

/** Of recipients: no letter to them is under way. */
const IS_FREE = 'address NOT IN (SELECT value FROM json_each(@busy))';

const NOTHING: UnderWay = { letters: [], recipients: [] };

/** Sealed letters and what became of each recipient. A letter goes when all have it; a rejected one is kept. */
export class SqliteOutbox implements Outbox {
  readonly recordSent: Outbox['recordSent'];
  readonly recordRejected: Outbox['recordRejected'];
  readonly #part: OutboxPart;
  /** '': recipients that are no URLs. */
  readonly #url: string;

  /** By itself the outbox of the mail server: recipients that are URLs have outboxes of their own. */
  constructor(db: Sqlite, part = outboxPart(db, MAIL), url = '') {
    this.#part = part;
    this.#url = url;
    this.recordSent = part.recordSent;
    this.recordRejected = part.recordRejected;
  }

  nextDue(now: number, passOver: UnderWay = NOTHING): OutboxLetter | null {
    const busy = JSON.stringify(passOver.recipients);
    const url = this.#url;
    const row = this.#part.sql.nextDue.get({ now, letters: JSON.stringify(passOver.letters), busy, url });
    if (row === undefined) return null;
    const letter = this.#part.decode.letter(row);
    const rows = this.#part.sql.recipientsDue
      .all({ id: letter.id, now, busy, url })
      .map(this.#part.decode.recipient);
    const recipients = rows.map(({ post: _, ...recipient }) => recipient);
    const post = rows[0]?.post ?? null;
    return { ...letter, trace: post === null ? letter.trace : null, post, recipients };
  }

  keepDelayHeader(letter: number, header: string | null): void {
    if (this.#url === '') this.#part.sql.keepDelayHeader.run(header, letter);
  }

  recordRetry(letter: number, address: string, reason: string, next: number, at: number): void {
    this.#part.sql.retry.run(reason, next, at, letter, address);
  }

  recordQuotaRetry(letter: number, address: string, reason: string, next: number, at: number): void {
    this.#part.sql.quotaRetry.run({ letter, address, reason, next, at });
  }

  defer(whose: Whose, reason: string, until: number, now: number): void {
    const url = this.#url;
    if ('sender' in whose) this.#part.sql.deferSender.run({ address: whose.sender, reason, until, now, url });
    else this.#part.sql.deferRecipient.run({ address: whose.recipient, reason, until, now, url });
  }

  hasten(): void {
    this.#part.sql.hasten.run({ url: this.#url });
  }

  delayAll(reason: string): void {
    this.#part.sql.delayAll.run({ reason, url: this.#url });
  }
}

/** Letters for recipients that are URLs. The statements are prepared with the first one. */
export function webOutbox(db: Sqlite): WebOutbox {
  const urls = db
    .prepare<[], unknown>(
      "SELECT DISTINCT address FROM recipient WHERE post IS NOT NULL AND state = 'waiting' ORDER BY address",
    )
    .pluck();
  const decode = columnDecoder(db.name, 'recipient.address', text);
  const part = lazily(() => outboxPart(db, WEB));
  return {
    waitingUrls: () => urls.all().map(decode),
    outboxOf: (url) => new SqliteOutbox(db, part(), url),
  };
}

type OutboxPart = ReturnType<typeof outboxPart>;

function outboxPart(db: Sqlite, which: Which) {
  return { ...outcomes(db), sql: statements(db, which), decode: decoders(db) };
}

/** Many letters may wait: each of these is one step. */
function statements(db: Sqlite, { whose, longest }: Which) {
  const defer = 'UPDATE recipient SET last_error = @reason, next_try = @until';
  const isDue = `state = 'waiting' AND (next_try <= @now OR next_try > @now + ${longest}) AND ${whose}`;
  return {
    nextDue: db.prepare<{ now: number; letters: string; busy: string; url: string }>(
      `SELECT id, queue, message_id AS messageId, sender AS "from", mime, sealed, trace,
         second_way AS secondWay FROM letter
       WHERE id NOT IN (SELECT value FROM json_each(@letters)) AND id NOT IN (${NOT_HELD}) AND EXISTS
         (SELECT 1 FROM recipient WHERE letter = letter.id AND ${isDue} AND ${IS_FREE}) ORDER BY id LIMIT 1`,
      { bytes: ['mime'] },
    ),
    recipientsDue: db.prepare<{ id: number; now: number; busy: string; url: string }>(
      `SELECT address, attempts, last_error AS lastError, limited_since AS limitedSince, post FROM recipient
       WHERE letter = @id AND ${isDue} AND ${IS_FREE} ORDER BY address`,
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
    deferRecipient: db.prepare(`${defer} WHERE address = @address AND ${isDue}`),
    deferSender: db.prepare(
      `${defer} WHERE letter IN (SELECT id FROM letter WHERE sender = @address) AND ${isDue}`,
    ),
    hasten: db.prepare(
      `UPDATE recipient SET next_try = 0 WHERE state = 'waiting' AND next_try <> 0 AND ${whose}`,
    ),
    delayAll: db.prepare(
      `UPDATE recipient SET last_error = @reason WHERE state = 'waiting' AND last_error IS NULL AND ${whose}`,
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
      secondWay: orNull(text),
    }),
    recipient: rowDecoder(name, 'recipient', {
      address: text,
      attempts: whole,
      lastError: orNull(text),
      limitedSince: orNull(time),
      post: orNull(storedPost),
    }),
  };
}
