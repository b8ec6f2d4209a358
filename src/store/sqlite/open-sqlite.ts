import Database from 'better-sqlite3';
import { NotLoadable } from './not-loadable.js';

/** A connection, with what makes nothing new each time that it is called. */
export interface Sqlite
  extends Pick<Database.Database, 'open' | 'name' | 'exec' | 'transaction' | 'function' | 'close'> {
  prepare<Given extends unknown[] | object = unknown[], Row = unknown>(
    sql: string,
  ): Given extends unknown[] ? Statement<Given, Row> : Statement<[Given], Row>;
}

/** The same of a prepared statement: no iterator. */
export interface Statement<Given extends unknown[] = unknown[], Row = unknown> {
  run(...given: Given): Database.RunResult;
  get(...given: Given): Row | undefined;
  all(...given: Given): Row[];
  /** Makes it return the first column alone. */
  pluck(): this;
}

export const { SqliteError } = Database;

/**
 * Opens a file with SQLite ('' is a private temporary one), and keeps the connection and its statements for good: prepare
 * each once. better-sqlite3 that was compiled for Node.js 24.19 to 24.21 ends the process when one of its objects
 * becomes garbage (https://github.com/nodejs/node/issues/65446). For PRAGMA there is `exec`, or a statement.
 */
export function openSqlite(path: string, options?: Database.Options): Sqlite {
  try {
    return keep(new Kept(path, options));
  } catch (error) {
    // better-sqlite3 loads its compiled part when it is first used. A TypeError is for a folder that is not there.
    throw error instanceof SqliteError || error instanceof TypeError ? error : new NotLoadable(error);
  }
}

/** Some hundred small objects a connection. A process has two, and two more whenever its state was deleted. */
const kept: unknown[] = [];

function keep<Made>(made: Made): Made {
  kept.push(made);
  return made;
}

class Kept extends Database {
  override prepare<Given extends unknown[] | object = unknown[], Row = unknown>(
    sql: string,
  ): Database.Statement<Given, Row> {
    return keep(super.prepare<Given, Row>(sql));
  }

  /**
   * A transaction asks to write before it reads: another process may write, too (`tayori letters --send`), and SQLite
   * refuses to write at once, without waiting, to one that has read before.
   */
  override transaction<Work extends Parameters<Database.Database['transaction']>[0]>(
    work: Work,
  ): Database.Transaction<Work> {
    return super.transaction(work).immediate as Database.Transaction<Work>;
  }
}
