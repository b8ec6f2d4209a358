import { existsSync } from 'node:fs';
import { makeFile } from '../folder/private-folder.js';
import { SelfHealingStore } from '../folder/self-healing.js';
import type { Store } from '../store.js';
import { auditState } from './audit.js';
import { openAttached, openSqlite, type Sqlite } from './open-sqlite.js';
import { portsOf } from './ports-of.js';
import { type Refusal, refusalOf } from './refusal.js';
import { shadowRuns } from './run-merging.js';
import { isCurrent, migrate, refuseDamaged, refuseReading, refuseState } from './schema.js';

/** `restore` brings back what was deleted of the file: true when it had to. */
export type OpenedStore = { readonly ok: true; readonly store: Store; restore(): boolean } | Refusal;

/** Rows are written and read in order, so a page is seldom needed twice: 8 MB was no faster. */
const CACHE_KIB = 2048;

/**
 * Pages in the WAL (32 MB) before a checkpoint: on a backlog the same pages change again and again, and are then written to
 * the file only once.
 */
const CHECKPOINT_PAGES = 8000;

/**
 * Opens the state in SQLite (WAL; every commit is synced to disk, save those that need only survive a kill). `path` may
 * be '' for a private temporary state. A file that is damaged, newer or foreign is left as it is, and the reason is returned.
 */
export function openSqliteStore(path: string): OpenedStore {
  let db: Sqlite | null = null;
  try {
    const refusal = path === '' || !existsSync(path) ? null : refuseFile(path);
    if (refusal !== null) return { ok: false, reason: refusal, forGood: true };
    db = connectState(path);
    if (path === '') return { ok: true, store: portsOf(db), restore: () => false };
    const healing = new SelfHealingStore(path, db, { make: portsOf, open: () => connectState(path) });
    return { ok: true, store: healing.store, restore: () => healing.restore() };
  } catch (error) {
    db?.close();
    return refusalOf(error);
  }
}

/** Checks a file without changing it: opening it for writing would already recover the WAL. */
function refuseFile(path: string): string | null {
  const db = openSqlite(path, { readonly: true });
  try {
    const refusal = refuseState(db) ?? refuseDamaged(db);
    // An older one is audited after its migration.
    if (refusal === null && isCurrent(db)) audit(path);
    return refusal;
  } finally {
    db.close();
  }
}

function audit(path: string): void {
  const db = openAttached(path);
  try {
    auditState(db, portsOf(db));
  } finally {
    db.close();
  }
}

/** Opens a state for writing, and migrates it to this version. */
export function connectState(path: string): Sqlite {
  if (path !== '') makeFile(path);
  const db = openSqlite(path);
  try {
    db.exec('PRAGMA journal_mode = WAL');
    db.exec(`PRAGMA wal_autocheckpoint = ${CHECKPOINT_PAGES}`);
    db.exec('PRAGMA synchronous = FULL');
    db.exec('PRAGMA foreign_keys = ON');
    db.exec(`PRAGMA cache_size = -${CACHE_KIB}`);
    migrate(db, () => auditState(db, portsOf(db)));
    return db;
  } catch (error) {
    db.close();
    throw error;
  }
}

/**
 * Opens the state read-only, whether a daemon uses it or not: a snapshot until it is closed. Methods that write throw.
 */
export function readSqliteStore(path: string): OpenedStore {
  let db: Sqlite | null = null;
  try {
    db = openSqlite(path, { readonly: true });
    db.exec('BEGIN'); // one snapshot: an edition may be sealed while it is read
    const reason = refuseReading(db);
    if (reason === null) {
      shadowRuns(db);
      return { ok: true, store: portsOf(db), restore: () => false };
    }
    db.close();
    return { ok: false, reason, forGood: true };
  } catch (error) {
    db?.close();
    return refusalOf(error);
  }
}

/** How long a command waits for a commit of the daemon (ms). */
const MAX_COMMIT_WAIT = 10_000;

/**
 * Opens the state to put a letter into its outbox, whether a daemon uses it or not: SQLite lets one writer in at a time. The
 * state must be of this version; it is not migrated.
 */
export function openSqliteBeside(path: string): OpenedStore {
  let db: Sqlite | null = null;
  try {
    db = openSqlite(path, { mustExist: true, timeout: MAX_COMMIT_WAIT });
    const reason = refuseReading(db);
    if (reason !== null) {
      db.close();
      return { ok: false, reason, forGood: true };
    }
    db.exec('PRAGMA synchronous = FULL');
    db.exec('PRAGMA foreign_keys = ON');
    return { ok: true, store: portsOf(db), restore: () => false };
  } catch (error) {
    db?.close();
    return refusalOf(error);
  }
}
