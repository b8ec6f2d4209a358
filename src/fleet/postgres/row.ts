import { type Field, json, list, Misfit, object, text } from '../../store/sqlite/decode.js';
import { Away } from '../meeting-place.js';
import { readable } from './stored-text.js';

/** A row of a result, as `readValue` has its columns. */
export type Row = Readonly<Record<string, unknown>>;

/** Object ids of types (pg_type.dat of PostgreSQL). */
const BOOLEAN = 16;
const BYTES = 17;
const NUMBERS = new Set([20, 21, 23, 701]); // int8, int2, int4, float8

/** How values of a type are read: numbers, which are whole and below 2^53, truths, bytes, and all else as text. */
export function readValue(type: number): (value: string) => unknown {
  if (NUMBERS.has(type)) return Number;
  if (type === BOOLEAN) return (value) => value === 't';
  if (type === BYTES) return (value) => Buffer.from(value.slice('\\x'.length), 'hex');
  return (value) => value;
}

/** A column of text that `storable` has written. */
export const stored: Field<string> = (value) => {
  try {
    return readable(text(value));
  } catch (error) {
    throw error instanceof SyntaxError ? new Misfit(value, 'a text') : error;
  }
};

/** A whole number of either sign. */
export const number: Field<number> = (value) => {
  if (!Number.isSafeInteger(value)) throw new Misfit(value, 'a whole number');
  return value as number;
};

/** A column of JSON: a list of texts. */
export const texts = json(list(text));

/** Makes the function that reads rows of this shape; it throws `Away` where somebody else has written them. */
export function rowReader<S extends Parameters<typeof object>[0]>(
  table: string,
  shape: S,
): (row: unknown) => ReturnType<ReturnType<typeof object<S>>> {
  const read = object(shape);
  return (row) => {
    try {
      return read(row);
    } catch (error) {
      if (!(error instanceof Misfit)) throw error;
      const reason = `its table tayori.${table} is damaged: it holds ${error.message}`;
      throw new Away(reason, { forGood: true, cause: error });
    }
  };
}
