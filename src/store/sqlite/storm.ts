import { hashMessage } from '../../base/hash-message.js';
import { type Fresh, MOST_REMEMBERED, type Storm, type StormNote, type Waiting } from '../../queue/fold.js';
import type { Store } from '../store.js';
import {
  columnDecoder,
  count,
  type Field,
  json,
  list,
  object,
  oneOf,
  orNull,
  rowDecoder,
  text,
  time,
  truth,
  whole,
} from './decode.js';
import type { Sqlite } from './open-sqlite.js';
import { SUM_OF_COUNTS } from './sql-counts.js';

/** The column `storm.storm`, as JSON. */
export const storm: Field<Storm> = object({
  began: time,
  last: time,
  pages: list(time),
  told: whole,
  next: time,
  lines: count,
  followed: count,
  from: time,
  to: time,
  hosts: list(text),
  seen: list(text),
});

const fresh: Field<Fresh> = object({ messages: whole, atLeast: truth, named: list(text) });

/** What a page tells of its storm, as `edition.storm` keeps it. */
export const stormNote: Field<StormNote> = object({
  kind: oneOf('page', 'end'),
  from: time,
  to: time,
  lines: count,
  hosts: whole,
  moreHosts: truth,
  held: count,
  fresh: orNull(fresh),
});

/** Storms of queues that fold: reading them, and closing their pages by what `close` does for any queue. */
export function storms(
  db: Sqlite,
  close: Store['closeEdition'],
): Pick<Store, 'storm' | 'waiting' | 'closePage' | 'keepStorms'> {
  const read = db.prepare<[string], unknown>('SELECT storm FROM storm WHERE queue = ?').pluck();
  const decode = columnDecoder(db.name, 'storm.storm', json(storm));
  const write = db.prepare('REPLACE INTO storm (queue, storm) VALUES (?, ?)');
  const findOpen = db
    .prepare<[string], number>('SELECT id FROM edition WHERE queue = ? AND closed IS NULL')
    .pluck();
  const sum = db.prepare<[number, number], unknown>(
    `SELECT ${SUM_OF_COUNTS} AS lines, min(first) AS first, max(last) AS last
     FROM (SELECT count, first, last FROM tally WHERE edition = ? LIMIT ?)`,
  );
  const sums = rowDecoder(db.name, 'tally', { lines: count, first: orNull(time), last: orNull(time) });
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
      const stored = read.get(queue);
      return stored === undefined ? null : decode(stored);
    },
    waiting(queue, most) {
      const open = findOpen.get(queue);
      if (open === undefined) return NOTHING;
      const found = sums(sum.get(open, most));
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
