import { type BigIntStats, type Dirent, lstatSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { codeOf } from '../../base/errors.js';
import { fileIdOf } from '../../base/file-id.js';
import { isMissing } from '../is-missing.js';

/** The names in a folder at one moment. */
export interface Listing {
  /** Paths of plain files whose names begin with `prefix`. */
  startingWith(prefix: string): string[];
  /** The folders in it; links are none. */
  folders(): readonly ListedFolder[];
  /** The path of the plain file with this device and inode; null: there is none. */
  findInode(identity: string): string | null;
}

/** A folder in a listing. */
export interface ListedFolder {
  readonly path: string;
  readonly stats: BigIntStats;
}

/**
 * Lists folders for all files of a poll together: a listing is made after it was asked for, and all who ask in the same
 * turn of the event loop share it. So 2,000 logs of one folder cost a few listings, not 2,000.
 */
export class FolderListings {
  readonly #asked = new Map<string, Promise<Listing>>();

  /**
   * Lists the names as they are some time after the call; none, if the folder is gone or may not be read. Rejects when
   * the system cannot list it, for example without a free descriptor.
   */
  list(folder: string): Promise<Listing> {
    const asked = this.#asked.get(folder);
    if (asked) return asked;
    const listing = setImmediate().then(() => {
      this.#asked.delete(folder);
      return read(folder);
    });
    this.#asked.set(folder, listing);
    return listing;
  }
}

function read(folder: string): Listing {
  const [files, folders]: [string[], string[]] = [[], []];
  for (const dirent of direntsOf(folder)) {
    if (dirent.isFile()) files.push(dirent.name);
    else if (dirent.isDirectory()) folders.push(join(folder, dirent.name));
  }
  files.sort();
  let inodes: ReadonlyMap<string, string> | null = null;
  let listed: ListedFolder[] | null = null;
  return {
    startingWith(prefix) {
      const found: string[] = [];
      for (let at = firstFrom(files, prefix); files[at]?.startsWith(prefix); at++)
        found.push(join(folder, files[at] ?? ''));
      return found;
    },
    folders() {
      listed ??= folders.flatMap(listedFolder);
      return listed;
    },
    findInode(identity) {
      inodes ??= inodesOf(files.map((name) => join(folder, name)));
      return inodes.get(identity) ?? null;
    },
  };
}

function direntsOf(folder: string): Dirent[] {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch (error) {
    if (isMissing(error) || isForbidden(error)) return []; // nothing can be found in there
    throw error;
  }
}

/** None where it is gone, or something else has taken its name. */
function listedFolder(path: string): ListedFolder[] {
  try {
    const stats = lstatSync(path, { bigint: true });
    return stats.isDirectory() ? [{ path, stats }] : [];
  } catch {
    return [];
  }
}

function isForbidden(error: unknown): boolean {
  return ['EACCES', 'EPERM'].includes(String(codeOf(error)));
}

/** The index of the first name that is not before this one. */
function firstFrom(names: readonly string[], name: string): number {
  let [low, high] = [0, names.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((names[middle] ?? '') < name) low = middle + 1;
    else high = middle;
  }
  return low;
}

function inodesOf(paths: readonly string[]): Map<string, string> {
  const found = new Map<string, string>();
  for (const path of paths)
    try {
      found.set(fileIdOf(lstatSync(path, { bigint: true })), path);
    } catch {
      // gone between readdir and lstat
    }
  return found;
}
