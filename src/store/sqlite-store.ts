import Database from 'better-sqlite3';
import type { OutboxLetter } from '../mail/outbox.js';
import type { TallyChange, TallyRow } from '../queue/tally.js';
import type { FilePosition } from '../source/line-batch.js';
import { createLedger, type Ledger } from './ledger.js';
import { migrate, refuseReading, refuseState } from './schema.js';
import type { Batch, Edition, OutboxSummary, PendingQueue, QueueMark, Store } from './store.js';

export type OpenedStore =
  | { readonly ok: true; readonly store: Store }
  | { readonly ok: false; readonly reason: string };

interface PositionRow extends Omit<FilePosition, 'headLength' | 'retired'> {
  readonly head_length: number;
  readonly retired: number;
}
interface EditionRow {
  readonly id: number;
  readonly queue: string;
  readonly closed: number;
  readonly status: string | null;
  readonly opened: number;
  readonly mailed: number | null;
  readonly counters: string;
}
interface LetterRow {
  readonly id: number;
  readonly queue: string;
  readonly message_id: string;
  readonly sender: string;
  readonly mime: Buffer;
  readonly sealed: number;
}

/** Beyond these, a page cache only costs memory: 8 MB. */
const CACHE_KIB = 8192;

/**
 * Opens the state in SQLite (WAL, every commit synced to disk). `path` may be '' for a private temporary state.
 * A file that is damaged, newer or foreign is left as it is, and the reason is returned.
 */
export function openSqliteStore(path: string): OpenedStore {
  let db: Database.Database | null = null;
  try {
    db = new Database(path);
    const reason = refuseState(db);
    if (reason !== null) {
      db.close();
      return { ok: false, reason };
    }
    db.pragma('journal_mode = WAL');
    db.pragma('synchronous = FULL');
    db.pragma('foreign_keys = ON');
    db.pragma(`cache_size = -${CACHE_KIB}`);
    migrate(db);
    return { ok: true, store: sqliteStore(db) };
  } catch (error) {
    db?.close();
    if (error instanceof Database.SqliteError || error instanceof TypeError)
      return { ok: false, reason: error.message };
    throw error;
  }
}

/** Opens the state only to look at it, while a daemon works with it or not. Its methods that write throw. */
export function readSqliteStore(path: string): OpenedStore {
  let db: Database.Database | null = null;
  try {
    db = new Database(path, { readonly: true, fileMustExist: true });
    const reason = refuseReading(db);
    if (reason === null) return { ok: true, store: sqliteStore(db) };
    db.close();
    return { ok: false, reason };
  } catch (error) {
    db?.close();
    if (error instanceof Database.SqliteError || error instanceof TypeError)
      return { ok: false, reason: error.message };
    throw error;
  }
}

function sqliteStore(db: Database.Database): Store {
  return {
    ...readingAndCounting(db),
    ...editions(db),
    ...outbox(db),
    ...facts(db),
    end: () => void db.close(),
  };
}

