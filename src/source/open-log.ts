import { constants, openSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { isMissing } from './is-missing.js';
import type { FilePosition } from './line-batch.js';

/** What stands under a path at one moment. */
export interface PathLook {
  readonly kind: 'file' | 'folder' | 'other';
  /** Device and inode, as `idOf` writes them. */
  readonly identity: string;
  readonly size: number;
}

/** Opens a log; null when it is gone again. What is no plain file (any more) never holds it up. */
export function openLog(path: string): number | null {
  try {
    return openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  } catch (error) {
    if (isMissing(error)) return null;
    throw error;
  }
}

/** Looks at a path with one stat: a second one might see another file. null: there is nothing. */
export async function lookAtPath(path: string): Promise<PathLook | null> {
  try {
    const stats = await stat(path, { bigint: true });
    const kind = stats.isFile() ? 'file' : stats.isDirectory() ? 'folder' : 'other';
    return { kind, identity: `${stats.dev}:${stats.ino}`, size: Number(stats.size) };
  } catch (error) {
    if (isMissing(error)) return null;
    throw error;
  }
}

/** Device and inode as one text. */
export function idOf({ device, inode }: Pick<FilePosition, 'device' | 'inode'>): string {
  return `${device}:${inode}`;
}
