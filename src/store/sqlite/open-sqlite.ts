import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { type Engine, type EngineConnection, sqliteEngine } from './engine.js';
import { SqliteError, sqliteErrorOf } from './error.js';
import { Statement } from './statement.js';
import { bindable, readable, type Value } from './values.js';

export interface OpenOptions {
  readonly readonly?: boolean;
  /** Do not make the file where there is none; whoever only reads never does. */
  readonly mustExist?: boolean;
  /** How long to wait for the lock of another process (ms). */
  readonly timeout?: number;
}

/** How long to wait for another tayori, which only reads (ms). */
const TIMEOUT = 5000;

/**
 * Opens a file with SQLite; '' is a private temporary one, and a file that is only read must be there. Throws
 * SqliteError, and NotLoadable where there is no SQLite.
 */
export function openSqlite(
  path: string,
  { readonly = false, mustExist = false, timeout = TIMEOUT }: OpenOptions = {},
  engine: Engine = sqliteEngine(),
): Sqlite {
  if (mustExist && !existsSync(path)) throw new SqliteError('unable to open database file', 'cantopen');
  try {
    // As an absolute path it is no URI, whatever it is called.
    const connection = engine.open(path === '' ? '' : resolve(path), { readOnly: readonly });
    return new Sqlite(connection, { name: path, readonly, timeout });
  } catch (error) {
    throw sqliteErrorOf(error);
  }
}

/**
 * Opens a file read-only so that `close` closes it at once, whatever statements there were: it is attached to an empty
 * database, and detached again. Throws the same as `openSqlite`.
 */
export function openAttached(path: string, engine: Engine = sqliteEngine()): Sqlite {
  const connection = engine.open('', { readOnly: true });
  const db = new Sqlite(connection, {
    name: path,
    readonly: true,
    timeout: TIMEOUT,
    attached: 'attached_file',
  });
  try {
    db.exec(`ATTACH '${resolve(path).replaceAll("'", "''")}' AS attached_file`);
    return db;
  } catch (error) {
    db.close();
    throw error;
  }
}

interface ConnectionOptions {
  /** The path of the file, as it was given. */
  readonly name: string;
  readonly readonly: boolean;
  /** ms */
  readonly timeout: number;
  /** What the file is called in SQL, where it is attached. */
  readonly attached?: string;
}

/**
 * A connection to a file, the same whichever engine is behind it. Statements are kept as long as it is open: prepare
 * each once.
 */
export class Sqlite {
  /** The path of the file, as it was given. */
  readonly name: string;
  #connection: EngineConnection | null;
  readonly #readonly: boolean;
  readonly #attached: string | undefined;
  readonly #statements: Statement[] = [];
  /** What a function of ours threw while SQLite called it. */
  #thrown: { readonly error: unknown } | null = null;
  /** How many transactions are begun, one within the other. */
  #depth = 0;
  #single: Value | undefined;

  constructor(connection: EngineConnection, { name, readonly, timeout, attached }: ConnectionOptions) {
    this.name = name;
    this.#connection = connection;
    this.#readonly = readonly;
    this.#attached = attached;
    this.exec(`PRAGMA busy_timeout = ${timeout}`);
    this.function('take_single', (value: Value) => {
      this.#single = value;
      return null;
    });
  }

  get open(): boolean {
    return this.#connection !== null;
  }

  get readonly(): boolean {
    return this.#readonly;
  }

  /** Runs statements that give nothing back. */
  exec(sql: string): void {
    this.call((connection) => connection.exec(sql));
  }

  /**
   * What a query gives, which names its one column `value`: of its last row; undefined without any. There is no
   * statement of it, so that `close` closes at once.
   */
  single(select: string): Value | undefined {
    this.#single = undefined;
    this.exec(`SELECT take_single(value) FROM (${select})`);
    return this.#single;
  }

  /** `bytes`: the columns that hold bytes; all others hold numbers and text. */
  prepare<Given extends unknown[] | object = unknown[], Row = unknown>(
    sql: string,
    { bytes = [] }: { readonly bytes?: readonly string[] } = {},
  ): Given extends unknown[] ? Statement<Given, Row> : Statement<[Given], Row> {
    const statement = new Statement(this, sql, bytes);
    this.#statements.push(statement);
    return statement as unknown as Given extends unknown[] ? Statement<Given, Row> : Statement<[Given], Row>;
  }

  /**
   * Makes of a function one that runs as a transaction, or as a part of the one it is called in: when it throws, nothing
   * of it remains. It asks to write before it reads: another process may write, too (`tayori letters --send`), and SQLite
   * refuses to write at once, without waiting, to one that has read before.
   */
  transaction<Given extends unknown[], Result>(
    work: (...given: Given) => Result,
  ): (...given: Given) => Result {
    return (...given) => {
      const { begin, end, undo } = this.#depth === 0 ? WHOLE : PART;
      this.exec(begin);
      this.#depth += 1;
      try {
        const result = work(...given);
        this.exec(end);
        return result;
      } catch (error) {
        this.#quietly(undo);
        throw error;
      } finally {
        this.#depth -= 1;
      }
    };
  }

  /** Registers a function for SQL. The statement throws what the function throws. */
  function(name: string, work: (...given: never[]) => string | number | null): void {
    const guarded = (...given: unknown[]): unknown => {
      try {
        return bindable(work(...(given.map((value) => readable(value)) as never[])));
      } catch (error) {
        this.#thrown = { error };
        return NO_VALUE;
      }
    };
    this.call((connection) =>
      connection.function(name, { varargs: true, useBigIntArguments: true }, guarded),
    );
  }

  /** Calls the engine, and throws what went wrong as ours. For statements of this connection, too. */
  call<Result>(work: (connection: EngineConnection) => Result): Result {
    if (!this.#connection) throw new SqliteError('the database connection is not open', 'closed');
    try {
      return work(this.#connection);
    } catch (error) {
      const thrown = this.#thrown;
      this.#thrown = null;
      throw thrown ? thrown.error : sqliteErrorOf(error);
    }
  }

  /**
   * Closes the file. @photostructure/sqlite keeps it open until V8 has collected all statements of the connection;
   * locks end here, and what was committed lies in the file itself.
   */
  close(): void {
    if (!this.open) return;
    for (const statement of this.#statements.splice(0)) statement.release();
    this.#quietly('ROLLBACK');
    if (this.#attached !== undefined) this.#quietly(`DETACH ${this.#attached}`);
    if (!this.#readonly) this.#quietly('PRAGMA wal_checkpoint(PASSIVE)');
    try {
      this.call((connection) => connection.close());
    } finally {
      this.#connection = null;
    }
  }

  /** What fails here has failed before: SQLite has undone the transaction itself, say. */
  #quietly(sql: string): void {
    try {
      this.exec(sql);
    } catch {}
  }
}

const WHOLE = { begin: 'BEGIN IMMEDIATE', end: 'COMMIT', undo: 'ROLLBACK' };
const PART = { begin: 'SAVEPOINT part', end: 'RELEASE part', undo: 'ROLLBACK TO part; RELEASE part' };

/** SQLite takes no such value from a function, so that the statement fails, and with it what it has done. */
const NO_VALUE = {};
