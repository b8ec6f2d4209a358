import { createHash } from 'node:crypto';
import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';
import type { FilePosition } from './line-batch.js';

/** What makes an open file the same file as one seen before. */
export type Identity = Pick<FilePosition, 'device' | 'inode' | 'head' | 'headLength'>;

/** What an open file is just now. `changed`: when it was last written to (ms). */
export interface Seen extends Identity {
  readonly size: number;
  readonly changed: number;
}

/** Long enough to tell two logs apart by their first lines, short enough to read at every look. */
export const HEAD_BYTES = 256;

/** Reads the identity of an open file: device, inode, and a hash of its first bytes. */
export function identify(fd: number): Seen {
  const { dev, ino, size, mtimeNs } = fstatSync(fd, { bigint: true });
  return {
    device: String(dev),
    inode: String(ino),
    size: Number(size),
    changed: Number(mtimeNs) / 1e6,
    ...hashHead(readHead(fd, HEAD_BYTES)),
  };
}

/** The first bytes of an open file, at most `length`. */
export function readHead(fd: number, length: number): Buffer {
  const bytes = Buffer.alloc(length);
  return bytes.subarray(0, length === 0 ? 0 : readSync(fd, bytes, 0, length, 0));
}

/** The first bytes of a file; none when it cannot be opened. */
export function headOf(path: string): Buffer {
  let fd: number;
  try {
    fd = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  } catch {
    return Buffer.alloc(0); // gone again
  }
  try {
    return readHead(fd, HEAD_BYTES);
  } finally {
    closeSync(fd);
  }
}

/** Head and length of first bytes, as positions keep them. */
export function hashHead(bytes: Buffer): Pick<FilePosition, 'head' | 'headLength'> {
  return { head: createHash('sha1').update(bytes).digest('hex'), headLength: bytes.length };
}

/** Whether the open file still begins as `before` says, as far as that had been read. */
export function hasSameHead(fd: number, before: Identity): boolean {
  return hashHead(readHead(fd, before.headLength)).head === before.head;
}

/** Whether first bytes are those of `before`, as far as it was known; what was empty when it was seen is like nothing. */
export function goesOnFrom(bytes: Buffer, before: Identity): boolean {
  if (before.headLength === 0 || bytes.length < before.headLength) return false;
  return hashHead(bytes.subarray(0, before.headLength)).head === before.head;
}

/** Whether first bytes tell that it is `before`: the same half of a first line stands in many logs. */
export function beginsLike(bytes: Buffer, before: Identity): boolean {
  const isWhole = bytes.length === before.headLength;
  return goesOnFrom(bytes, before) && (isWhole || tellsApart(bytes.subarray(0, before.headLength)));
}

/** Times of files may be so coarse (ms): bzip2 keeps whole seconds, and so do some file systems. */
export const COARSE = 2000;

/** A file that somebody reads, or has read. */
export interface KnownFile extends Pick<Identity, 'device' | 'inode'> {
  /** Whether first bytes, last `changed` then (ms), are those of it, of a copy of it, or of its packed form. */
  isLike(head: Buffer, changed: number): boolean;
}

/** An open file as it is now: a copy of it has no more than it has. */
export function knownByFile(fd: number): KnownFile {
  const { device, inode, changed: written } = identify(fd);
  const bytes = readHead(fd, HEAD_BYTES);
  return {
    device,
    inode,
    isLike: (head, changed) =>
      bytes.subarray(0, head.length).equals(head) &&
      (tellsApart(head) || (bytes.length === head.length && Math.abs(changed - written) <= COARSE)),
  };
}

/** A file of which only the position is left, and when it was last written to (ms): it may have grown since. */
export function knownByPosition(position: Identity, written: number): KnownFile {
  const { device, inode } = position;
  return {
    device,
    inode,
    isLike: (head, changed) =>
      beginsLike(head, position) && (tellsApart(head) || Math.abs(changed - written) <= COARSE),
  };
}

/** Whether first bytes tell one log from another: all begin with a date. */
export function tellsApart(head: Buffer): boolean {
  return head.length === HEAD_BYTES || head.includes('\n');
}

/** Whether two lie in the same place of the same disk. */
export function isSameInode(a: Pick<Identity, 'device' | 'inode'>, b: typeof a): boolean {
  return a.device === b.device && a.inode === b.inode;
}