/** Positions, tallies, counters and what the rules remember. */
function readingAndCounting(
  db: Database.Database,
): Pick<Store, 'positions' | 'memory' | 'counters' | 'commit'> {
  const readCounters = db.prepare<[], { name: string; value: number }>('SELECT name, value FROM counter');
  const counters = (): Map<string, number> =>
    new Map(readCounters.all().map(({ name, value }) => [name, value] as const));
  const writePosition = db.prepare(
    `INSERT INTO position (path, device, inode, head, head_length, offset, retired) VALUES (?, ?, ?, ?, ?, ?, ?)
     ON CONFLICT DO UPDATE SET head = excluded.head, head_length = excluded.head_length,
       offset = excluded.offset, retired = excluded.retired`,
  );
  const forgetPosition = db.prepare('DELETE FROM position WHERE path = ? AND device = ? AND inode = ?');
  const addCounter = db.prepare(
    'INSERT INTO counter (name, value) VALUES (?, ?) ON CONFLICT DO UPDATE SET value = value + excluded.value',
  );
  const remember = db.prepare('REPLACE INTO last_match (host, message, queues) VALUES (?, ?, ?)');
  const forgetMatch = db.prepare('DELETE FROM last_match WHERE host = ?');
  const writeHits = db.prepare('REPLACE INTO hits (rule, host, leftmost, count) VALUES (?, ?, ?, ?)');
  const clearHits = db.prepare('DELETE FROM hits WHERE rule = ? AND host = ?');
  const tally = tallyWriter(db);

  const commit = db.transaction((batch: Batch) => {
    tally(batch.at, batch.tally);
    for (const p of batch.positions)
      writePosition.run(p.path, p.device, p.inode, p.head, p.headLength, p.offset, p.retired ? 1 : 0);
    for (const p of batch.forgotten) forgetPosition.run(p.path, p.device, p.inode);
    for (const [host, match] of batch.memory.last)
      if (match) remember.run(host, match.message, JSON.stringify(match.queues));
      else forgetMatch.run(host);
    for (const { rule, host, leftmost, count } of batch.memory.hits)
      if (count > 0) writeHits.run(rule, host, leftmost, count);
      else clearHits.run(rule, host);
    for (const [name, amount] of batch.counters) addCounter.run(name, amount);
  });

  return {
    positions: () =>
      db
        .prepare<[], PositionRow>('SELECT * FROM position ORDER BY path, retired DESC')
        .all()
        .map(({ head_length, retired, ...rest }) => ({
          ...rest,
          headLength: head_length,
          retired: retired === 1,
        })),
    memory: () => ({
      last: db
        .prepare<[], { host: string; message: string; queues: string }>('SELECT * FROM last_match')
        .all()
        .map(({ host, message, queues }) => [host, { message, queues: JSON.parse(queues) as string[] }]),
      hits: db
        .prepare<[], { rule: string; host: string; leftmost: string; count: number }>('SELECT * FROM hits')
        .all(),
    }),
    counters,
    commit: (batch) => commit(batch),
  };
}

/** Writes tally changes into the open edition of each queue, opening one where there is none. */
function tallyWriter(db: Database.Database): (at: number, changes: readonly TallyChange[]) => void {
  const findOpen = db.prepare<[string], { id: number }>(
    'SELECT id FROM edition WHERE queue = ? AND closed IS NULL',
  );
  const open = db.prepare('INSERT INTO edition (queue, opened) VALUES (?, ?)');
  const upsert = (assignment: string): Database.Statement =>
    db.prepare(
      `INSERT INTO tally (edition, host, message, count, first, last) VALUES (?, ?, ?, ?, ?, ?)
       ON CONFLICT DO UPDATE SET count = ${assignment},
         first = min(coalesce(first, excluded.first), coalesce(excluded.first, first)),
         last = max(coalesce(last, excluded.last), coalesce(excluded.last, last))`,
    );
  const write = { add: upsert('count + excluded.count'), set: upsert('excluded.count') };

  return (at, changes) => {
    const editions = new Map<string, number>();
    const editionOf = (queue: string): number => {
      const id =
        editions.get(queue) ?? findOpen.get(queue)?.id ?? Number(open.run(queue, at).lastInsertRowid);
      editions.set(queue, id);
      return id;
    };
    for (const { queue, host, message, count, how, first, last } of changes)
      write[how].run(editionOf(queue), host, message, count, first, last);
  };
}

/** All counters as one JSON object. */
const COUNTERS = 'SELECT json_group_object(name, value) FROM counter';

/** From an open tally to a sealed letter. */
function editions(
  db: Database.Database,
): Pick<
  Store,
  | 'queueMark'
  | 'markQueue'
  | 'closeEdition'
  | 'closedEditions'
  | 'rows'
  | 'page'
  | 'seal'
  | 'pending'
  | 'lettersOf'
  | 'isKnown'
  | 'knownPage'
  | 'missingRows'
