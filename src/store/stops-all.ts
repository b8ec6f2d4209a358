import { SqliteError, type SqliteFault } from './sqlite/error.js';

/** What SQLite says when the disk, the file or another process stands in the way, whatever is to be written. */
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

/** Whether an error concerns the whole state; any other may be of the rows of one queue alone. */
export function stopsAll(error: unknown): boolean {
  return error instanceof SqliteError && OF_THE_FILE.includes(error.kind);
}
