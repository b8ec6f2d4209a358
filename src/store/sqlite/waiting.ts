import { hashMessage } from '../../base/hash-message.js';
import { MAX_STORM_ENTRIES, type Waiting } from '../../queue/fold.js';
import { type Snooze, sleeperAmong } from '../../queue/snooze.js';
import { count, orNull, rowDecoder, time } from './decode.js';
import type { Sqlite } from './open-sqlite.js';
import { SUM_OF_COUNTS } from './sql-counts.js';

/** Characters of messages that each poll searches: the next page covers the rest. */
const MAX_MESSAGE_TEXT = 1_000_000;

/** Characters: enough to tell a thousand messages apart. */
const HASH_LENGTH = 12;

/** Makes the function that reads the content of an edition as a storm needs it, from at most `most` rows. */
export function waitingReader(
  db: Sqlite,
): (edition: number, most: number, asleep: readonly Snooze[]) => Waiting {
  let find = sleeperAmong([]);
  db.function('is_asleep', (host, message) => (find(plainText(host), plainText(message)) ? 1 : 0));
  const read = readerOf(db, '');
  const readAwake = readerOf(db, 'AND NOT is_asleep(host, message)');
  return (edition, most, asleep) => {
    if (asleep.length === 0) return read(edition, most);
    find = sleeperAmong(asleep);
    return readAwake(edition, most);
  };
}

/** Text with a NUL is kept as the bytes of its UTF-8. */
function plainText(value: unknown): string {
  return value instanceof Uint8Array ? Buffer.from(value).toString() : String(value);
}

/** `which`: a further condition on rows. */
function readerOf(db: Sqlite, which: string): (edition: number, most: number) => Waiting {
  const sum = db.prepare<[number, number]>(
    `SELECT ${SUM_OF_COUNTS} AS lines, min(first) AS first, max(last) AS last
     FROM (SELECT count, first, last FROM tally WHERE edition = ? ${which} LIMIT ?)`,
  );
  const sums = rowDecoder(db.name, 'tally', { lines: count, first: orNull(time), last: orNull(time) });
  const some = (column: 'host' | 'message'): string =>
    `SELECT DISTINCT ${column} FROM (SELECT ${column} FROM tally WHERE edition = ? ${which} LIMIT ?)
     LIMIT ${MAX_STORM_ENTRIES + 1}`;
  const hosts = db.prepare<[number, number], string>(some('host')).pluck();
  const messages = db
    .prepare<[number, number], string | null>(
      `SELECT iif(sum(length(message)) OVER (ROWS UNBOUNDED PRECEDING) <= ${MAX_MESSAGE_TEXT}, message, NULL)
       FROM (${some('message')})`,
    )
    .pluck();
  return (edition, most) => {
    const found = sums(sum.get(edition, most));
    const { texts, moreMessages } = firstOf(messages.all(edition, most));
    const hashes = texts.map((text) => hashMessage(text, HASH_LENGTH));
    return { ...found, hosts: hosts.all(edition, most), messages: hashes, texts, moreMessages };
  };
}

/** The first messages, as many as a storm remembers; null stands for messages beyond the limit of text. */
function firstOf(messages: readonly (string | null)[]): Pick<Waiting, 'texts' | 'moreMessages'> {
  const texts = messages.slice(0, MAX_STORM_ENTRIES).filter((message) => message !== null);
  return { texts, moreMessages: texts.length < messages.length };
}

export const NOTHING_WAITS: Waiting = {
  lines: 0,
  hosts: [],
  messages: [],
  texts: [],
  moreMessages: false,
  first: null,
  last: null,
};
