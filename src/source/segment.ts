import { closeSync, openSync, readSync } from 'node:fs';
import { ByteTail } from './byte-tail.js';
import { hasSameHead, type Identity, identify } from './identity.js';
import type { FilePosition, LineBatch } from './line-batch.js';
import { createLineSplitter } from './split-lines.js';

/** Where to begin in a file that has no position yet. `last`: at the first line within so many last bytes. */
export type Start =
  | { readonly kind: 'end' }
  | { readonly kind: 'beginning' }
  | { readonly kind: 'last'; readonly bytes: number };

export interface SegmentOptions {
  /** The path it is followed under, and the path under which it lies now. */
  readonly path: string;
  readonly at: string;
  readonly from: Start | FilePosition;
  onLines(batch: LineBatch): void;
  onCut(bytes: number): void;
}

/** One file (one inode), read forward: as long as its log is written, and a while after it was rotated away. */
export interface Segment {
  position(): FilePosition | null;
  /** Bytes read, whole lines or not. */
  readonly read: number;
  readonly retired: boolean;
  readToEnd(): Promise<void>;
  /** Whether it was truncated or written anew since it was last read; a `size` is the one just seen. */
  isBegunAnew(size: number): boolean;
  /** Goes back to its beginning. */
  rewind(): void;
  retire(): void;
  end(): void;
}

/** Opens at the first `readToEnd`. Positions are byte offsets behind whole lines, so a restart re-reads a begun one. */
export function createSegment(options: SegmentOptions): Segment {
  let position: FilePosition | null = null;
  let retired = 'path' in options.from && options.from.retired;
  let read = 0;
  let splitter = createLineSplitter(options.onCut);

  const tail = new ByteTail(options.at, {
    onOpen(fd) {
      const { size, ...identity } = identify(fd);
      if ('path' in options.from && !isSameInode(identity, options.from)) throw new AnotherFile();
      const offset = 'path' in options.from ? options.from.offset : startOffset(fd, size, options.from);
      position = { path: options.path, ...identity, offset, retired };
      read = offset;
      return offset;
    },
    onBytes(chunk) {
      if (!position) return;
      const lines = splitter.push(chunk);
      read += chunk.length;
      position = { ...position, ...currentHead(position), offset: read - splitter.held, retired };
      if (lines.text !== '') options.onLines({ lines, position });
    },
  });

  /** A file that was shorter than the head when it was opened has a longer one now. */
  function currentHead(known: FilePosition): Pick<FilePosition, 'head' | 'headLength'> {
    const fd = tail.handle;
    if (fd === null || known.headLength >= read || known.headLength >= 256) return known;
    return identify(fd);
  }

  return {
    position: () => position && { ...position, retired },
    get read() {
      return read;
    },
    get retired() {
      return retired;
    },
    readToEnd: () => tail.readToEnd(),
    isBegunAnew(size) {
      const fd = tail.handle;
      if (fd === null || position === null) return false;
      return size < read || !hasSameHead(fd, position);
    },
    rewind() {
      const fd = tail.handle;
      if (fd === null || position === null) return;
      const { size: _, ...identity } = identify(fd);
      position = { ...position, ...identity, offset: 0 };
      splitter = createLineSplitter(options.onCut);
      read = 0;
      tail.seek(0);
    },
    retire() {
      retired = true;
    },
    end: () => tail.end(),
  };
}

/** Under the path lies another file than the one whose position was given. */
export class AnotherFile extends Error {}

function isSameInode(a: Identity, b: Identity): boolean {
  return a.device === b.device && a.inode === b.inode;
}

/** Whether the file at `path` is the one that `position` was taken of; false when it cannot be opened. */
export function isFileOf(path: string, position: FilePosition): boolean {
  let fd: number;
  try {
    fd = openSync(path, 'r');
  } catch {
    return false;
  }
  try {
    const { size, ...identity } = identify(fd);
    return isSameInode(identity, position) && size >= position.offset && hasSameHead(fd, position);
  } finally {
    closeSync(fd);
  }
}

/** Always at the start of a line: one that is being written when we come is told whole when it is done. */
function startOffset(fd: number, size: number, start: Start): number {
  switch (start.kind) {
    case 'beginning':
      return 0;
    case 'end':
      return lineStartBefore(fd, size);
    case 'last':
      return size <= start.bytes ? 0 : lineStartAfter(fd, size - start.bytes, size);
  }
}

const SEEK_BYTES = 64 * 1024;

function lineStartBefore(fd: number, size: number): number {
  const bytes = Buffer.alloc(Math.min(size, SEEK_BYTES));
  const from = size - bytes.length;
  const got = readSync(fd, bytes, 0, bytes.length, from);
  const newline = bytes.subarray(0, got).lastIndexOf(10);
  return newline >= 0 ? from + newline + 1 : from === 0 ? 0 : size;
}

function lineStartAfter(fd: number, from: number, size: number): number {
  const bytes = Buffer.alloc(SEEK_BYTES);
  const got = readSync(fd, bytes, 0, bytes.length, from);
  const newline = bytes.subarray(0, got).indexOf(10);
  return newline >= 0 ? from + newline + 1 : size;
}
