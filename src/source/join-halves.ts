import { countNuls, NEWLINE } from './split-lines.js';

/** As many first bytes tell two lines of a log apart from a line and its rest: both begin with the same date. */
const ALIKE = 5;

/**
 * The begun last line of a copied log, and the first line of what was written to the log itself afterwards. Where a
 * program flushes its buffer at any byte, the second is the rest of the first. But when the copy was made in the midst
 * of a write, the second is a line of its own, and begins like the first: then they stay two. NULs between them are a
 * hole, where nothing was written.
 */
export function joinHalves(begun: Buffer, following: Buffer): Buffer {
  const next = following.subarray(countNuls(following));
  const line = begun.subarray(begun.lastIndexOf(NEWLINE) + 1);
  const end = next.indexOf(NEWLINE);
  const length = Math.min(ALIKE, line.length, end < 0 ? next.length : end);
  const alike = length > 0 && line.subarray(0, length).equals(next.subarray(0, length));
  return Buffer.concat(alike ? [begun, Buffer.from([NEWLINE]), next] : [begun, next]);
}
