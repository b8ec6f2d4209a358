import { SqliteError, type SqliteFault } from './sqlite/error.js';

/** Errors of the disk, the file or another process, which stop every write. */
const OF_THE_FILE: readonly SqliteFault[] = [
  'busy',
  'cantopen',
  'closed',
  'full',
  'ioerr',
  'locked',
  'nomem',
  'notadb',
  'perm',
  'protocol',
  'readonly',
];

/** Whether an error concerns the whole state; others may concern the rows of one queue only. */
export function stopsAll(error: unknown): boolean {
  return error instanceof SqliteError && OF_THE_FILE.includes(error.kind);
}
