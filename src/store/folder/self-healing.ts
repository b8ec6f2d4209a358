import { closeSync, fsyncSync, openSync, renameSync, rmSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileIdOf } from '../../base/file-id.js';
import type { Sqlite } from '../sqlite/open-sqlite.js';
import type { Store } from '../store.js';
import { makeFile, makeFolder } from './private-folder.js';

/** What lies beside the file while it is made anew. */
const NEW = '-new';

/** How the file is opened again, and how the store of an open file is made. */
export interface Successor {
  open(): Sqlite;
  make(db: Sqlite): Store;
}

/** A store whose SQLite file is brought back when somebody deletes it. */
export class SelfHealingStore {
  /** The same object before and after a restoration. */
  readonly store: Store;
  readonly #path: string;
  readonly #successor: Successor;
  #db: Sqlite;
  /** The store of `#db`. */
  #inner: Store;
  #known: Files;

  /** `db`: the file at `path`, opened. */
  constructor(path: string, db: Sqlite, successor: Successor) {
    this.#path = path;
    this.#successor = successor;
    this.#db = db;
    this.#inner = successor.make(db);
    this.#known = filesAt(path);
    this.store = new Proxy(this.#inner, { get: (_, name): unknown => Reflect.get(this.#inner, name) });
  }

  /**
   * Brings back what was deleted of the file, with all that the store knows: SQLite itself would go on in a file
   * without a name, which is gone when the process ends. True when it had to. Throws when it cannot.
   */
  restore(): boolean {
    const found = filesAt(this.#path);
    if (this.#db.open && found.main === this.#known.main && found.wal === this.#known.wal) return false;
    if (this.#db.open) {
      if (found.main !== null && found.main !== this.#known.main)
        throw new Error(`another file was put in the place of ${this.#path}; move it away`);
      copy(this.#db, this.#path);
      this.#db.close();
    }
    this.#db = this.#successor.open();
    this.#inner = this.#successor.make(this.#db);
    this.#known = filesAt(this.#path);
    return true;
  }
}

/** Device and inode of what lies at the names of a SQLite file and its journal; null where nothing does. */
interface Files {
  readonly main: string | null;
  readonly wal: string | null;
}

function filesAt(path: string): Files {
  return { main: identityOf(path), wal: identityOf(`${path}-wal`) };
}

function identityOf(path: string): string | null {
  const stats = statSync(path, { bigint: true, throwIfNoEntry: false });
  return stats ? fileIdOf(stats) : null;
}

/**
 * Writes all that an open connection sees to `path`: at once, or not at all. Its journal is deleted before: SQLite would
 * take one of that name for a part of the new file, and deletes it by its name whenever the old file is closed at last.
 * Throws while somebody else still reads the old file.
 */
function copy(db: Sqlite, path: string): void {
  const draft = `${path}${NEW}`;
  makeFolder(dirname(path));
  removeDraft(path);
  try {
    makeFile(draft);
    db.prepare('VACUUM INTO ?').run(draft);
    sync(draft);
    db.exec('PRAGMA journal_mode = MEMORY');
    renameSync(draft, path);
  } catch (error) {
    removeDraft(path);
    throw error;
  }
  sync(dirname(path));
}

/** Removes what a crash left half made. */
export function removeDraft(path: string): void {
  rmSync(`${path}${NEW}`, { force: true });
  rmSync(`${path}${NEW}-journal`, { force: true });
}

function sync(path: string): void {
  const fd = openSync(path, 'r');
  try {
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
}
