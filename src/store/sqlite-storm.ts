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
  const sum = db.prepare<[number, number], Pick<Waiting, 'lines' | 'first' | 'last'>>(
    `SELECT coalesce(sum(count), 0) AS lines, min(first) AS first, max(last) AS last
     FROM (SELECT count, first, last FROM tally WHERE edition = ? LIMIT ?)`,
  );
  const some = (column: 'host' | 'message'): Database.Statement<[number, number], string> =>
    db
      .prepare<[number, number], string>(
        `SELECT DISTINCT ${column} FROM (SELECT ${column} FROM tally WHERE edition = ? LIMIT ?)
         LIMIT ${MOST_REMEMBERED + 1}`,
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
      const found = open === undefined ? undefined : sum.get(open, most);
      if (open === undefined || !found) return NOTHING;
      const { texts, moreMessages } = firstOf(messages.iterate(open, most));
      const hashes = texts.map((text) => hashMessage(text, HASH_LENGTH));
      return { ...found, hosts: hosts.all(open, most), messages: hashes, texts, moreMessages };
    },
    closePage: (queue, at, storm, note, status) => closePage(queue, at, storm, note, status),
    keepStorms: (queues) => void forget.run(JSON.stringify(queues)),
  };
}

const NOTHING: Waiting = {
  lines: 0,
  hosts: [],
  messages: [],
  texts: [],
  moreMessages: false,
  first: null,
  last: null,
};

/** UTF-16 units of messages that are looked over at each look: what is behind them is told with the next page. */
const MOST_TEXT = 1_000_000;

/** The first messages, as many as a storm remembers and no more than make up so much text. */
function firstOf(messages: Iterable<string>): Pick<Waiting, 'texts' | 'moreMessages'> {
  const texts: string[] = [];
  let length = 0;
  for (const message of messages) {
    if (texts.length >= MOST_REMEMBERED || length >= MOST_TEXT) return { texts, moreMessages: true };
    texts.push(message);
    length += message.length;
  }
  return { texts, moreMessages: false };
}

/** Characters: enough to tell a thousand messages apart. */
const HASH_LENGTH = 12;
