import { accessSync, constants, statSync } from 'node:fs';
import { join } from 'node:path';
import { reasonOf } from '../../base/errors.js';
import { fileIdOf } from '../../base/file-id.js';
import { NotLoadable } from '../sqlite/not-loadable.js';
import { openSqliteStore } from '../sqlite/sqlite-store.js';
import type { Store } from '../store.js';
import { makePrivate } from './private-folder.js';
import { removeDraft } from './self-healing.js';
import { lockState, markAlive, type StateLock } from './state-lock.js';

export type OpenedState =
  | {
      readonly ok: true;
      readonly store: Store;
      /**
       * Checks that the state still exists where it was opened, and restores what somebody deleted: true if it restored
       * anything. Throws if it cannot, or if another process has taken the folder.
       */
      heal(): boolean;
      release(): void;
    }
  | { readonly ok: false; readonly reason: string };

/** Opens the state of a folder for a daemon, with the exclusive right to write. A state that cannot be used is not changed. */
export function openState(folder: string): OpenedState {
  const file = join(folder, 'tayori.db');
  let held: HeldFolder | null = null;
  try {
    makePrivate(folder);
    accessSync(folder, constants.W_OK); // gives a clearer error than SQLite
    const ours = HeldFolder.hold(folder);
    if (!ours) return { ok: false, reason: heldByAnother(folder) };
    held = ours;
    removeDraft(file);
    const opened = openSqliteStore(file);
    if (opened.ok)
      return {
        ok: true,
        store: opened.store,
        heal() {
          ours.relock();
          return opened.restore();
        },
        release: () => ours.release(),
      };
    ours.release();
    const advice = opened.forGood ? '; move it away to begin anew' : '';
    return { ok: false, reason: `the state ${file} cannot be used: ${opened.reason}${advice}` };
  } catch (error) {
    held?.release();
    const why = reasonOf(error);
    return {
      ok: false,
      reason: error instanceof NotLoadable ? why : `the state folder ${folder} cannot be used: ${why}`,
    };
  }
}

/** A state folder that this process has locked. */
class HeldFolder {
  readonly #folder: string;
  #lock: StateLock;
  #known: string | null;

  private constructor(folder: string, lock: StateLock) {
    this.#folder = folder;
    this.#lock = lock;
    this.#known = inodeOf(folder);
  }

  /** null: another process has locked it. */
  static hold(folder: string): HeldFolder | null {
    const lock = lockState(folder);
    return lock && new HeldFolder(folder, lock);
  }

  /** Marks its process as alive, and locks again if the lock file was deleted; throws if another process was faster. */
  relock(): void {
    const folder = this.#folder;
    if (inodeOf(folder) === this.#known) return markAlive(folder);
    makePrivate(folder);
    const next = lockState(folder);
    if (!next) throw new Error(heldByAnother(folder));
    this.#lock.release();
    this.#lock = next;
    this.#known = inodeOf(folder);
  }

  release(): void {
    this.#lock.release();
  }
}

function heldByAnother(folder: string): string {
  return `another tayori works with ${folder}; stop it, or set another state folder`;
}

function inodeOf(folder: string): string | null {
  const stats = statSync(join(folder, 'lock'), { bigint: true, throwIfNoEntry: false });
  return stats ? fileIdOf(stats) : null;
}
