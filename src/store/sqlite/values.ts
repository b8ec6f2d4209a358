import { isUtf8 } from 'node:buffer';

/** What an engine takes. */
export type Bound = null | number | bigint | string | Uint8Array;

/** What a column holds that is not of bytes. */
export type Value = null | number | string;

/**
 * Makes of a value what every engine keeps as it is. Text that holds a NUL becomes the bytes of its UTF-8: engines cut
 * it there, when they write it or when they read it. As SQLite compares bytes with no text, it stays apart from what
 * is like it up to the NUL.
 */
export function bindable(value: unknown): Bound {
  if (typeof value === 'string') return value.includes('\0') ? Buffer.from(value) : value;
  if (typeof value === 'number' || value === null || typeof value === 'bigint') return value;
  if (value instanceof Uint8Array) return value;
  throw new TypeError(
    `SQLite has no place for ${value === undefined ? 'undefined' : `a value like ${String(value)}`}`,
  );
}

/**
 * Undoes `bindable`; bytes that it never makes stay bytes. An integer that a number cannot hold exactly becomes the nearest
 * one.
 */
export function readable(value: unknown): Value | Buffer {
  if (typeof value === 'bigint') return Number(value);
  if (!(value instanceof Uint8Array)) return value as Value;
  const bytes = bufferOf(value);
  return bytes.includes(0) && isUtf8(bytes) ? bytes.toString() : bytes;
}

export function bufferOf(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
