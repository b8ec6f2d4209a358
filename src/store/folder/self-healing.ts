import { closeSync, fsyncSync, openSync, renameSync, rmSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileIdOf } from '../../base/file-id.js';
import type { Sqlite } from '../sqlite/open-sqlite.js';
import type { Store } from '../store.js';
import { makeFile, makeFolder } from './private-folder.js';

/** The suffix of the new file while it is written. */
const NEW = '-new';

/** How to open the file again, and how to make the store of an open file. */
export interface Successor {
  open(): Sqlite;
  make(db: Sqlite): Store;
}

/** A store that restores its SQLite file if somebody deletes it. */
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
   * Restores a deleted file, with all content of the store: SQLite itself would continue in an unlinked file, which is gone
   * when the process ends. True if it restored anything. Throws if it cannot.
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

/** Device and inode of a SQLite file and its journal; null if it does not exist. */
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
 * Writes the content of an open connection to `path`, atomically. It deletes the journal first: SQLite would take a journal
 * of that name for a part of the new file, and deletes it by name when the old file is closed. Throws while another
 * process still reads the old file.
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

/** Removes an incomplete new file after a crash. */
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
