import { statSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { SqliteError } from '../sqlite/error.js';
import { openSqlite } from '../sqlite/open-sqlite.js';
import { makeFile } from './private-folder.js';

/** Held while a daemon uses a state folder; the system releases it when the process dies, for any reason. */
export interface StateLock {
  release(): void;
}

/** How long `isLocked` may block the lock (ms). */
const MOMENT = 200;

/**
 * Locks the state folder for this process; null if another process has locked it. The lock is an open exclusive transaction
 * on a separate file: no stale lock can remain, and the state stays readable for others.
 */
export function lockState(folder: string): StateLock | null {
  const path = join(folder, 'lock');
  makeFile(path);
  const db = openSqlite(path, { timeout: MOMENT });
  try {
    db.exec('BEGIN EXCLUSIVE');
  } catch (error) {
    db.close();
    if (error instanceof SqliteError && error.kind === 'busy') return null;
    throw error;
  }
  return { release: () => void db.close() };
}

/** Notes that the daemon that holds the lock begins a turn: by the time of the file, since a write to the state is a sync. */
export function markAlive(folder: string): void {
  const now = new Date();
  try {
    utimesSync(join(folder, 'lock'), now, now);
  } catch {
    // a state that cannot be written is told where it is written; this alone is no reason to stop
  }
}

/** When the daemon that works with the state folder, or was the last, began a turn (ms); null: that is not known. */
export function lastAlive(folder: string): number | null {
  const stats = statSync(join(folder, 'lock'), { throwIfNoEntry: false });
  return stats ? Math.floor(stats.mtimeMs) : null;
}

/** Whether a daemon uses the state folder now. */
export function isLocked(folder: string): boolean {
  const db = openSqlite(join(folder, 'lock'), { timeout: 0, readonly: true });
  try {
    db.exec('SELECT 1 FROM sqlite_schema');
    return false;
  } catch (error) {
    if (error instanceof SqliteError && error.kind === 'busy') return true;
    throw error;
  } finally {
    db.close();
  }
}