> {
  const ledger = createLedger(db);
  const readMark = db.prepare<[string], QueueMark>(
    'SELECT schedule, due_after AS dueAfter FROM queue WHERE name = ?',
  );
  const writeMark = db.prepare(
    `INSERT INTO queue (name, schedule, due_after, mailed, counters)
       VALUES (@name, @schedule, @dueAfter, @dueAfter, (${COUNTERS}))
     ON CONFLICT DO UPDATE SET schedule = @schedule, due_after = @dueAfter`,
  );
  const findOpen = db.prepare<[string], { id: number }>(
    'SELECT id FROM edition WHERE queue = ? AND closed IS NULL',
  );
  const end = db.prepare('UPDATE edition SET closed = ?, status = ?, counters = ? WHERE id = ?');
  const told = db.prepare<[string], string>('SELECT counters FROM queue WHERE name = ?').pluck();
  const counted = db.prepare<[], string>(COUNTERS).pluck();
  const tell = db.prepare('UPDATE queue SET counters = ? WHERE name = ?');
  const hostsOf = db.prepare<[number], string>('SELECT DISTINCT host FROM tally WHERE edition = ?').pluck();
  const close = db.transaction(
    (queue: string, at: number, status: string | null, mark: QueueMark | null): string[] | null => {
      if (mark) writeMark.run({ name: queue, ...mark });
      const edition = findOpen.get(queue);
      if (!edition) return null;
      const now = counted.get() ?? '{}';
      end.run(at, status, growth(told.get(queue) ?? now, now), edition.id);
      tell.run(now, queue);
      return hostsOf.all(edition.id);
    },
  );
  const closed = db.prepare<[], EditionRow>(
    `SELECT edition.id, edition.queue, closed, status, opened, edition.counters, queue.mailed FROM edition LEFT JOIN queue ON queue.name = edition.queue
     WHERE closed IS NOT NULL ORDER BY id`,
  );
  const rows = db.prepare<[number], TallyRow>(
    `SELECT host, message, count, first, last FROM tally WHERE edition = ? ORDER BY host, count DESC, message`,
  );
  const page = db.prepare<
    { edition: number; limit: number } & Pick<TallyRow, 'host' | 'count' | 'message'>,
    TallyRow
  >(
    `SELECT host, message, count, first, last FROM tally
     WHERE edition = @edition AND (host, count, message) > (@host, @count, @message)
     ORDER BY host, count, message LIMIT @limit`,
  );
  const pending = db.prepare<[], PendingQueue>(
    `SELECT queue, count(*) AS messages, sum(count) AS lines FROM edition JOIN tally ON tally.edition = edition.id
     GROUP BY queue ORDER BY queue`,
  );

  return {
    queueMark: (queue) => readMark.get(queue) ?? null,
    markQueue: (queue, mark) => void writeMark.run({ name: queue, ...mark }),
    closeEdition: (queue, at, status, mark) => close(queue, at, status, mark),
    closedEditions: () =>
      closed.all().map(({ mailed, opened, counters, ...edition }): Edition => {
        const grown = Object.entries(JSON.parse(counters) as Record<string, number>);
        return { ...edition, since: mailed ?? opened, counters: new Map(grown) };
      }),
    rows: (edition) => rows.iterate(edition),
    page(edition, after, limit) {
      const { host, count, message } = after ?? BEFORE_ALL;
      return page.all({ edition, limit, host, count, message });
    },
    lettersOf: (queue) => ledger.lettersOf(queue),
    isKnown: (queue) => ledger.isKnown(queue),
    knownPage: (edition, queue, after, limit) => ledger.knownPage(edition, queue, after ?? BEFORE_ALL, limit),
    missingRows: (edition, queue) => ledger.missingRows(edition, queue),
    seal: sealer(db, ledger),
    pending: () => pending.all(),
  };
}

/** Stands before every row: counts are positive. */
const BEFORE_ALL: TallyRow = { host: '', count: 0, message: '', first: null, last: null };

/** How much each counter grew between two states of them (JSON). */
function growth(before: string, after: string): string {
  const old = JSON.parse(before) as Record<string, number>;
  const grown = Object.entries(JSON.parse(after) as Record<string, number>).map(
    ([name, value]) => [name, value - (old[name] ?? 0)] as const,
  );
  return JSON.stringify(Object.fromEntries(grown));
}

