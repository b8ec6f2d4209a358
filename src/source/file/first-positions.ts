import { closeSync, constants, openSync, readdirSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { HEAD_BYTES, hashHead, identify, readHead } from './fingerprint.js';
import type { FilePosition } from './line-batch.js';
import { hashTail, readBefore, TAIL_BYTES } from './rotation/evidence.js';
import { startOffset } from './start-offset.js';

/** How far another program has read a log: the inode of the file, and a byte offset in it. */
export interface FirstStart {
  readonly path: string;
  /** Decimal text, as in positions. */
  readonly inode: string;
  readonly offset: number;
}

/** Names beside a log that are looked at, to find the rotated file; a folder with more holds something else. */
const MAX_NEIGHBOURS = 10_000;

/**
 * The positions that are known, and those where another program stopped in logs that were never read. What it has read
 * of a file that is gone now cannot be told from other files: the position is then of no file, so that the log is read
 * from its beginning.
 */
export function withFirstPositions(
  known: readonly FilePosition[],
  settings: readonly { readonly value: FirstStart }[],
): readonly FilePosition[] {
  const paths = new Set(known.map(({ path }) => path));
  const starts = settings.map(({ value }) => value);
  const missing = starts.filter(
    ({ path }, at) => !paths.has(path) && starts.findIndex((one) => one.path === path) === at,
  );
  return missing.length === 0 ? known : [...known, ...missing.flatMap(firstPosition)];
}

function firstPosition(start: FirstStart): FilePosition[] {
  if (start.offset === 0) return [];
  for (const at of [start.path, ...neighbours(start.path)]) {
    const position = positionIn(at, start);
    if (position) return [position];
  }
  return [gone(start)];
}

/** Files beside the log whose names begin like it. */
function neighbours(path: string): string[] {
  const [folder, name] = [dirname(path), basename(path)];
  try {
    const names = readdirSync(folder);
    return names.length > MAX_NEIGHBOURS
      ? []
      : names.filter((one) => one !== name && one.startsWith(name)).map((one) => join(folder, one));
  } catch {
    return [];
  }
}

/** The position in the file of this inode; null: this is another file, or it is shorter now. */
function positionIn(at: string, { path, inode, offset }: FirstStart): FilePosition | null {
  let fd: number;
  try {
    const status = statSync(at, { bigint: true });
    if (!status.isFile() || String(status.ino) !== inode) return null;
    fd = openSync(at, constants.O_RDONLY | constants.O_NONBLOCK);
  } catch {
    return null; // gone again, or not ours to read: the log itself says so when it is opened
  }
  try {
    const { device, inode: now, size, mtime } = identify(fd);
    if (now !== inode || size < offset) return null;
    const begin = startOffset(fd, offset, { kind: 'end' }); // logtail stops within lines, too
    const head = hashHead(readHead(fd, Math.min(HEAD_BYTES, begin)));
    const last = readBefore(fd, begin, TAIL_BYTES);
    const tail = last.length > 0 ? { tail: hashTail(last) } : {};
    return { path, device, inode, ...head, ...tail, offset: begin, stage: 'live', since: mtime };
  } finally {
    closeSync(fd);
  }
}

/** A head that no file has. */
const NO_HEAD = { head: 'gone', headLength: 1 } as const;

function gone({ path, inode, offset }: FirstStart): FilePosition {
  return { path, device: '0', inode, ...NO_HEAD, offset, stage: 'live', since: 0 };
}
