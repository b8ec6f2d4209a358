import { createHash } from 'node:crypto';
import { fstatSync, readSync } from 'node:fs';
import type { FilePosition } from './line-batch.js';

/** What makes an open file the same file as one seen before. */
export type Identity = Pick<FilePosition, 'device' | 'inode' | 'head' | 'headLength'>;

/** Long enough to tell two logs apart by their first lines, short enough to read at every look. */
const HEAD_BYTES = 256;

/** Reads the identity of an open file: device, inode, and a hash of its first bytes. */
export function identify(fd: number): Identity & { readonly size: number } {
  const { dev, ino, size } = fstatSync(fd, { bigint: true });
  return { device: String(dev), inode: String(ino), size: Number(size), ...hashHead(fd, HEAD_BYTES) };
}

/** Whether the open file still begins as `before` says, as far as that had been read. */
export function hasSameHead(fd: number, before: Identity): boolean {
  return hashHead(fd, before.headLength).head === before.head;
}

function hashHead(fd: number, length: number): { head: string; headLength: number } {
  const bytes = Buffer.alloc(length);
  const headLength = length === 0 ? 0 : readSync(fd, bytes, 0, length, 0);
  const head = createHash('sha1').update(bytes.subarray(0, headLength)).digest('hex');
  return { head, headLength };
}
