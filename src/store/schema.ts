import type Database from 'better-sqlite3';

/** Marks a SQLite file as tayori's state: "tayo" in ASCII. */
const APPLICATION_ID = 0x7461796f;

/**
 * One step a version, applied in order to a state file that is older. Released steps never change.
 * Times are ms since 1970. An edition is one letter's worth of a queue: open while it is counted into, closed when
 * the letter is due, gone when that letter is sealed into the outbox. `queue.counters` is what the counters were when
 * its last edition was closed, `edition.counters` how much they grew up to its own closing (both JSON).
 */
const MIGRATIONS = [
  `CREATE TABLE position (
     path TEXT NOT NULL, device TEXT NOT NULL, inode TEXT NOT NULL,
     head TEXT NOT NULL, head_length INTEGER NOT NULL, offset INTEGER NOT NULL, retired INTEGER NOT NULL,
     PRIMARY KEY (path, device, inode)
   ) WITHOUT ROWID;
   CREATE TABLE queue (
     name TEXT PRIMARY KEY, schedule TEXT NOT NULL, due_after INTEGER NOT NULL, mailed INTEGER NOT NULL,
     counters TEXT NOT NULL
   ) WITHOUT ROWID;
   CREATE TABLE edition (
     id INTEGER PRIMARY KEY AUTOINCREMENT, queue TEXT NOT NULL, opened INTEGER NOT NULL,
     closed INTEGER, status TEXT, counters TEXT
   );
   CREATE UNIQUE INDEX open_edition ON edition (queue) WHERE closed IS NULL;
   CREATE TABLE tally (
     edition INTEGER NOT NULL, host TEXT NOT NULL, message TEXT NOT NULL, count INTEGER NOT NULL,
     first INTEGER, last INTEGER,
     PRIMARY KEY (edition, host, message)
   ) WITHOUT ROWID;
   CREATE TABLE letter (
     id INTEGER PRIMARY KEY AUTOINCREMENT, queue TEXT NOT NULL, message_id TEXT NOT NULL, subject TEXT NOT NULL,
     sender TEXT NOT NULL, mime BLOB NOT NULL, sealed INTEGER NOT NULL
   );
   CREATE TABLE recipient (
     letter INTEGER NOT NULL REFERENCES letter (id) ON DELETE CASCADE, address TEXT NOT NULL,
     state TEXT NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'sent', 'refused')),
     attempts INTEGER NOT NULL DEFAULT 0, next_try INTEGER NOT NULL, last_error TEXT,
     PRIMARY KEY (letter, address)
   ) WITHOUT ROWID;
   CREATE TABLE last_match (host TEXT PRIMARY KEY, message TEXT NOT NULL, queues TEXT NOT NULL) WITHOUT ROWID;
   CREATE TABLE hits (
     rule TEXT NOT NULL, host TEXT NOT NULL, leftmost TEXT NOT NULL, count INTEGER NOT NULL,
     PRIMARY KEY (rule, host)
   ) WITHOUT ROWID;
   CREATE TABLE counter (name TEXT PRIMARY KEY, value INTEGER NOT NULL) WITHOUT ROWID;`,
  // What `status` tells: since when is counted, and which daemon works with this state.
  'CREATE TABLE fact (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID',
  // What was in earlier letters: `letters` is [[letter, count], ...] (JSON), `latest` the last of them.
  `ALTER TABLE queue ADD COLUMN letters INTEGER NOT NULL DEFAULT 0;
   CREATE TABLE ledger (
     queue TEXT NOT NULL, hash BLOB NOT NULL, host TEXT NOT NULL, text TEXT NOT NULL,
     first INTEGER NOT NULL, last INTEGER NOT NULL, latest INTEGER NOT NULL, letters TEXT NOT NULL,
     PRIMARY KEY (queue, hash, host)
   ) WITHOUT ROWID;
   CREATE INDEX ledger_latest ON ledger (queue, latest);
   CREATE INDEX ledger_last ON ledger (last);`,
];

const SCHEMA_VERSION = MIGRATIONS.length;

/** Why an open file cannot be used as state, or null when it can. Only reads: what is not ours stays as it is. */
export function refuseState(db: Database.Database): string | null {
  const version = versionOf(db);
  const owner = Number(db.pragma('application_id', { simple: true }));
  if (owner !== APPLICATION_ID && !isEmpty(db)) return 'it is a SQLite file of another program';
  if (version > SCHEMA_VERSION)
    return `it was written by a newer tayori (state version ${version}, this one knows ${SCHEMA_VERSION})`;
  return null;
}

/** Why a file cannot be read as it stands, without being brought to this version; null when it can. */
export function refuseReading(db: Database.Database): string | null {
  if (versionOf(db) < SCHEMA_VERSION) return 'it was written by an older tayori; start this one once';
  return refuseState(db);
}

/** Brings a state file that may be used to this version. */
export function migrate(db: Database.Database): void {
  db.transaction(() => {
    for (const step of MIGRATIONS.slice(versionOf(db))) db.exec(step);
    db.pragma(`application_id = ${APPLICATION_ID}`);
    db.pragma(`user_version = ${SCHEMA_VERSION}`);
  })();
}

function versionOf(db: Database.Database): number {
  return Number(db.pragma('user_version', { simple: true }));
}

function isEmpty(db: Database.Database): boolean {
  return db.prepare('SELECT 1 FROM sqlite_schema LIMIT 1').get() === undefined;
}
