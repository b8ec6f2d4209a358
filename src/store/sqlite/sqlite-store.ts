import { existsSync } from 'node:fs';
import { makeFile } from '../folder/private-folder.js';
import { createSelfHealingStore } from '../folder/self-healing.js';
import type { Batch } from '../ports/checkpoints.js';
import type { QueueDefinition } from '../ports/queue-definitions.js';
import type { Store } from '../store.js';
import { archiveReader } from './archive.js';
import { auditState } from './audit.js';
import {
  columnDecoder,
  count,
  DamagedState,
  json,
  list,
  oneOf,
  orNull,
  rowDecoder,
  text,
  time,
  whole,
} from './decode.js';
import { editions } from './editions.js';
import { ledgerReader } from './ledger.js';
import { facts } from './meta.js';
import { openSqlite, type Sqlite, SqliteError } from './open-sqlite.js';
import { outbox } from './outbox.js';
import { resender } from './resend.js';
import { isCurrent, migrate, refuseDamaged, refuseReading, refuseState } from './schema.js';
import { selfMailReader, selfMailWriter } from './self-mail.js';
import { sqlSum } from './sql-counts.js';
import { queueDefinition } from './stored-definition.js';
import { tallyWriter } from './tally.js';
import { untaken } from './untaken.js';

export type OpenedStore =
  | { readonly ok: true; readonly store: Store; restore(): boolean }
  | {
      readonly ok: false;
      readonly reason: string;
      /** Whether it is the file itself that cannot be used, now or ever. */
      readonly forGood: boolean;
    };

/** Rows are written and read in their order, so that a page is seldom needed twice: more (8 MB) was no quicker. */
const CACHE_KIB = 2048;

/**
 * So much is written to the log of changes (32 MB) before it goes into the file itself: on a backlog the same pages
 * change again and again, and are then written there once.
 */
const CHECKPOINT_PAGES = 8000;

/**
 * Opens the state in SQLite (WAL; every commit is synced to disk, save those that need only survive a kill). `path` may be '' for a private temporary state.
 * A file that is damaged, newer or foreign is left as it is, and the reason is returned.
 */
export function openSqliteStore(path: string): OpenedStore {
  let db: Sqlite | null = null;
  try {
    const refusal = path === '' || !existsSync(path) ? null : refuseFile(path);
    if (refusal !== null) return { ok: false, reason: refusal, forGood: true };
    db = connect(path);
    if (path === '') return { ok: true, store: sqliteStore(db), restore: () => false };
    return {
      ok: true,
      ...createSelfHealingStore(path, db, { make: sqliteStore, open: () => connect(path) }),
    };
  } catch (error) {
    db?.close();
    return refusalOf(error);
  }
}

/** Looks at a file in a way that changes nothing: to open it for writing would already tidy it up. */
function refuseFile(path: string): string | null {
  const db = openSqlite(path, { readonly: true });
  try {
    const refusal = refuseState(db) ?? refuseDamaged(db);
    // An older one is looked at when it is brought to this version.
    if (refusal === null && isCurrent(db)) auditState(db, sqliteStore(db));
    return refusal;
  } finally {
    db.close();
  }
}

function connect(path: string): Sqlite {
  if (path !== '') makeFile(path);
  const db = openSqlite(path);
  try {
    db.exec('PRAGMA journal_mode = WAL');
    db.exec(`PRAGMA wal_autocheckpoint = ${CHECKPOINT_PAGES}`);
    db.exec('PRAGMA synchronous = FULL');
    db.exec('PRAGMA foreign_keys = ON');
    db.exec(`PRAGMA cache_size = -${CACHE_KIB}`);
    migrate(db, () => auditState(db, sqliteStore(db)));
    return db;
  } catch (error) {
    db.close();
    throw error;
  }
}

/** What SQLite says of a file that is not, or not any more, what it wrote. */
const DAMAGED = ['SQLITE_CORRUPT', 'SQLITE_NOTADB'];

function isDamage({ code }: InstanceType<typeof SqliteError>): boolean {
  return DAMAGED.some((damaged) => code.startsWith(damaged));
}

/** Why SQLite could not read a state, and what to do where that helps. */
export function describeSqliteError(error: InstanceType<typeof SqliteError>): string {
  return isDamage(error) ? `it is damaged (${error.message}); move it away to begin anew` : error.message;
}

