import type { Lines } from '../split-lines.js';

/**
 * What has become of a file. `live`: it lies under its path. `rotated`: renamed away, and perhaps still written to.
 * `copied`: a copy that was made before the log itself was emptied, so that its begun last line may go on in the next
 * file. `done`: read to its end.
 */
export type Stage = 'live' | 'rotated' | 'copied' | 'done';

/** How far a file has been read; committed together with what was counted from it. */
export interface FilePosition {
  /** The path it is followed under. */
  readonly path: string;
  /**
   * Device and inode as decimal text: they may exceed what a number holds. What is done is known by its head alone
   * (`done` and the head stand here), because its inode may be used again, and it may be packed into another.
   */
  readonly device: string;
  readonly inode: string;
  /** Hash of the first `headLength` bytes: tells a reused inode from the same file. */
  readonly head: string;
  readonly headLength: number;
  /** Byte offset just behind the last whole line handed on. */
  readonly offset: number;
  /** Hash of the last bytes before the offset, as `hashTail` writes it; absent where it is not known. */
  readonly tail?: string;
  readonly stage: Stage;
  /** When the file was last written to when it was first seen (ms): what is rotated away after it is not older. */
  readonly since: number;
}

/** Whole lines, in order, and the position behind the last of them. */
export interface LineBatch {
  readonly lines: Lines;
  readonly position: FilePosition;
}
