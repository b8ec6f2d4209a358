import { DamagedState } from './decode.js';
import { SqliteError, type SqliteFault } from './error.js';

/** Why a file cannot be used as a state. */
export interface Refusal {
  readonly ok: false;
  readonly reason: string;
  /** Whether the file itself cannot be used, now or ever. */
  readonly forGood: boolean;
}

/** What SQLite says of a file that is not, or not any more, what it wrote. */
const DAMAGED: readonly SqliteFault[] = ['corrupt', 'notadb'];

function isDamage({ kind }: SqliteError): boolean {
  return DAMAGED.includes(kind);
}

/** Why SQLite could not read a state, and what to do where that helps. */
export function describeSqliteError(error: SqliteError): string {
  return isDamage(error) ? `it is damaged (${error.message}); move it away to begin anew` : error.message;
}

/** What opening a state has thrown, as a refusal; throws what is no trouble of the file. */
export function refusalOf(error: unknown): Refusal {
  if (error instanceof DamagedState)
    return { ok: false, reason: `it is damaged (${error.what})`, forGood: true };
  if (!(error instanceof SqliteError)) throw error;
  const damaged = isDamage(error);
  return {
    ok: false,
    reason: damaged ? `it is damaged (${error.message})` : error.message,
    forGood: damaged,
  };
}
