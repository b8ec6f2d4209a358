import { type Known, LETTERS_BACK, type LedgerEntry } from '../../letter/history/ledger.js';
import type { Ledger } from '../ports/ledger.js';
import {
  columnDecoder,
  count,
  type Field,
  isReadable,
  json,
  list,
  notText,
  notTime,
  orNull,
  pair,
  rowDecoder,
  text,
  time,
  whole,
} from './decode.js';
import type { Sqlite } from './open-sqlite.js';

/** How many messages the ledger keeps; those seen longest ago are deleted first. About 30 MB in the state. */
const MAX_LEDGER_ROWS = 100_000;

/** Rows that are read to find out which hosts fell silent: some ten milliseconds. */
const MAX_HOST_ROWS = 20_000;

/** `[letter, count]` of the letters that a message was in, rising. */
export const letters: Field<Known['letters']> = json(list(pair(whole, count)));

const KNOWN = { first: time, last: time, letters };

/** Rows of a letter that are read in one go: some 500 kB. */
const PIECE = 1000;

/** Reads the tables `ledger` and `queue`. `most`: of so many messages it is full. */
export function ledger(db: Sqlite, most = MAX_LEDGER_ROWS): Ledger {
  const letterNumber = columnDecoder(db.name, 'queue.letters', whole);
  const readLetters = db.prepare<[string], unknown>('SELECT letters FROM queue WHERE name = ?').pluck();
  const lettersOf = (queue: string): number => letterNumber(readLetters.get(queue) ?? 0);
  const isKnown = db.prepare<[string]>('SELECT 1 FROM ledger WHERE queue = ? LIMIT 1');
  const find = db.prepare<[string, string, string], unknown>(
    'SELECT first, last, letters FROM ledger WHERE queue = ? AND hash = ? AND host = ?',
  );
  const decode = rowDecoder(db.name, 'ledger', KNOWN);
  const findAnywhere = db.prepare<[string, string]>(
    'SELECT 1 FROM ledger WHERE queue = ? AND hash = ? LIMIT 1',
  );
  const inLetter = db.prepare<[string, number, string, string], unknown>(
    `SELECT host, hash, text AS message, first, last, letters FROM ledger
     WHERE queue = ? AND latest = ? AND (hash, host) > (?, ?) ORDER BY hash, host LIMIT ${PIECE}`,
  );
  const lastRow = rowDecoder(db.name, 'ledger', { ...KNOWN, host: text, hash: text, message: text });
  const ofHosts = db.prepare<[string, string], unknown>(
    `SELECT host, letters FROM ledger WHERE queue = ? AND host IN (SELECT value FROM json_each(?))
     ORDER BY latest DESC LIMIT ${MAX_HOST_ROWS}`,
  );
  const hostRow = rowDecoder(db.name, 'ledger', { host: text, letters });
  const size = db.prepare<[], unknown>('SELECT count(*) AS messages, min(last) AS since FROM ledger');
  const sizes = rowDecoder(db.name, 'ledger', { messages: whole, since: orNull(time) });
  return {
    lettersOf,
    isKnown: (queue) => isKnown.get(queue) !== undefined,
    known(queue, host, hash) {
      const row = find.get(queue, hash, host);
      const known = row === undefined ? null : decode(row);
      return { known, anywhere: known !== null || findAnywhere.get(queue, hash) !== undefined };
    },
    fullLedger() {
      const { messages, since } = sizes(size.get());
      return messages < most || since === null ? null : { messages: most, since };
    },
    lettersOfHosts: (queue, hosts) => ofHosts.all(queue, JSON.stringify(hosts)).map(hostRow),
    *inLastLetter(queue) {
      const letter = lettersOf(queue);
      for (let [hash, host] = ['', '']; ; ) {
        const rows = inLetter.all(queue, letter, hash, host).map(lastRow);
        yield* rows;
        const last = rows.at(-1);
        if (!last || rows.length < PIECE) return;
        ({ hash, host } = last);
      }
    },
  };
}

/** Makes the function that enters a letter; for use within the transaction that seals it. */
export function ledgerWriter(db: Sqlite): (entry: LedgerEntry) => void {
  const nextLetter = db.prepare('UPDATE queue SET letters = letters + 1 WHERE name = ?');
  const lettersOf = db.prepare<[string], number>('SELECT letters FROM queue WHERE name = ?').pluck();
  const find = db
    .prepare<[string, string, string], unknown>(
      'SELECT letters FROM ledger WHERE queue = ? AND hash = ? AND host = ?',
    )
    .pluck();
  const decode = columnDecoder(db.name, 'ledger.letters', letters);
  const write = db.prepare(
    `INSERT INTO ledger (queue, host, hash, text, first, last, latest, letters)
       VALUES (@queue, @host, @hash, @text, @first, @last, @latest, @letters)
     ON CONFLICT DO UPDATE SET first = min(first, excluded.first), last = max(last, excluded.last),
       latest = max(latest, excluded.latest), letters = excluded.letters`,
  );
  const forget = db.prepare('DELETE FROM ledger WHERE last < ?');
  const size = db.prepare<[], number>('SELECT count(*) FROM ledger').pluck();
  const shrink = db.prepare(
    'DELETE FROM ledger WHERE (queue, hash, host) IN (SELECT queue, hash, host FROM ledger ORDER BY last LIMIT ?)',
  );

  return ({ queue, made, regular, rows, forgetBefore }) => {
    /** Times in lines are not trusted: a future one would never expire, one of long ago at once. */
    const isPlausible = (time: number | null): time is number =>
      time !== null && time >= forgetBefore && time <= made;
    if (regular) nextLetter.run(queue);
    const latest = regular ? (lettersOf.get(queue) ?? 0) : 0;
    for (const { host, hash, text, count, first, last } of rows) {
      const seen = isPlausible(last) ? last : made;
      const letters = withLetter(decode(find.get(queue, hash, host) ?? '[]'), latest, count);
      write.run({
        ...{ queue, host, hash, text, latest, last: seen },
        letters: JSON.stringify(letters),
        first: Math.min(first ?? seen, seen),
      });
    }
    forget.run(forgetBefore);
    const over = (size.get() ?? 0) - MAX_LEDGER_ROWS;
    if (over > 0) shrink.run(over);
  };
}

/** Adds the count of a letter and drops those of old letters. Letter 0: a letter that is not compared. */
function withLetter(letters: Known['letters'], letter: number, count: number): Known['letters'] {
  if (letter === 0) return letters;
  return [...letters, [letter, count] as const].filter(([one]) => one > letter - LETTERS_BACK);
}

/** Whether all rows of `ledger` can be read; throws `DamagedState`. In SQL where it can be: there may be 100,000. */
export function auditLedger(db: Sqlite): void {
  db.function('is_text', isReadable(text));
  db.function('are_letters', isReadable(letters));
  const odd = db
    .prepare<[], unknown>(
      `SELECT first, last, letters, host, hash, text, latest FROM ledger
       WHERE ${notTime('first')} OR ${notTime('last')} OR ${notText('host')} OR ${notText('hash')}
         OR ${notText('text')} OR typeof(latest) <> 'integer' OR NOT are_letters(letters) LIMIT 1`,
    )
    .get();
  if (odd !== undefined)
    rowDecoder(db.name, 'ledger', { ...KNOWN, host: text, hash: text, text, latest: whole })(odd);
}
