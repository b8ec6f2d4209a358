import type { FilePosition } from './line-batch.js';
import { endsWithTail, hashTail, TAIL_BYTES } from './rotation/evidence.js';

/** Whether bytes end with the tail of a position; true where no tail is known. */
export function hasTail(bytes: Buffer, position: FilePosition): boolean {
  return position.tail === undefined || endsWithTail(bytes, position);
}

/** A position with the hash of the bytes before its offset; without one where they are not known. */
export function withTail({ tail: _, ...position }: FilePosition, bytes: Buffer): FilePosition {
  return bytes.length > 0 ? { ...position, tail: hashTail(bytes) } : position;
}

/** The last bytes of `before` and a chunk that follows it. A copy: the chunk is only lent. */
export function lastOf(before: Buffer, chunk: Buffer): Buffer {
  if (chunk.length >= TAIL_BYTES) return Buffer.from(chunk.subarray(-TAIL_BYTES));
  return Buffer.concat([before.subarray(chunk.length - TAIL_BYTES), chunk]);
}

/** The last bytes before an offset in a chunk (negative: in `before`, the bytes in front of the chunk). */
export function bytesTo(offset: number, before: Buffer, chunk: Buffer): Buffer {
  if (offset >= TAIL_BYTES) return chunk.subarray(offset - TAIL_BYTES, offset);
  if (offset <= 0) return before.subarray(0, Math.max(0, before.length + offset));
  return Buffer.concat([before, chunk.subarray(0, offset)]);
}
