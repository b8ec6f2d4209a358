import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { DamagedState } from '../../store/sqlite/decode.js';
import { SqliteError } from '../../store/sqlite/error.js';
import { readSqliteStore } from '../../store/sqlite/sqlite-store.js';
import { NOTHING_REMEMBERED, type Remembered } from './bench.js';

/** What the state in a folder remembers, or nothing, and why. */
export function recall(folder: string): { readonly remembered: Remembered; readonly trouble: string | null } {
  const file = join(folder, 'tayori.db');
  if (!existsSync(file)) return forget(`there is no state in ${folder} that this user can see`);
  const opened = readSqliteStore(file);
  if (!opened.ok) return forget(`the state in ${folder} cannot be read: ${opened.reason}`);
  try {
    const { store } = opened;
    return { remembered: { ruleState: store.ruleState(), timedKeys: store.timedKeys() }, trouble: null };
  } catch (error) {
    if (error instanceof DamagedState || error instanceof SqliteError)
      return forget(`the state in ${folder} cannot be read: ${error.message}`);
    throw error;
  } finally {
    opened.store.end();
  }
}

function forget(why: string): { readonly remembered: Remembered; readonly trouble: string } {
  return {
    remembered: NOTHING_REMEMBERED,
    trouble: `${why}; windows and throttles are shown as if no line had come yet`,
  };
}
