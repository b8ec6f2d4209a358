import { KEPT, MAX_SELF_MAIL_IDS, type SelfMailChanges, type SelfMailId } from '../../mail/self-mail.js';
import { oneOf, orNull, plain, rowDecoder, text, time } from './decode.js';
import type { Sqlite } from './open-sqlite.js';

/** Reads the ids that are kept, the oldest first, then the Message-IDs of letters in the outbox: a crash may have hidden a try. */
export function selfMailReader(db: Sqlite): () => SelfMailId[] {
  const decode = rowDecoder(db.name, 'own_mail', {
    id: text,
    kind: oneOf('message', 'queue'),
    host: orNull(text),
    family: orNull(plain),
    seen: orNull(time),
  });
  const kept = db.prepare<[], unknown>('SELECT id, kind, host, family, seen FROM own_mail ORDER BY seen');
  const here = db.prepare<[], unknown>(
    `SELECT message_id AS id, 'message' AS kind, NULL AS host, NULL AS family, NULL AS seen FROM letter
     ORDER BY id LIMIT ${MAX_SELF_MAIL_IDS}`,
  );
  return () => [...kept.all(), ...here.all()].map(decode);
}

/** Makes the function that writes what log lines have told; for use within a transaction. */
export function selfMailWriter(db: Sqlite): (changes: SelfMailChanges) => void {
  const keep = keeper(db);
  const forget = db.prepare('DELETE FROM own_mail WHERE id = ?');
  return ({ learned, forgotten }) => {
    for (const id of forgotten) forget.run(id);
    for (const one of learned) keep(one);
  };
}

/** Makes the function that keeps the ids of a sent letter and deletes old ones; for use within a transaction. */
export function sentWriter(db: Sqlite): (messageId: string, queueId: string | null, at: number) => void {
  const keep = keeper(db);
  const expire = db.prepare('DELETE FROM own_mail WHERE seen < ?');
  const trim = db.prepare(
    `DELETE FROM own_mail WHERE id IN (SELECT id FROM own_mail ORDER BY seen DESC LIMIT -1 OFFSET ${2 * MAX_SELF_MAIL_IDS})`,
  );
  return (messageId, queueId, at) => {
    const nowhere = { host: null, family: null, seen: at };
    keep({ id: messageId, kind: 'message', ...nowhere });
    if (queueId !== null) keep({ id: queueId, kind: 'queue', ...nowhere });
    expire.run(at - KEPT);
    trim.run();
  };
}

/** A later entry without host or family leaves those that are known. */
function keeper(db: Sqlite): (one: SelfMailId) => void {
  const keep = db.prepare(
    `INSERT INTO own_mail (id, kind, host, family, seen) VALUES (@id, @kind, @host, @family, coalesce(@seen, 0))
     ON CONFLICT (id) DO UPDATE SET host = coalesce(excluded.host, host),
       family = coalesce(excluded.family, family), seen = excluded.seen`,
  );
  return ({ id, kind, host, family, seen }) => void keep.run({ id, kind, host, family, seen });
}
