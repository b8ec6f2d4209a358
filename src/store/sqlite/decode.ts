import { MAX_COUNT } from '../../base/count.js';

/** Makes a value of what a column or a JSON text holds. Throws `Misfit` where that is none. */
export type Field<T> = (value: unknown) => T;

type Shape = Readonly<Record<string, Field<unknown>>>;
type Decoded<S extends Shape> = { readonly [Key in keyof S]: ReturnType<S[Key]> };

/** A value that is not what tayori writes. `expected`: in words. */
export class Misfit extends Error {
  constructor(
    readonly seen: unknown,
    readonly expected: string,
  ) {
    super(`${shown(seen)}, not ${expected}`);
  }
}

/** The state is sound SQLite, and holds what tayori never wrote: somebody else has, or the disk. */
export class DamagedState extends Error {
  override readonly name = 'DamagedState';

  constructor(
    file: string,
    /** Which column holds what. */
    readonly what: string,
  ) {
    super(`the state ${file} cannot be used: it is damaged (${what}); move it away to begin anew`);
  }
}

/** Makes the function that reads rows of a table. `file`: the name of the database, for who has to move it away. */
export function rowDecoder<S extends Shape>(
  file: string,
  table: string,
  shape: S,
): (row: unknown) => Decoded<S> {
  const fields = Object.entries(shape);
  return (row) => {
    const columns = row as Readonly<Record<string, unknown>>;
    const decoded: Record<string, unknown> = {};
    for (const [name, field] of fields)
      try {
        decoded[name] = field(columns[name]);
      } catch (error) {
        throw damage(file, `${table}.${name}`, error);
      }
    return decoded as Decoded<S>;
  };
}

/** The same for a query of one column. */
export function columnDecoder<T>(file: string, column: string, field: Field<T>): (value: unknown) => T {
  return (value) => {
    try {
      return field(value);
    } catch (error) {
      throw damage(file, column, error);
    }
  };
}

function damage(file: string, column: string, error: unknown): unknown {
  return error instanceof Misfit ? new DamagedState(file, `${column} is ${error.message}`) : error;
}

/** So much of what was found is shown (characters). */
const MAX_SHOWN = 40;

function shown(value: unknown): string {
  if (typeof value === 'number' || value === null) return String(value);
  if (typeof value !== 'string') return 'of another kind';
  const text = JSON.stringify(value.slice(0, MAX_SHOWN));
  return value.length > MAX_SHOWN ? `${text.slice(0, -1)}..."` : text;
}

export const text: Field<string> = (value) => {
  if (typeof value !== 'string') throw new Misfit(value, 'a text');
  return value;
};

/** A text that never holds a NUL, such as a path. Of other columns it is kept as bytes (`values.ts`). */
export const plain: Field<string> = (value) => {
  const read = text(value);
  if (read.includes('\0')) throw new Misfit(value, 'a text without NUL');
  return read;
};

export const bytes: Field<Buffer> = (value) => {
  if (!Buffer.isBuffer(value)) throw new Misfit(value, 'bytes');
  return value;
};

export const truth: Field<boolean> = (value) => {
  if (typeof value !== 'boolean') throw new Misfit(value, 'true or false');
  return value;
};

/** A whole number from 0 on that JavaScript holds exactly: an id, a place in a file. */
export const whole: Field<number> = (value) => {
  if (!Number.isSafeInteger(value) || (value as number) < 0)
    throw new Misfit(value, 'a whole number from 0 on');
  return value as number;
};

/**
 * A count. Versions before MAX_COUNT wrote what log lines claimed: numbers far beyond it and infinite ones, which are
 * null in JSON.
 */
export const count: Field<number> = (value) => {
  if (value === null) return MAX_COUNT;
  if (typeof value !== 'number' || !(value >= 0)) throw new Misfit(value, 'a count');
  return Math.min(value, MAX_COUNT);
};

/** The furthest time that a Date holds (ms, ECMA-262, 21.4.1.1). */
const MAX_TIME = 8.64e15;

export const time: Field<number> = (value) => {
  if (typeof value !== 'number' || !(Math.abs(value) <= MAX_TIME)) throw new Misfit(value, 'a time');
  return value;
};

/** SQL that holds where a column is no text, which may lie there as bytes. It asks a function `is_text`. */
export function notText(column: string): string {
  return `(typeof(${column}) <> 'text' AND NOT is_text(${column}))`;
}

/** SQL that holds where a column is no time. */
export function notTime(column: string): string {
  return `(typeof(${column}) NOT IN ('integer', 'real') OR abs(${column}) > ${MAX_TIME})`;
}

/** A function for SQL that says whether a column can be read: 1 or 0. */
export function isReadable(field: Field<unknown>): (value: unknown) => 0 | 1 {
  return (value) => {
    try {
      field(value);
      return 1;
    } catch {
      return 0;
    }
  };
}

export function orNull<T>(field: Field<T>): Field<T | null> {
  return (value) => (value === null ? null : field(value));
}

/** What may be left out of an object of JSON. */
export function optional<T>(field: Field<T>): Field<T | undefined> {
  return (value) => (value === undefined ? undefined : field(value));
}

export function oneOf<T extends string>(...words: readonly T[]): Field<T> {
  return (value) => {
    const known = words.find((word) => word === value);
    if (known === undefined) throw new Misfit(value, `one of ${words.join(', ')}`);
    return known;
  };
}

/** A text that is JSON of this form. */
export function json<T>(field: Field<T>): Field<T> {
  return (value) => {
    const parsed = parse(text(value));
    try {
      return field(parsed);
    } catch (error) {
      // What a person can find again is the column, not a piece of it.
      throw error instanceof Misfit ? new Misfit(value, `what tayori writes there`) : error;
    }
  };
}

function parse(value: string): unknown {
  try {
    return JSON.parse(value);
  } catch {
    throw new Misfit(value, 'JSON');
  }
}

export function list<T>(field: Field<T>): Field<T[]> {
  return (value) => {
    if (!Array.isArray(value)) throw new Misfit(value, 'a list');
    return value.map(field);
  };
}

export function pair<A, B>(first: Field<A>, second: Field<B>): Field<readonly [A, B]> {
  return (value) => {
    if (!Array.isArray(value) || value.length !== 2) throw new Misfit(value, 'a pair');
    return [first(value[0]), second(value[1])];
  };
}

/** An object of JSON with these keys; others in it are left out. */
export function object<S extends Shape>(shape: S): Field<Decoded<S>> {
  const fields = Object.entries(shape);
  return (value) => {
    const keys = keyed(value);
    return Object.fromEntries(fields.map(([name, field]) => [name, field(keys[name])])) as Decoded<S>;
  };
}

/** An object of JSON whose keys are names. */
export function mapOf<T>(field: Field<T>): Field<Map<string, T>> {
  return (value) => new Map(Object.entries(keyed(value)).map(([name, one]) => [name, field(one)]));
}

function keyed(value: unknown): Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new Misfit(value, 'an object');
  return value as Readonly<Record<string, unknown>>;
}