function sealer(db: Database.Database, ledger: Ledger): Store['seal'] {
  const addLetter = db.prepare(
    'INSERT INTO letter (queue, message_id, subject, sender, mime, sealed) VALUES (?, ?, ?, ?, ?, ?)',
  );
  const addRecipient = db.prepare(
    'INSERT OR IGNORE INTO recipient (letter, address, next_try) VALUES (?, ?, 0)',
  );
  const mailed = db.prepare('UPDATE queue SET mailed = ? WHERE name = ?');
  const emptyTally = db.prepare('DELETE FROM tally WHERE edition = ?');
  const dropEdition = db.prepare('DELETE FROM edition WHERE id = ?');
  return db.transaction((edition, letter, entry) => {
    if (entry) ledger.enter(edition, entry);
    if (letter) {
      const { queue, messageId, subject, from, mime, sealed } = letter;
      const id = addLetter.run(queue, messageId, subject, from, mime, sealed).lastInsertRowid;
      for (const address of letter.to) addRecipient.run(id, address);
      mailed.run(sealed, queue);
    }
    emptyTally.run(edition);
    dropEdition.run(edition);
  }) as Store['seal'];
}

/** A try that seems further off than any back-off (15 minutes) was set by a clock that has been put back since. */
const IS_DUE = "state = 'waiting' AND (next_try <= @now OR next_try > @now + 900000)";

/** Sealed letters and what became of each recipient. A letter goes when all have it; a refused one is kept. */
function outbox(
  db: Database.Database,
): Pick<Store, 'nextDue' | 'settleSent' | 'settleRefused' | 'settleRetry' | 'outbox'> {
  const nextDue = db.prepare<{ after: number; now: number }, LetterRow>(
    `SELECT * FROM letter WHERE id > @after AND EXISTS
       (SELECT 1 FROM recipient WHERE letter = letter.id AND ${IS_DUE}) ORDER BY id LIMIT 1`,
  );
  const recipients = db.prepare<{ id: number; now: number }, { address: string; attempts: number }>(
    `SELECT address, attempts FROM recipient WHERE letter = @id AND ${IS_DUE} ORDER BY address`,
  );
  const sent = db.prepare(
    "UPDATE recipient SET state = 'sent', last_error = NULL WHERE letter = ? AND address = ?",
  );
  const dropDelivered = db.prepare(
    "DELETE FROM letter WHERE id = ? AND NOT EXISTS (SELECT 1 FROM recipient WHERE letter = ? AND state <> 'sent')",
  );
  const refused = db.prepare(
    `UPDATE recipient SET state = 'refused', attempts = attempts + 1, last_error = ? WHERE letter = ? AND address = ?`,
  );
  const retry = db.prepare(
    `UPDATE recipient SET attempts = attempts + 1, last_error = ?, next_try = ? WHERE letter = ? AND address = ?`,
  );
  const list = db.prepare<[], OutboxSummary>(
    `SELECT id, queue, subject, sealed, address, state, attempts, next_try AS nextTry, last_error AS lastError
     FROM letter JOIN recipient ON letter = id WHERE state <> 'sent' ORDER BY id, address`,
  );
  const settleSent = db.transaction((letter: number, address: string) => {
    sent.run(letter, address);
    dropDelivered.run(letter, letter);
  });

  return {
    nextDue(now, after): OutboxLetter | null {
      const row = nextDue.get({ after, now });
      if (!row) return null;
      const { id, queue, sender, mime, sealed } = row;
      return {
        id,
        queue,
        messageId: row.message_id,
        from: sender,
        mime,
        sealed,
        recipients: recipients.all({ id, now }),
      };
    },
    settleSent: (letter, address) => settleSent(letter, address),
    settleRefused: (letter, address, reason) => void refused.run(reason, letter, address),
    settleRetry: (letter, address, reason, next) => void retry.run(reason, next, letter, address),
    outbox: () => list.all(),
  };
}

function facts(db: Database.Database): Pick<Store, 'facts' | 'setFact'> {
  const read = db.prepare<[], { name: string; value: string }>('SELECT name, value FROM fact');
  const write = db.prepare('REPLACE INTO fact (name, value) VALUES (?, ?)');
  return {
    facts: () => new Map(read.all().map(({ name, value }) => [name, value])),
    setFact: (name, value) => void write.run(name, value),
  };
}