function refusalOf(error: unknown): Extract<OpenedStore, { readonly ok: false }> {
  if (error instanceof DamagedState)
    return { ok: false, reason: `it is damaged (${error.what})`, forGood: true };
  if (error instanceof TypeError) return { ok: false, reason: error.message, forGood: false };
  if (!(error instanceof SqliteError)) throw error;
  const damaged = isDamage(error);
  return {
    ok: false,
    reason: damaged ? `it is damaged (${error.message})` : error.message,
    forGood: damaged,
  };
}

/**
 * Opens the state only to look at it, while a daemon works with it or not: as it stands now, and until it is let go of.
 * Its methods that write throw.
 */
export function readSqliteStore(path: string): OpenedStore {
  let db: Sqlite | null = null;
  try {
    db = openSqlite(path, { readonly: true, fileMustExist: true });
    db.exec('BEGIN'); // one look at all of it: an edition may be sealed while it is read
    const reason = refuseReading(db);
    if (reason === null) return { ok: true, store: sqliteStore(db), restore: () => false };
    db.close();
    return { ok: false, reason, forGood: true };
  } catch (error) {
    db?.close();
    return refusalOf(error);
  }
}

/** How long a command waits for the daemon to be through with a commit (ms). */
const LONGEST_COMMIT = 10_000;

/**
 * Opens the state to put a letter into its outbox, while a daemon works with it or not: SQLite lets one at a time write,
 * and the other waits. Only of this version; nothing is brought to it.
 */
export function openSqliteBeside(path: string): OpenedStore {
  let db: Sqlite | null = null;
  try {
    db = openSqlite(path, { fileMustExist: true, timeout: LONGEST_COMMIT });
    const reason = refuseReading(db);
    if (reason !== null) {
      db.close();
      return { ok: false, reason, forGood: true };
    }
    db.exec('PRAGMA synchronous = FULL');
    db.exec('PRAGMA foreign_keys = ON');
    return { ok: true, store: sqliteStore(db), restore: () => false };
  } catch (error) {
    db?.close();
    return refusalOf(error);
  }
}

function sqliteStore(db: Sqlite): Store {
  return {
    ...readingAndCounting(db),
    ...editions(db),
    ...definitions(db),
    ...outbox(db),
    ...facts(db),
    ...ledgerReader(db),
    ...archiveReader(db),
    resend: resender(db),
    ownMail: selfMailReader(db),
    end: () => void db.close(),
  };
}

