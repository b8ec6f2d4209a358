import { createHash } from 'node:crypto';
import { fstatSync, readSync } from 'node:fs';
import type { FilePosition } from './line-batch.js';

/** What makes an open file the same file as one seen before. */
export type Fingerprint = Pick<FilePosition, 'device' | 'inode' | 'head' | 'headLength'>;

/** What an open file is just now. */
export interface Seen extends Fingerprint {
  readonly size: number;
  /** When it was last written to (ms). */
  readonly mtime: number;
  /** The user to whom it belongs. */
  readonly owner: bigint;
  /** Under how many names it lies; 0: it was deleted, or another was renamed over it. */
  readonly links: number;
}

/** Long enough to tell two logs apart by their first lines, short enough to read at every look. */
export const HEAD_BYTES = 256;

/** Reads the identity of an open file: device, inode, and a hash of its first bytes. */
export function identify(fd: number): Seen {
  const { dev, ino, size, mtimeNs, uid, nlink } = fstatSync(fd, { bigint: true });
  return {
    device: String(dev),
    inode: String(ino),
    size: Number(size),
    mtime: Number(mtimeNs) / 1e6,
    owner: uid,
    links: Number(nlink),
    ...hashHead(readHead(fd, HEAD_BYTES)),
  };
}

/** The first bytes of an open file, at most `length`. */
export function readHead(fd: number, length: number): Buffer {
  const bytes = Buffer.alloc(length);
  return bytes.subarray(0, length === 0 ? 0 : readSync(fd, bytes, 0, length, 0));
}

/** Head and length of first bytes, as positions keep them. */
export function hashHead(bytes: Buffer): Pick<FilePosition, 'head' | 'headLength'> {
  return { head: createHash('sha1').update(bytes).digest('hex'), headLength: bytes.length };
}

/** Whether the open file still begins as `before` says, as far as that had been read. */
export function hasSameHead(fd: number, before: Fingerprint): boolean {
  return hashHead(readHead(fd, before.headLength)).head === before.head;
}

/** Whether first bytes are those of `before`, as far as it was known; what was empty when it was seen is like nothing. */
export function goesOnFrom(bytes: Buffer, before: Fingerprint): boolean {
  if (before.headLength === 0 || bytes.length < before.headLength) return false;
  return hashHead(bytes.subarray(0, before.headLength)).head === before.head;
}

/** Whether first bytes tell that it is `before`: the same half of a first line stands in many logs. */
export function beginsLike(bytes: Buffer, before: Fingerprint): boolean {
  const isWhole = bytes.length === before.headLength;
  return goesOnFrom(bytes, before) && (isWhole || isDistinctive(bytes.subarray(0, before.headLength)));
}

/** Times of files may be so coarse (ms): bzip2 keeps whole seconds, and so do some file systems. */
export const COARSE = 2000;

/** Whether first bytes tell one log from another: all begin with a date. */
export function isDistinctive(head: Buffer): boolean {
  return head.length === HEAD_BYTES || head.includes('\n');
}

/** Whether two lie in the same place of the same disk. */
export function isSameInode(a: Pick<Fingerprint, 'device' | 'inode'>, b: typeof a): boolean {
  return a.device === b.device && a.inode === b.inode;
}
