import { createHash } from 'node:crypto';
import type Database from 'better-sqlite3';
import {
  type Known,
  LETTERS_BACK,
  type LedgerEntry,
  type LedgerRow,
  type MissingRow,
} from '../digest/ledger.js';
import type { TallyRow } from '../queue/tally.js';

/** What the ledger says to an edition, and what the edition tells the ledger. */
export interface Ledger {
  /** How many regular letters of the queue were made. */
  lettersOf(queue: string): number;
  /** Whether anything is known of the queue. */
  isKnown(queue: string): boolean;
  /** Rows behind `after` in the order of hosts, rising counts and messages, with what is known of each. */
  knownPage(edition: number, queue: string, after: TallyRow, limit: number): LedgerRow[];
  /** What was in the last letter of the queue and is not in the edition. */
  missingRows(edition: number, queue: string): MissingRow[];
  /** Enters an edition. Only within the transaction that seals its letter. */
  enter(edition: number, entry: LedgerEntry): void;
}

/** How many messages the ledger remembers; those that were seen longest ago go first. About 30 MB in the state. */
const MOST_ROWS = 100_000;

/** How many messages of one letter are entered, the most frequent first: a storm must not push out all others. */
const MOST_ENTERED = 20_000;

/** So much of a message is kept, to name it when it is missing; what tells it from others is its hash. */
const LONGEST_TEXT = 1000;

interface KnownColumns {
  readonly knownFirst: number | null;
  readonly knownLast: number | null;
  readonly letters: string | null;
}

/** The ledger of all queues, in the tables `ledger` and `queue`. */
export function createLedger(db: Database.Database): Ledger {
  db.function('hash_of', { deterministic: true }, (message) => hashOf(String(message)));
  db.function('with_letter', { deterministic: true }, (letters, letter, count) =>
    withLetter(String(letters), Number(letter), Number(count)),
  );
  const lettersOf = db.prepare<[string], number>('SELECT letters FROM queue WHERE name = ?').pluck();
  const isKnown = db.prepare<[string]>('SELECT 1 FROM ledger WHERE queue = ? LIMIT 1');
  const nextLetter = db.prepare('UPDATE queue SET letters = letters + 1 WHERE name = ?');
  const knownPage = db.prepare<
    { edition: number; queue: string; limit: number } & Pick<TallyRow, 'host' | 'count' | 'message'>,
    TallyRow & KnownColumns & { anywhere: number }
  >(
    `SELECT page.host, message, count, page.first, page.last,
       ledger.first AS knownFirst, ledger.last AS knownLast, ledger.letters,
       EXISTS (SELECT 1 FROM ledger AS other WHERE other.queue = @queue AND other.hash = page.hash) AS anywhere
     FROM (SELECT *, hash_of(message) AS hash FROM tally
       WHERE edition = @edition AND (host, count, message) > (@host, @count, @message)
       ORDER BY host, count, message LIMIT @limit) AS page
     LEFT JOIN ledger ON ledger.queue = @queue AND ledger.hash = page.hash AND ledger.host = page.host`,
  );
  const missingRows = db.prepare<
    { edition: number; queue: string; letter: number },
    { host: string; text: string; first: number; last: number; letters: string }
  >(
    `SELECT host, text, first, last, letters FROM ledger
     WHERE queue = @queue AND latest = @letter AND NOT EXISTS
       (SELECT 1 FROM tally WHERE edition = @edition AND tally.host = ledger.host AND hash_of(message) = ledger.hash)
     ORDER BY host, text`,
  );
  const enter = db.prepare(
    `INSERT INTO ledger (queue, host, hash, text, first, last, latest, letters)
       SELECT @queue, host, hash_of(message), substr(message, 1, ${LONGEST_TEXT}),
         coalesce(first, @made), coalesce(last, @made), @letter, with_letter('[]', @letter, count)
       FROM tally WHERE edition = @edition ORDER BY count DESC LIMIT ${MOST_ENTERED}
     ON CONFLICT DO UPDATE SET first = min(first, excluded.first), last = max(last, excluded.last),
       latest = max(latest, excluded.latest),
       letters = with_letter(letters, @letter, json_extract(excluded.letters, '$[0][1]'))`,
  );
  const forget = db.prepare('DELETE FROM ledger WHERE last < ?');
  const size = db.prepare<[], number>('SELECT count(*) FROM ledger').pluck();
  const shrink = db.prepare(
    'DELETE FROM ledger WHERE (queue, hash, host) IN (SELECT queue, hash, host FROM ledger ORDER BY last LIMIT ?)',
  );

  return {
    lettersOf: (queue) => lettersOf.get(queue) ?? 0,
    isKnown: (queue) => isKnown.get(queue) !== undefined,
    knownPage: (edition, queue, { host, count, message }, limit) =>
      knownPage
        .all({ edition, queue, limit, host, count, message })
        .map(({ knownFirst, knownLast, letters, anywhere, ...row }) => ({
          ...row,
          known: knownOf({ knownFirst, knownLast, letters }),
          anywhere: anywhere === 1,
        })),
    missingRows: (edition, queue) =>
      missingRows
        .all({ edition, queue, letter: lettersOf.get(queue) ?? 0 })
        .map(({ text, letters, ...row }) => ({ ...row, message: text, letters: lettersIn(letters) })),
    enter(edition, { queue, made, regular, forgetBefore }) {
      if (regular) nextLetter.run(queue);
      enter.run({ edition, queue, made, letter: regular ? (lettersOf.get(queue) ?? 0) : 0 });
      forget.run(forgetBefore);
      const over = (size.get() ?? 0) - MOST_ROWS;
      if (over > 0) shrink.run(over);
    },
  };
}

function knownOf({ knownFirst, knownLast, letters }: KnownColumns): Known | null {
  if (knownFirst === null || knownLast === null || letters === null) return null;
  return { first: knownFirst, last: knownLast, letters: lettersIn(letters) };
}

function lettersIn(json: string): Known['letters'] {
  return JSON.parse(json) as Known['letters'];
}

/** Two messages of the same 16 bytes are not to be feared (SHA-256). */
function hashOf(message: string): Buffer {
  return createHash('sha256').update(message).digest().subarray(0, 16);
}

/** Adds a letter's count and lets go of those too long ago; letter 0 stands for one that does not count. */
function withLetter(letters: string, letter: number, count: number): string {
  if (letter === 0) return letters;
  const all = [...lettersIn(letters), [letter, count] as const];
  return JSON.stringify(all.filter(([one]) => one > letter - LETTERS_BACK));
}
