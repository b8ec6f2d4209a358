import { createHash } from 'node:crypto';
import { fstatSync, readSync } from 'node:fs';
import type { FilePosition } from './line-batch.js';

/** What identifies a file that was seen before. */
export type Fingerprint = Pick<FilePosition, 'device' | 'inode' | 'head' | 'headLength'>;

/** An open file as it is now. */
export interface Seen extends Fingerprint {
  readonly size: number;
  /** When it was last written to (ms). */
  readonly mtime: number;
  /** The user to whom it belongs. */
  readonly owner: bigint;
  /** How many names it has; 0: it was deleted, or another file was renamed over it. */
  readonly links: number;
}

/** Long enough to tell two logs apart by their first lines, short enough to read at every poll. */
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

/** Whether the open file still begins with the bytes that `before` has the hash of. */
export function hasSameHead(fd: number, before: Fingerprint): boolean {
  return hashHead(readHead(fd, before.headLength)).head === before.head;
}

/** Whether first bytes continue those of `before`; a file that was empty when it was seen matches nothing. */
export function goesOnFrom(bytes: Buffer, before: Fingerprint): boolean {
  if (before.headLength === 0 || bytes.length < before.headLength) return false;
  return hashHead(bytes.subarray(0, before.headLength)).head === before.head;
}

/** Whether first bytes identify `before`: many logs have the same first half of a first line. */
export function beginsLike(bytes: Buffer, before: Fingerprint): boolean {
  const isWhole = bytes.length === before.headLength;
  return goesOnFrom(bytes, before) && (isWhole || isDistinctive(bytes.subarray(0, before.headLength)));
}

/** How coarse times of files may be (ms): bzip2 keeps whole seconds, and so do some file systems. */
export const COARSE = 2000;

/** Whether first bytes are enough to tell one log from another: a whole line, or many bytes. */
export function isDistinctive(head: Buffer): boolean {
  return head.length === HEAD_BYTES || head.includes('\n');
}

/** Whether two have the same inode of the same device. */
export function isSameInode(a: Pick<Fingerprint, 'device' | 'inode'>, b: typeof a): boolean {
  return a.device === b.device && a.inode === b.inode;
}

/** The head of a file after one more chunk was read; null: it is not the same file any more. */
export function headAfter(fd: number, position: FilePosition, chunk: Buffer, read: number): Buffer | null {
  const isLong = position.headLength === HEAD_BYTES || read > 0;
  const head = isLong
    ? readHead(fd, Math.min(HEAD_BYTES, read + chunk.length))
    : chunk.subarray(0, HEAD_BYTES);
  return position.headLength === 0 || goesOnFrom(head, position) ? head : null;
}
