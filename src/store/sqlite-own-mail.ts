import { KEPT, MOST_IDS, type OwnChanges, type OwnId } from '../mail/own-mail.js';
import { oneOf, orNull, rowDecoder, text, time } from './decode.js';
import type { Sqlite } from './open-sqlite.js';

/** All that is kept, the oldest first, and the Message-IDs of letters still here: a try may have been cut off. */
export function ownMailReader(db: Sqlite): () => OwnId[] {
  const decode = rowDecoder(db.name, 'own_mail', {
    id: text,
    kind: oneOf('message', 'queue'),
    host: orNull(text),
    seen: orNull(time),
  });
  const kept = db.prepare<[], unknown>('SELECT id, kind, host, seen FROM own_mail ORDER BY seen');
  const here = db.prepare<[], unknown>(
    `SELECT message_id AS id, 'message' AS kind, NULL AS host, NULL AS seen FROM letter ORDER BY id LIMIT ${MOST_IDS}`,
  );
  return () => [...kept.all(), ...here.all()].map(decode);
}

/** Writes what was learned from log lines; for use within a transaction. */
export function ownMailWriter(db: Sqlite): (changes: OwnChanges) => void {
  const keep = keeper(db);
  const forget = db.prepare('DELETE FROM own_mail WHERE id = ?');
  return ({ learned, forgotten }) => {
    for (const id of forgotten) forget.run(id);
    for (const { id, kind, host, seen } of learned) keep(id, kind, host, seen ?? 0);
  };
}

/** Keeps the ids of a letter that was sent, and lets go of old ones; for use within a transaction. */
export function sentWriter(db: Sqlite): (messageId: string, queueId: string | null, at: number) => void {
  const keep = keeper(db);
  const expire = db.prepare('DELETE FROM own_mail WHERE seen < ?');
  const trim = db.prepare(
    `DELETE FROM own_mail WHERE id IN (SELECT id FROM own_mail ORDER BY seen DESC LIMIT -1 OFFSET ${2 * MOST_IDS})`,
  );
  return (messageId, queueId, at) => {
    keep(messageId, 'message', null, at);
    if (queueId !== null) keep(queueId, 'queue', null, at);
    expire.run(at - KEPT);
    trim.run();
  };
}

/** A queue id that lines have told more of than an answer keeps its host. */
function keeper(db: Sqlite): (id: string, kind: OwnId['kind'], host: string | null, seen: number) => void {
  const keep = db.prepare(
    `INSERT INTO own_mail (id, kind, host, seen) VALUES (?, ?, ?, ?)
     ON CONFLICT (id) DO UPDATE SET host = coalesce(excluded.host, host), seen = excluded.seen`,
  );
  return (...values) => void keep.run(...values);
}
