import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { ExitCode, Io } from '../base/process/io.js';
import { escapeControl } from '../base/text/escape.js';
import type { Config } from '../config/config.js';
import { defaultStateFolder } from '../store/folder/state-folder.js';
import { DamagedState } from '../store/sqlite/decode.js';
import { SqliteError } from '../store/sqlite/error.js';
import { describeSqliteError } from '../store/sqlite/refusal.js';
import { readSqliteStore } from '../store/sqlite/sqlite-store.js';
import type { Store } from '../store/store.js';

/** A state that is open for reading, and its folder. */
export interface ReadState {
  readonly store: Store;
  readonly folder: string;
}

/**
 * Opens the state that a config names, or (null) the default one, for reading, whether the daemon runs or not, and
 * closes it after the work. Prints why the state cannot be read, at first or during the work, and returns 1.
 */
export async function withState(
  config: Config | null,
  io: Io,
  work: (state: ReadState) => ExitCode | Promise<ExitCode>,
): Promise<ExitCode> {
  const folder = config?.state.value ?? defaultStateFolder(io.env);
  const file = join(folder, 'tayori.db');
  if (!existsSync(file)) {
    io.stderr.write(
      `tayori: no state in ${folder} that this user may read; run it as the user that tayori runs as, or name its config with -c\n`,
    );
    return 1;
  }
  const opened = readSqliteStore(file);
  if (!opened.ok) return refuse(`the state ${file} cannot be read: ${opened.reason}`, io);
  try {
    return await work({ store: opened.store, folder });
  } catch (error) {
    if (error instanceof DamagedState) return refuse(error.message, io);
    if (error instanceof SqliteError)
      return refuse(`the state ${file} cannot be read: ${describeSqliteError(error)}`, io);
    throw error;
  } finally {
    opened.store.end();
  }
}

function refuse(reason: string, io: Io): ExitCode {
  io.stderr.write(`${escapeControl(`tayori: ${reason}`)}\n`);
  return 1;
}
