/** What kind of failure it was: SQLite's primary result codes, as far as anybody asks for them. */
export type SqliteFault =
  | 'perm'
  | 'busy'
  | 'locked'
  | 'nomem'
  | 'readonly'
  | 'ioerr'
  | 'corrupt'
  | 'full'
  | 'cantopen'
  | 'protocol'
  | 'notadb'
  | 'constraint'
  | 'closed'
  | 'other';

/** SQLite refused something. `code`: its extended result code (https://sqlite.org/rescode.html), where it is known. */
export class SqliteError extends Error {
  readonly kind: SqliteFault;
  readonly code: number | null;

  constructor(message: string, kind: SqliteFault, options: { cause?: unknown; code?: number | null } = {}) {
    super(message, { cause: options.cause });
    this.name = 'SqliteError';
    this.kind = kind;
    this.code = options.code ?? null;
  }
}

/** Makes ours of what an engine threw; what does not come from SQLite stays what it is. */
export function sqliteErrorOf(thrown: unknown): unknown {
  if (!(thrown instanceof Error) || thrown instanceof SqliteError) return thrown;
  const { code, errcode } = thrown as Error & { readonly code?: unknown; readonly errcode?: unknown };
  if (code !== 'ERR_SQLITE_ERROR') return thrown;
  const result = typeof errcode === 'number' ? errcode : codeOfMessage(thrown.message);
  const kind = (result === null ? undefined : KINDS.get(result & PRIMARY)) ?? 'other';
  return new SqliteError(thrown.message, kind, { cause: thrown, code: result });
}

/** The low byte of an extended result code is the primary one. */
const PRIMARY = 0xff;

const KINDS: ReadonlyMap<number, SqliteFault> = new Map([
  [3, 'perm'],
  [5, 'busy'],
  [6, 'locked'],
  [7, 'nomem'],
  [8, 'readonly'],
  [10, 'ioerr'],
  [11, 'corrupt'],
  [13, 'full'],
  [14, 'cantopen'],
  [15, 'protocol'],
  [19, 'constraint'],
  [26, 'notadb'],
]);

/** `all` of @photostructure/sqlite 1.2 tells no code; SQLite's own words for these (`sqlite3_errstr`) are fixed. */
function codeOfMessage(message: string): number | null {
  return CODES.get(message) ?? null;
}

const CODES: ReadonlyMap<string, number> = new Map([
  ['access permission denied', 3],
  ['database is locked', 5],
  ['database table is locked', 6],
  ['out of memory', 7],
  ['attempt to write a readonly database', 8],
  ['disk I/O error', 10],
  ['database disk image is malformed', 11],
  ['database or disk is full', 13],
  ['unable to open database file', 14],
  ['locking protocol', 15],
  ['file is not a database', 26],
]);
