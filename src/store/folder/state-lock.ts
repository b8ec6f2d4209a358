import { join } from 'node:path';
import { openSqlite, SqliteError } from '../sqlite/open-sqlite.js';
import { makeFile } from './private-folder.js';

/** Held while a daemon uses a state folder; the system lets go of it when the process dies, however it dies. */
export interface StateLock {
  release(): void;
}

/** How long `isLocked` may be in the way (ms). */
const MOMENT = 200;

/**
 * Takes the state folder for this process, or returns null when another process has it.
 * An open exclusive transaction on a file of its own is the lock: no stale lock can remain, and the state itself
 * stays readable for others.
 */
export function lockState(folder: string): StateLock | null {
  const path = join(folder, 'lock');
  makeFile(path);
  const db = openSqlite(path, { timeout: MOMENT });
  try {
    db.exec('BEGIN EXCLUSIVE');
  } catch (error) {
    db.close();
    if (error instanceof SqliteError && error.code.startsWith('SQLITE_BUSY')) return null;
    throw error;
  }
  return { release: () => void db.close() };
}

/** Whether a daemon works with the state folder now. */
export function isLocked(folder: string): boolean {
  const db = openSqlite(join(folder, 'lock'), { timeout: 0, readonly: true });
  try {
    db.prepare('SELECT 1 FROM sqlite_schema').get();
    return false;
  } catch (error) {
    if (error instanceof SqliteError && error.code.startsWith('SQLITE_BUSY')) return true;
    throw error;
  } finally {
    db.close();
  }
}
