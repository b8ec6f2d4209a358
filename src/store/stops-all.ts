import { SqliteError } from './sqlite/open-sqlite.js';

/** What SQLite says when the disk, the file or another process stands in the way, whatever is to be written. */
const OF_THE_FILE = [
  'SQLITE_BUSY',
  'SQLITE_CANTOPEN',
  'SQLITE_FULL',
  'SQLITE_IOERR',
  'SQLITE_LOCKED',
  'SQLITE_NOMEM',
  'SQLITE_NOTADB',
  'SQLITE_PERM',
  'SQLITE_PROTOCOL',
  'SQLITE_READONLY',
];

/** Whether an error concerns the whole state; any other may be of the rows of one queue alone. */
export function stopsAll(error: unknown): boolean {
  if (!(error instanceof SqliteError)) return error instanceof TypeError; // better-sqlite3: the connection is closed
  return OF_THE_FILE.some((code) => error.code.startsWith(code));
}
