import { hashMessage } from '../hash-message.js';
import { MOST_REMEMBERED, type Storm, type Waiting } from '../queue/fold.js';
import type { Sqlite } from './open-sqlite.js';
import type { Store } from './store.js';

/** Storms of queues that fold: reading them, and closing their pages by what `close` does for any queue. */
export function storms(
  db: Sqlite,
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
  const some = (column: 'host' | 'message'): string =>
    `SELECT DISTINCT ${column} FROM (SELECT ${column} FROM tally WHERE edition = ? LIMIT ?)
     LIMIT ${MOST_REMEMBERED + 1}`;
  const hosts = db.prepare<[number, number], string>(some('host')).pluck();
  const messages = db
    .prepare<[number, number], string | null>(
      `SELECT iif(sum(length(message)) OVER (ROWS UNBOUNDED PRECEDING) <= ${MOST_TEXT}, message, NULL)
       FROM (${some('message')})`,
    )
    .pluck();
  const tell = db.prepare('UPDATE edition SET storm = ? WHERE id = ?');
  const addNote = db.prepare(
    "INSERT INTO edition (queue, opened, closed, counters, storm) VALUES (?, ?, ?, '{}', ?)",
  );
  const forget = db.prepare('DELETE FROM storm WHERE queue NOT IN (SELECT value FROM json_each(?))');
  const closePage = db.transaction((...given: Parameters<Store['closePage']>) => {
    const [queue, at, storm, note, status = null] = given;
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
      const { texts, moreMessages } = firstOf(messages.all(open, most));
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

/** Characters of messages that are looked over at each look: what is behind them is told with the next page. */
const MOST_TEXT = 1_000_000;

/** The first messages, as many as a storm remembers; null for those that would be too much text. */
function firstOf(messages: readonly (string | null)[]): Pick<Waiting, 'texts' | 'moreMessages'> {
  const texts = messages.slice(0, MOST_REMEMBERED).filter((message) => message !== null);
  return { texts, moreMessages: texts.length < messages.length };
}

/** Characters: enough to tell a thousand messages apart. */
const HASH_LENGTH = 12;
