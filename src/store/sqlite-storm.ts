import type Database from 'better-sqlite3';
import { hashMessage } from '../hash-message.js';
import { MOST_REMEMBERED, type Storm, type Waiting } from '../queue/fold.js';
import type { Store } from './store.js';

/** Storms of queues that fold: reading them, and closing their pages by what `close` does for any queue. */
export function storms(
  db: Database.Database,
  close: Store['closeEdition'],
): Pick<Store, 'storm' | 'waiting' | 'closePage' | 'keepStorms'> {
  const read = db.prepare<[string], string>('SELECT storm FROM storm WHERE queue = ?').pluck();
  const write = db.prepare('REPLACE INTO storm (queue, storm) VALUES (?, ?)');
  const findOpen = db
    .prepare<[string], number>('SELECT id FROM edition WHERE queue = ? AND closed IS NULL')
    .pluck();
  const lines = db
    .prepare<[number, number], number>(
      'SELECT coalesce(sum(count), 0) FROM (SELECT count FROM tally WHERE edition = ? LIMIT ?)',
    )
    .pluck();
  const some = (column: 'host' | 'message'): Database.Statement<[number, number], string> =>
    db
      .prepare<[number, number], string>(
        `SELECT DISTINCT ${column} FROM (SELECT ${column} FROM tally WHERE edition = ? LIMIT ?)
         LIMIT ${MOST_REMEMBERED}`,
      )
      .pluck();
  const hosts = some('host');
  const messages = some('message');
  const tell = db.prepare('UPDATE edition SET storm = ? WHERE id = ?');
  const addNote = db.prepare(
    "INSERT INTO edition (queue, opened, closed, counters, storm) VALUES (?, ?, ?, '{}', ?)",
  );
  const forget = db.prepare('DELETE FROM storm WHERE queue NOT IN (SELECT value FROM json_each(?))');
  const closePage = db.transaction<Store['closePage']>((queue, at, storm, note, status = null) => {
    write.run(queue, JSON.stringify(storm));
    if (note?.kind === 'end') {
      addNote.run(queue, at, at, JSON.stringify(note));
      return [];
    }
    const open = findOpen.get(queue);
    const closed = close(queue, at, status, null);
    if (note && open !== undefined) tell.run(JSON.stringify(note), open);
    return closed;
  });

  return {
    storm(queue) {
      const json = read.get(queue);
      return json === undefined ? null : (JSON.parse(json) as Storm);
    },
    waiting(queue, most) {
      const open = findOpen.get(queue);
      if (open === undefined) return NOTHING;
      const texts = messages.all(open, most);
      return {
        lines: lines.get(open, most) ?? 0,
        hosts: hosts.all(open, most),
        messages: texts.map((text) => hashMessage(text, HASH_LENGTH)),
        texts,
      };
    },
    closePage: (queue, at, storm, note, status) => closePage(queue, at, storm, note, status),
    keepStorms: (queues) => void forget.run(JSON.stringify(queues)),
  };
}

const NOTHING: Waiting = { lines: 0, hosts: [], messages: [], texts: [] };

/** Characters: enough to tell a thousand messages apart. */
const HASH_LENGTH = 12;
