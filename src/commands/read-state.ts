import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Config } from '../config/config.js';
import { readSqliteStore } from '../store/sqlite-store.js';
import { defaultStateFolder } from '../store/state-folder.js';
import type { Store } from '../store/store.js';
import type { Io } from './io.js';

/** A state that is open to be looked at, and where it lies. */
export interface ReadState {
  readonly store: Store;
  readonly folder: string;
}

/**
 * Opens the state that a config names, or (null) the default one, only to look at it, whether the daemon runs or not.
 * What hinders that is told; then null. Whoever asked ends the store.
 */
export function readState(config: Config | null, io: Io): ReadState | null {
  const folder = config?.state.value ?? defaultStateFolder(io.env);
  const file = join(folder, 'tayori.db');
  if (!existsSync(file)) {
    io.stderr.write(
      `tayori: no state in ${folder} that this user may see; run it as the user that tayori runs as, or name its config with -c\n`,
    );
    return null;
  }
  const opened = readSqliteStore(file);
  if (opened.ok) return { store: opened.store, folder };
  io.stderr.write(`tayori: the state ${file} cannot be read: ${opened.reason}\n`);
  return null;
}
