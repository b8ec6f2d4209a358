import { countNuls, NEWLINE } from './split-lines.js';

/** Two lines of a log begin with the same date; a line and its rest differ within so many bytes. */
const ALIKE = 5;

/**
 * Joins the partial last line of a copied log with the first line that was written to the log afterwards. If a
 * program flushes its buffer at any byte, the second is the rest of the first. If the copy was made during a write,
 * the second is a line of its own and begins like the first: then they stay two lines. NULs between them are a hole,
 * where nothing was written.
 */
export function joinHalves(begun: Buffer, following: Buffer): Buffer {
  const next = following.subarray(countNuls(following));
  const line = begun.subarray(begun.lastIndexOf(NEWLINE) + 1);
  const end = next.indexOf(NEWLINE);
  const length = Math.min(ALIKE, line.length, end < 0 ? next.length : end);
  const alike = length > 0 && line.subarray(0, length).equals(next.subarray(0, length));
  return Buffer.concat(alike ? [begun, Buffer.from([NEWLINE]), next] : [begun, next]);
}
