import type { Lines } from './split-lines.js';

/** How far a file has been read; committed together with what was counted from it. */
export interface FilePosition {
  /** The path it is followed under. */
  readonly path: string;
  /** Device and inode as decimal text: they may exceed what a number holds. */
  readonly device: string;
  readonly inode: string;
  /** Hash of the first `headLength` bytes: tells a reused inode from the same file. */
  readonly head: string;
  readonly headLength: number;
  /** Byte offset just behind the last whole line handed on. */
  readonly offset: number;
  /** Rotated away; still read for stragglers. */
  readonly retired: boolean;
}

/** Whole lines, in order, and the position behind the last of them. */
export interface LineBatch {
  readonly lines: Lines;
  readonly position: FilePosition;
}
