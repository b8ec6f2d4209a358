import { accessSync, constants, existsSync } from 'node:fs';
import { join } from 'node:path';
import { reasonOf } from '../base/errors.js';
import type { ExitCode, Io } from '../base/process/io.js';
import { escapeControl } from '../base/text/escape.js';
import type { Config } from '../config/config.js';
import { configPath, loadResult } from '../config/load-config.js';
import { renderFault } from '../config/read/fault.js';
import { isMissing } from '../source/is-missing.js';
import { defaultStateFolder, SYSTEM_FOLDER } from '../store/folder/state-folder.js';
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

/** What a command goes by. */
export interface Located {
  /** Of the config. */
  readonly path: string;
  /** null: it has a fault, which has been told. */
  readonly config: Config | null;
  /** Its first fault, with its place; null: it has none. */
  readonly fault: string | null;
  /** Of the state. */
  readonly folder: string;
}

/**
 * Reads the config that was asked for, or the one that is found, to know the state that belongs to it: also with a fault
 * in it, for the daemon may still run with what it was before. null, and told: it cannot be read at all.
 */
export function locateState(asked: string | undefined, io: Io): Located | null {
  const path = configPath(asked);
  const result = loadResult(path, io, 'errors');
  const config = result.ok ? result.config : null;
  const named = result.ok ? result.config.state.value : result.state;
  if (asked !== undefined && !result.ok && !result.isRead) return null; // nobody knows which state it names
  const fault = result.ok ? undefined : result.faults.find(({ severity }) => severity === 'error');
  return {
    path,
    config,
    fault: fault ? renderFault(fault) : null,
    folder: named ?? defaultStateFolder(io.env),
  };
}

/**
 * Opens the state that a config names only to look at it, whether the daemon runs or not, and closes it behind the work.
 * What hinders that, be it at first or in the midst of it, is told; then 1.
 */
export async function withState(
  { path, folder }: Pick<Located, 'path' | 'folder'>,
  io: Io,
  work: (state: ReadState) => ExitCode | Promise<ExitCode>,
): Promise<ExitCode> {
  const file = join(folder, 'tayori.db');
  const hindrance = hindranceOf(file);
  if (hindrance?.kind === 'denied')
    return refuse(`the state in ${folder} is not for this user to see (${hindrance.reason}); ${WHO}`, io);
  if (hindrance?.kind === 'absent') return refuse(describeAbsence(folder, path), io);
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

const WHO = 'run this as root, or as the user that tayori runs as';

function hindranceOf(
  file: string,
): { readonly kind: 'absent' } | { readonly kind: 'denied'; readonly reason: string } | null {
  try {
    accessSync(file, constants.R_OK);
    return null;
  } catch (error) {
    return isMissing(error) ? { kind: 'absent' } : { kind: 'denied', reason: reasonOf(error) };
  }
}

/** Whoever may not write the system's folder has one of its own, and the service's may be there all the same. */
function describeAbsence(folder: string, config: string): string {
  const start = `tayori has not been started with ${config} yet: there is no state in ${folder}`;
  return folder !== SYSTEM_FOLDER && existsSync(SYSTEM_FOLDER)
    ? `${start}; if it runs as a service with the state in ${SYSTEM_FOLDER}, ${WHO}`
    : start;
}

function refuse(reason: string, io: Io): ExitCode {
  io.stderr.write(`${escapeControl(`tayori: ${reason}`)}\n`);
  return 1;
}
