import { type BigIntStats, statSync } from 'node:fs';

const ROOT = 0n;
const STICKY = 0o1000n;
const GROUP_WRITES = 0o020n;
const ALL_WRITE = 0o002n;

/**
 * Decides which files around a log may be read as parts of it. Otherwise whoever may write into a folder among the logs
 * could create a file with the name of a rotated log, and have its lines mailed as those of the log.
 */
export class Trust {
  readonly #owners: ReadonlySet<bigint>;
  readonly #own: Pick<BigIntStats, 'uid' | 'gid' | 'mode'> | null;

  /** `owner`: the user of the log; null where the log is not there. `folder`: the one in which the log lies. */
  constructor(owner: bigint | null, folder: string) {
    this.#own = folderStats(folder);
    this.#owners = new Set([ROOT, owner ?? this.#own?.uid ?? ROOT]);
  }

  /** Why a file is not read as a rotated one of the log; null: it belongs to the log's owner or to root. */
  refuse({ uid }: Pick<BigIntStats, 'uid'>): string | null {
    if (this.#owners.has(uid)) return null;
    return `it belongs to user ${uid}, neither the owner of the log nor root, so it is not read as a part of the log; chown it if it is one`;
  }

  /**
   * Whether only the log's owner, root, and users who may write into the log's own folder may write into a folder.
   * The latter could replace the log itself. With the sticky bit nobody can rename files of others, so the owner of
   * each file is enough.
   */
  maySearch(it: Pick<BigIntStats, 'uid' | 'gid' | 'mode'>): boolean {
    const own = this.#own;
    if (!own || !(this.#owners.has(it.uid) || it.uid === own.uid)) return false;
    if (it.mode & STICKY) return true;
    if (it.mode & ALL_WRITE) return (own.mode & (ALL_WRITE | STICKY)) === ALL_WRITE;
    return !(it.mode & GROUP_WRITES) || (it.gid === own.gid && (own.mode & GROUP_WRITES) !== 0n);
  }
}

function folderStats(path: string): BigIntStats | null {
  try {
    return statSync(path, { bigint: true });
  } catch {
    return null; // gone, or not ours to look into
  }
}
