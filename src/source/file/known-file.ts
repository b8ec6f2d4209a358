import { COARSE, type Fingerprint, HEAD_BYTES, identify, isDistinctive } from './fingerprint.js';
import type { FilePosition } from './line-batch.js';
import type { Candidate } from './rotation/candidate.js';
import { hasTimedTail, isTimed, readAt, TAIL_BYTES } from './rotation/evidence.js';
import { isDoneWith } from './rotation/processed-files.js';

/** A file that somebody reads, or has read. */
export interface KnownFile extends Pick<Fingerprint, 'device' | 'inode'> {
  /**
   * Whether a file is that one, a copy of it, or its packed form: by its first bytes, by its last bytes and, where
   * these do not decide, by its mtime, which packers keep.
   */
  isLike(candidate: Candidate): Promise<boolean>;
}

/** An open file as it is now: a copy of it has no more than it has. */
export function knownByFile(fd: number): KnownFile {
  const { device, inode, mtime, size } = identify(fd);
  const head = readAt(fd, 0, HEAD_BYTES);
  return {
    device,
    inode,
    async isLike(candidate) {
      if (candidate.head.length === 0 || !head.subarray(0, candidate.head.length).equals(candidate.head))
        return false;
      const isSameAge = Math.abs(candidate.mtime - mtime) <= COARSE;
      if (candidate.head.length < HEAD_BYTES)
        return isDistinctive(candidate.head) || (head.length === candidate.head.length && isSameAge);
      if (candidate.packing && isTimed(candidate.head)) return true;
      const { bytes, end } = await candidate.endAt(candidate.packing ? size : candidate.size, TAIL_BYTES);
      return end > 0 && end <= size && bytes.equals(readAt(fd, end - bytes.length, bytes.length));
    },
  };
}

/** A file of which only the position and the mtime (ms) are known: it may have grown since. */
export function knownByPosition(position: FilePosition, written: number): KnownFile {
  const { device, inode, headLength, offset } = position;
  return {
    device,
    inode,
    async isLike(candidate) {
      if (!candidate.beginsLike(position)) return false;
      const head = candidate.head.subarray(0, headLength);
      const isWhole = candidate.head.length === headLength;
      const isSameAge = Math.abs(candidate.mtime - written) <= COARSE;
      if (position.tail === undefined) {
        if (isSameAge) return isWhole || isDistinctive(head);
        return isDistinctive(head) && (isTimed(head) || (isWhole && headLength < HEAD_BYTES));
      }
      if (!isWhole && !isDistinctive(head)) return false;
      if (isSameAge && isTimed(head)) return true;
      if (!(await candidate.holds(position))) return false;
      return hasTimedTail(position) || isDoneWith(candidate, position) || (await candidate.endsAt(offset));
    },
  };
}
