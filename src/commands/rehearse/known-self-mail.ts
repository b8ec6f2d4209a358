import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { FleetMark } from '../../mail/fleet-mark.js';
import type { SelfMailId } from '../../mail/self-mail.js';
import { DamagedState } from '../../store/sqlite/decode.js';
import { SqliteError } from '../../store/sqlite/error.js';
import { readSqliteStore } from '../../store/sqlite/sqlite-store.js';

export interface KnownSelfMail {
  readonly selfMail: readonly SelfMailId[];
  /** By which letters of the fleet are known; null: the node is in none. */
  readonly fleet: FleetMark | null;
  /** Why they are not known; null: they are, or there is no state. */
  readonly trouble: string | null;
}

/** A log of last year is rehearsed as well (ms). */
const ANY_AGE = Number.POSITIVE_INFINITY;

/** The ids of past letters by the state in a folder: lines about them are no lines of the log to the daemon. */
export function knownSelfMail(folder: string): KnownSelfMail {
  const file = join(folder, 'tayori.db');
  if (!existsSync(file)) return { selfMail: [], fleet: null, trouble: null };
  const opened = readSqliteStore(file);
  if (!opened.ok) return unknown(folder, opened.reason);
  try {
    const { fleetSecret } = opened.store.meta();
    const fleet = fleetSecret === null ? null : new FleetMark(fleetSecret, ANY_AGE);
    return { selfMail: opened.store.selfMail(), fleet, trouble: null };
  } catch (error) {
    if (error instanceof DamagedState || error instanceof SqliteError) return unknown(folder, error.message);
    throw error;
  } finally {
    opened.store.end();
  }
}

function unknown(folder: string, reason: string): KnownSelfMail {
  const trouble = `The state in ${folder} cannot be read (${reason}), so lines about letters of tayori count as any others.`;
  return { selfMail: [], fleet: null, trouble };
}
