import { type Known, type LastRow, LETTERS_BACK, type LedgerEntry } from '../digest/ledger.js';
import type { Sqlite } from './open-sqlite.js';
import type { Store } from './store.js';

/** How many messages the ledger remembers; those that were seen longest ago go first. About 30 MB in the state. */
const MOST_ROWS = 100_000;

interface KnownRow {
  readonly first: number;
  readonly last: number;
  readonly letters: string;
}

/** What the ledger says, of the tables `ledger` and `queue`. */
export function ledgerReader(
  db: Sqlite,
): Pick<Store, 'lettersOf' | 'isKnown' | 'known' | 'inLastLetter' | 'fullLedger'> {
  const lettersOf = db.prepare<[string], number>('SELECT letters FROM queue WHERE name = ?').pluck();
  const isKnown = db.prepare<[string]>('SELECT 1 FROM ledger WHERE queue = ? LIMIT 1');
  const find = db.prepare<[string, string, string], KnownRow>(
    'SELECT first, last, letters FROM ledger WHERE queue = ? AND hash = ? AND host = ?',
  );
  const findAnywhere = db.prepare<[string, string]>(
    'SELECT 1 FROM ledger WHERE queue = ? AND hash = ? LIMIT 1',
  );
  const inLetter = db.prepare<
    [string, number],
    Omit<LastRow, 'message' | 'letters'> & { text: string; letters: string }
  >(
    `SELECT host, hash, text, first, last, letters FROM ledger WHERE queue = ? AND latest = ? ORDER BY host, text`,
  );
  const size = db.prepare<[], typeof NO_ROWS>('SELECT count(*) AS messages, min(last) AS since FROM ledger');
  return {
    lettersOf: (queue) => lettersOf.get(queue) ?? 0,
    isKnown: (queue) => isKnown.get(queue) !== undefined,
    known(queue, host, hash) {
      const row = find.get(queue, hash, host);
      const known = row ? { ...row, letters: lettersIn(row.letters) } : null;
      return { known, anywhere: known !== null || findAnywhere.get(queue, hash) !== undefined };
    },
    fullLedger() {
      const { messages, since } = size.get() ?? NO_ROWS;
      return messages < MOST_ROWS || since === null ? null : { messages: MOST_ROWS, since };
    },
    inLastLetter: (queue) =>
      inLetter
        .all(queue, lettersOf.get(queue) ?? 0)
        .map(({ text, letters, ...row }) => ({ ...row, message: text, letters: lettersIn(letters) })),
  };
}

const NO_ROWS: { readonly messages: number; readonly since: number | null } = { messages: 0, since: null };

/** Enters letters, within the transaction that seals them. */
export function ledgerWriter(db: Sqlite): (entry: LedgerEntry) => void {
  const nextLetter = db.prepare('UPDATE queue SET letters = letters + 1 WHERE name = ?');
  const lettersOf = db.prepare<[string], number>('SELECT letters FROM queue WHERE name = ?').pluck();
  const find = db
    .prepare<[string, string, string], string>(
      'SELECT letters FROM ledger WHERE queue = ? AND hash = ? AND host = ?',
    )
    .pluck();
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
    if (regular) nextLetter.run(queue);
    const latest = regular ? (lettersOf.get(queue) ?? 0) : 0;
    for (const { host, hash, text, count, first, last } of rows) {
      const letters = withLetter(find.get(queue, hash, host) ?? '[]', latest, count);
      write.run({ queue, host, hash, text, latest, letters, first: first ?? made, last: last ?? made });
    }
    forget.run(forgetBefore);
    const over = (size.get() ?? 0) - MOST_ROWS;
    if (over > 0) shrink.run(over);
  };
}

function lettersIn(json: string): Known['letters'] {
  return JSON.parse(json) as Known['letters'];
}

/** Adds a letter's count and lets go of those too long ago; letter 0 stands for one that does not count. */
function withLetter(letters: string, letter: number, count: number): string {
  if (letter === 0) return letters;
  const all = [...lettersIn(letters), [letter, count] as const];
  return JSON.stringify(all.filter(([one]) => one > letter - LETTERS_BACK));
}
