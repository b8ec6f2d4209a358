import type { EngineConnection, EngineStatement } from './engine.js';
import { SqliteError } from './error.js';
import { type Bound, bindable, bufferOf, readable, type Value } from './values.js';

export interface RunResult {
  /** Rows that it inserted, updated or deleted; 0 of what does nothing of that kind. */
  readonly changes: number;
  readonly lastInsertRowid: number;
}

/** The connection of a statement. */
interface Caller {
  /** Calls the engine, and throws what went wrong as ours. */
  call<Result>(work: (connection: EngineConnection) => Result): Result;
}

/**
 * A prepared statement. Values are given in the order of its `?`, or as one object that has the names of its `@name`,
 * and may have more.
 */
export class Statement<Given extends unknown[] = unknown[], Row = unknown> {
  readonly #caller: Caller;
  readonly #bytes: readonly string[];
  readonly #parsed: ParsedSql;
  #inner: EngineStatement | null;
  #plucked = false;
  #reads = false;

  constructor(caller: Caller, sql: string, bytes: readonly string[]) {
    this.#caller = caller;
    this.#bytes = bytes;
    this.#parsed = parse(sql);
    this.#inner = caller.call((connection) => connection.prepare(this.#parsed.sql));
  }

  run(...given: Given): RunResult {
    const values = this.#valuesOf(given);
    const { changes, lastInsertRowid } = this.#caller.call(() => this.#open().run(...values));
    return { changes: this.#parsed.writes ? Number(changes) : 0, lastInsertRowid: Number(lastInsertRowid) };
  }

  get(...given: Given): Row | undefined {
    const values = this.#valuesOf(given);
    const row = this.#caller.call(() => this.#reader().get(...values));
    return row === undefined ? undefined : this.#read(row);
  }

  all(...given: Given): Row[] {
    const values = this.#valuesOf(given);
    return this.#caller.call(() => this.#reader().all(...values)).map((row) => this.#read(row));
  }

  /** Makes it return the first column alone. */
  pluck(): this {
    this.#plucked = true;
    return this;
  }

  /** For the connection, when it is closed: what nothing refers to can be collected. */
  release(): void {
    this.#inner = null;
  }

  #open(): EngineStatement {
    if (!this.#inner) throw new SqliteError('the database connection is not open', 'closed');
    return this.#inner;
  }

  /** An integer that no number holds exactly would be refused; as a bigint it comes. */
  #reader(): EngineStatement {
    const inner = this.#open();
    if (!this.#reads) inner.setReadBigInts(true);
    this.#reads = true;
    return inner;
  }

  #valuesOf(given: readonly unknown[]): Bound[] {
    const { names, places, sql } = this.#parsed;
    const values = names.length === 0 ? given : named(given, names);
    if (values.length !== places)
      throw new TypeError(`${values.length} values were given to a statement of ${places}: ${sql}`);
    return values.map(bindable);
  }

  #read(row: unknown): Row {
    const columns = row as Readonly<Record<string, unknown>>;
    const read: Record<string, Value | Buffer> = {};
    for (const name in columns) {
      const stored = columns[name];
      const isBytes = stored instanceof Uint8Array && this.#bytes.includes(name);
      const value = isBytes ? bufferOf(stored) : readable(stored);
      if (this.#plucked) return value as Row;
      read[name] = value;
    }
    return read as Row;
  }
}

function named(given: readonly unknown[], names: readonly string[]): unknown[] {
  const [values] = given;
  if (given.length !== 1 || typeof values !== 'object' || values === null)
    throw new TypeError(`an object with ${names.join(', ')} is wanted`);
  return names.map((name) => (values as Readonly<Record<string, unknown>>)[name]);
}

interface ParsedSql {
  /** With `?` for each name. */
  readonly sql: string;
  /** Of each `?` its name, if they have names. */
  readonly names: readonly string[];
  /** How many `?` there are. */
  readonly places: number;
  /** Whether it inserts, updates or deletes: what the engines tell of others is that of the statement before. */
  readonly writes: boolean;
}

/** Quoted text and comments, in which nothing counts; then places for values, and ends of statements. */
const PIECES = /'[^']*'|"[^"]*"|--[^\n]*|\/\*[\s\S]*?\*\/|\?|@(\w+)|;\s*(\S)?/g;

/** An engine would prepare the first of two statements, and say nothing. */
function parse(text: string): ParsedSql {
  const names: string[] = [];
  let places = 0;
  const sql = text.replace(PIECES, (piece, name: string | undefined, more: string | undefined) => {
    if (more !== undefined) throw new TypeError(`one statement is wanted: ${text}`);
    if (name !== undefined) names.push(name);
    if (name === undefined && piece !== '?') return piece;
    places += 1;
    return '?';
  });
  if (names.length > 0 && names.length < places)
    throw new TypeError(`places with and without names: ${text}`);
  return { sql, names, places, writes: /^\s*(?:INSERT|REPLACE|UPDATE|DELETE)\b/i.test(text) };
}
