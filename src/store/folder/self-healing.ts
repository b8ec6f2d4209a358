import { closeSync, fsyncSync, openSync, renameSync, rmSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileIdOf } from '../../base/file-id.js';
import type { Sqlite } from '../sqlite/open-sqlite.js';
import type { Store } from '../store.js';
import { makeFile, makeFolder } from './private-folder.js';

/** A store whose file is brought back when somebody deletes it. */
export interface SelfHealingStore {
  readonly store: Store;
  /**
   * Brings back what was deleted of the file, with all that the store knows: SQLite itself would go on in a file
   * without a name, which is gone when the process ends. True when it had to. Throws when it cannot.
   */
  restore(): boolean;
}

/** What lies beside the file while it is made anew. */
const NEW = '-new';

/** Makes a store of the SQLite file at `path`, where `db` is open; `make` and `open` are used again for its successor. */
export function createSelfHealingStore(
  path: string,
  db: Sqlite,
  { make, open }: { make(db: Sqlite): Store; open(): Sqlite },
): SelfHealingStore {
  let current = db;
  let inner = make(db);
  let known = filesAt(path);

  function moveIn(next: Sqlite): void {
    current = next;
    inner = make(next);
    known = filesAt(path);
  }

  return {
    store: new Proxy(inner, { get: (_, name): unknown => Reflect.get(inner, name) }),
    restore() {
      const found = filesAt(path);
      if (current.open && found.main === known.main && found.wal === known.wal) return false;
      if (current.open) {
        if (found.main !== null && found.main !== known.main)
          throw new Error(`another file was put in the place of ${path}; move it away`);
        copy(current, path);
        current.close(); // takes the old names of its other files with it, so only then comes the new one
      }
      moveIn(open());
      return true;
    },
  };
}

/** Device and inode of what lies at the names of a SQLite file and its journal; null where nothing does. */
function filesAt(path: string): { readonly main: string | null; readonly wal: string | null } {
  return { main: identityOf(path), wal: identityOf(`${path}-wal`) };
}

function identityOf(path: string): string | null {
  const stats = statSync(path, { bigint: true, throwIfNoEntry: false });
  return stats ? fileIdOf(stats) : null;
}

/** Writes all that an open connection sees to `path`: at once, or not at all. */
function copy(db: Sqlite, path: string): void {
  const draft = `${path}${NEW}`;
  makeFolder(dirname(path));
  removeDraft(path);
  try {
    makeFile(draft);
    db.prepare('VACUUM INTO ?').run(draft);
    sync(draft);
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