/** Positions, tallies, counters and what the rules remember. */
function readingAndCounting(
  db: Sqlite,
): Pick<Store, 'positions' | 'memory' | 'counters' | 'commit' | 'wasProcessed'> {
  const writePosition = db.prepare(
    `REPLACE INTO position (path, device, inode, head, head_length, offset, stage, since, tail)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  );
  const forgetPosition = db.prepare('DELETE FROM position WHERE path = ? AND device = ? AND inode = ?');
  const addCounter = db.prepare(
    `INSERT INTO counter (name, value) VALUES (?, ?)
     ON CONFLICT DO UPDATE SET value = ${sqlSum('value', 'excluded.value')}`,
  );
  const remember = db.prepare('REPLACE INTO last_match (host, message, queues) VALUES (?, ?, ?)');
  const forgetMatch = db.prepare('DELETE FROM last_match WHERE host = ?');
  const writeHits = db.prepare('REPLACE INTO hits (rule, host, leftmost, count) VALUES (?, ?, ?, ?)');
  const clearHits = db.prepare('DELETE FROM hits WHERE rule = ? AND host = ?');
  const tally = tallyWriter(db);
  const { add: addUntaken } = untaken(db);
  const writeTaken = db.prepare('REPLACE INTO taken (source, batch) VALUES (@source, @id)');
  const findTaken = db.prepare('SELECT 1 FROM taken WHERE batch = ?');
  const keepOwn = selfMailWriter(db);
  const writeSynced = db.prepare("REPLACE INTO fact (name, value) VALUES ('synced', ?)");
  /** Something was committed that no power cut must find. */
  let unsynced = false;

  const commit = db.transaction((batch: Batch) => {
    tally(batch.at, batch.tally);
    for (const p of batch.forgotten) forgetPosition.run(p.path, p.device, p.inode);
    for (const p of batch.positions)
      writePosition.run(
        p.path,
        p.device,
        p.inode,
        p.head,
        p.headLength,
        p.offset,
        p.stage,
        p.since,
        p.tail ?? null,
      );
    for (const [host, match] of batch.memory.last)
      if (match) remember.run(host, match.message, JSON.stringify(match.queues));
      else forgetMatch.run(host);
    for (const { rule, host, leftmost, count } of batch.memory.hits)
      if (count > 0) writeHits.run(rule, host, leftmost, count);
      else clearHits.run(rule, host);
    for (const [name, amount] of batch.counters) addCounter.run(name, amount);
    if (batch.untaken) addUntaken(batch.untaken);
    if (batch.taken) writeTaken.run(batch.taken);
    if (batch.ownMail) keepOwn(batch.ownMail);
  });

  /** SQLite syncs what it writes: when there is nothing else, it is given something. */
  const commitSynced = db.transaction((batch: Batch) => {
    commit(batch);
    if (unsynced) writeSynced.run(String(batch.at));
  });

  /** In WAL a commit without a sync is safe from whatever befalls this process (sqlite.org, PRAGMA synchronous). */
  function commitUnsynced(batch: Batch): void {
    db.exec('PRAGMA synchronous = NORMAL');
    try {
      commit(batch);
    } finally {
      db.exec('PRAGMA synchronous = FULL');
    }
    unsynced = true;
  }

  return {
    ...readerOf(db),
    commit(batch, lasting = 'power-cut') {
      if (lasting === 'kill') return commitUnsynced(batch);
      commitSynced(batch);
      unsynced = false;
    },
    wasProcessed: (id) => findTaken.get(id) !== undefined,
  };
}

/** What a daemon begins with: where files stand, what rules remember, what was counted. */
function readerOf(db: Sqlite): Pick<Store, 'positions' | 'memory' | 'counters'> {
  const { name } = db;
  const positions = db.prepare<[], unknown>(
    `SELECT path, device, inode, head, head_length AS headLength, offset, stage, since, tail FROM position
     ORDER BY path, since`,
  );
  const position = rowDecoder(name, 'position', {
    path: text,
    device: text,
    inode: text,
    head: text,
    headLength: whole,
    offset: whole,
    stage: oneOf('live', 'rotated', 'copied', 'done'),
    since: time,
    tail: orNull(text),
  });
  const matches = db.prepare<[], unknown>('SELECT host, message, queues FROM last_match');
  const match = rowDecoder(name, 'last_match', { host: text, message: text, queues: json(list(text)) });
  const hits = db.prepare<[], unknown>('SELECT rule, host, leftmost, count FROM hits');
  const hit = rowDecoder(name, 'hits', { rule: text, host: text, leftmost: text, count });
  const counters = db.prepare<[], unknown>('SELECT name, value FROM counter');
  const counter = rowDecoder(name, 'counter', { name: text, value: count });
  return {
    positions: () =>
      positions
        .all()
        .map(position)
        .map(({ tail, ...rest }) => (tail === null ? rest : { ...rest, tail })),
    memory: () => ({
      last: matches
        .all()
        .map(match)
        .map(({ host, ...said }) => [host, said]),
      hits: hits.all().map(hit),
    }),
    counters: () =>
      new Map(
        counters
          .all()
          .map(counter)
          .map(({ name, value }) => [name, value]),
      ),
  };
}

function definitions(db: Sqlite): Pick<Store, 'definition' | 'define'> {
  const read = db.prepare<[string], unknown>('SELECT definition FROM queue WHERE name = ?').pluck();
  const decode = columnDecoder(db.name, 'queue.definition', orNull(json(queueDefinition)));
  const write = db.prepare(
    'UPDATE queue SET definition = @text WHERE name = @name AND definition IS NOT @text',
  );
  const define = db.transaction((queues: ReadonlyMap<string, QueueDefinition>) => {
    for (const [name, definition] of queues) write.run({ name, text: JSON.stringify(definition) });
  });
  return {
    definition: (queue) => decode(read.get(queue) ?? null),
    define: (queues) => define(queues),
  };
}
