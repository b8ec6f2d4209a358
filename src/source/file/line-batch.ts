import type { Lines } from '../split-lines.js';

/**
 * The stage of a file. `live`: it lies under its path. `rotated`: renamed, and perhaps still written to. `copied`: a
 * copy that was made before the log was truncated, so that its partial last line may continue in the next file.
 * `done`: read to its end.
 */
export type Stage = 'live' | 'rotated' | 'copied' | 'done';

/** How far a file has been read; committed together with what was counted from it. */
export interface FilePosition {
  /** The path it is followed under. */
  readonly path: string;
  /**
   * Device and inode as decimal text: they may exceed what a number holds. For the stage `done` they are `done` and the
   * head: the inode may be used again, and the file may be packed into another one.
   */
  readonly device: string;
  readonly inode: string;
  /** Hash of the first `headLength` bytes: tells a reused inode from the same file. */
  readonly head: string;
  readonly headLength: number;
  /** Byte offset after the last whole line that was handed on. */
  readonly offset: number;
  /** Hash of the last bytes before the offset, as `hashTail` writes it; absent where it is not known. */
  readonly tail?: string;
  readonly stage: Stage;
  /** The mtime (ms) of the file when it was first seen: files that are rotated after it are not older. */
  readonly since: number;
}

/** Whole lines, in order, and the position after the last of them. */
export interface LineBatch {
  readonly lines: Lines;
  readonly position: FilePosition;
}

/** Nothing was read of it, and its first bytes do not identify it: it is found like files that were never seen. */
export function isUnread({ stage, offset }: FilePosition): boolean {
  return stage === 'live' && offset === 0;
}
