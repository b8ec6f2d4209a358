import { closeSync, constants, fstatSync, openSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { reasonOf } from '../../base/errors.js';
import { fileIdOf } from '../../base/file-id.js';
import { isMissing } from '../is-missing.js';
import type { FilePosition } from './line-batch.js';

/** What a path holds at one moment. */
export type PathStatus =
  | { readonly kind: 'missing' }
  | { readonly kind: 'unreadable'; readonly reason: string }
  | FileStatus;

export interface FileStatus {
  readonly kind: 'file';
  /** Device and inode, as `idOf` writes them. */
  readonly identity: string;
  readonly size: number;
  /** The size and times of the file: they change with its content. */
  readonly stamp: string;
}

/** Asks for a path with one stat: a second one might see another file. Never rejects. */
export async function statPath(path: string): Promise<PathStatus> {
  try {
    const stats = await stat(path, { bigint: true });
    if (stats.isDirectory()) return { kind: 'unreadable', reason: 'it is a folder' };
    if (!stats.isFile()) return { kind: 'unreadable', reason: 'it is not a plain file' };
    const { size, mtimeNs, ctimeNs } = stats;
    return {
      kind: 'file',
      identity: fileIdOf(stats),
      size: Number(size),
      stamp: `${size} ${mtimeNs} ${ctimeNs}`,
    };
  } catch (error) {
    return isMissing(error) ? { kind: 'missing' } : { kind: 'unreadable', reason: reasonOf(error) };
  }
}

/** Opens a log if it is (still) this file; null: it is another file, or none. Does not block on FIFOs and the like. */
export function openLog(path: string, identity: string): number | null {
  let fd: number;
  try {
    fd = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  } catch (error) {
    if (isMissing(error)) return null;
    throw error;
  }
  const stats = fstatSync(fd, { bigint: true });
  if (stats.isFile() && fileIdOf(stats) === identity) return fd;
  closeSync(fd);
  return null;
}

/** Device and inode of a position as one text. */
export function idOf({ device, inode }: Pick<FilePosition, 'device' | 'inode'>): string {
  return fileIdOf({ dev: device, ino: inode });
}
