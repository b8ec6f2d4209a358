import { existsSync } from 'node:fs';
import { makeFile } from '../folder/private-folder.js';
import { SelfHealingStore } from '../folder/self-healing.js';
import type { Store } from '../store.js';
import { auditState } from './audit.js';
import { lookWithSqlite, openSqlite, type Sqlite } from './open-sqlite.js';
import { portsOf } from './ports-of.js';
import { type Refusal, refusalOf } from './refusal.js';
import { isCurrent, migrate, refuseDamaged, refuseReading, refuseState } from './schema.js';

/** `restore` brings back what was deleted of the file: true when it had to. */
export type OpenedStore = { readonly ok: true; readonly store: Store; restore(): boolean } | Refusal;

/** Rows are written and read in their order, so that a page is seldom needed twice: more (8 MB) was no quicker. */
const CACHE_KIB = 2048;

/**
 * So much is written to the log of changes (32 MB) before it goes into the file itself: on a backlog the same pages
 * change again and again, and are then written there once.
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

/** Looks at a file in a way that changes nothing: to open it for writing would already tidy it up. */
function refuseFile(path: string): string | null {
  const db = openSqlite(path, { readonly: true });
  try {
    const refusal = refuseState(db) ?? refuseDamaged(db);
    // An older one is looked at when it is brought to this version.
    if (refusal === null && isCurrent(db)) audit(path);
    return refusal;
  } finally {
    db.close();
  }
}

function audit(path: string): void {
  const db = lookWithSqlite(path);
  try {
    auditState(db, portsOf(db));
  } finally {
    db.close();
  }
}

/** Opens a state for writing, and brings it to this version. */
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
 * Opens the state only to look at it, while a daemon works with it or not: as it stands now, and until it is let go of.
 * Its methods that write throw.
 */
export function readSqliteStore(path: string): OpenedStore {
  let db: Sqlite | null = null;
  try {
    db = openSqlite(path, { readonly: true });
    db.exec('BEGIN'); // one look at all of it: an edition may be sealed while it is read
    const reason = refuseReading(db);
    if (reason === null) return { ok: true, store: portsOf(db), restore: () => false };
    db.close();
    return { ok: false, reason, forGood: true };
  } catch (error) {
    db?.close();
    return refusalOf(error);
  }
}

/** How long a command waits for the daemon to be through with a commit (ms). */
const MAX_COMMIT_WAIT = 10_000;

/**
 * Opens the state to put a letter into its outbox, while a daemon works with it or not: SQLite lets one at a time write,
 * and the other waits. Only of this version; nothing is brought to it.
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
