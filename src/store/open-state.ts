import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { openSqliteStore } from './sqlite-store.js';
import { lockState } from './state-lock.js';
import type { Store } from './store.js';

export type OpenedState =
  | { readonly ok: true; readonly store: Store; release(): void }
  | { readonly ok: false; readonly reason: string };

/** Opens the state of a folder for a daemon: it alone may write. What cannot be used is left as it is. */
export function openState(folder: string): OpenedState {
  const file = join(folder, 'tayori.db');
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    const lock = lockState(folder);
    if (!lock)
      return {
        ok: false,
        reason: `another tayori works with ${folder}; stop it, or set another state folder`,
      };
    const opened = openSqliteStore(file);
    if (opened.ok) return { ok: true, store: opened.store, release: () => lock.release() };
    lock.release();
    return {
      ok: false,
      reason: `the state ${file} cannot be used: ${opened.reason}; move it away to begin anew`,
    };
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    return { ok: false, reason: `the state folder ${folder} cannot be used: ${why}` };
  }
}
