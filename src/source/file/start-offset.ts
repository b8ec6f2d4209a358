import { fstatSync } from 'node:fs';
import { NEWLINE } from '../split-lines.js';
import { readAt, readBefore } from './rotation/evidence.js';
import type { Start } from './segment.js';

const SEEK_BYTES = 64 * 1024;

/** The offset to begin at: always the start of a line, so that a line that is being written is read whole. */
export function startOffset(fd: number, size: number, start: Start): number {
  switch (start.kind) {
    case 'beginning':
      return endOfHole(fd, size);
    case 'end':
      return lineStartBefore(fd, size);
    case 'last':
      return size <= start.bytes ? 0 : lineStartAfter(fd, size - start.bytes, size);
  }
}

function lineStartBefore(fd: number, size: number): number {
  const bytes = readBefore(fd, size, SEEK_BYTES);
  const from = Math.max(0, size - SEEK_BYTES);
  const newline = bytes.lastIndexOf(NEWLINE);
  return newline >= 0 ? from + newline + 1 : from === 0 ? 0 : size;
}

function lineStartAfter(fd: number, from: number, size: number): number {
  const newline = readAt(fd, from, SEEK_BYTES).indexOf(NEWLINE);
  return newline >= 0 ? from + newline + 1 : size;
}

/** Files have their data in blocks of at least so many bytes. */
const BLOCK = 4096;

/** A hole that is shorter (bytes) is read like anything else. */
const MIN_HOLE = 64 * 1024;

/** The unit, in bytes, in which stat(2) counts the blocks of a file. */
const STAT_BLOCK = 512;

/**
 * The offset at which the data of a file begin. A program that opened its log without O_APPEND continues at its old
 * offset after the log was truncated: before that is a hole, which reads as NULs and may be of any size. The hole is
 * skipped when the file has no more blocks than the data after it need; on file systems that count otherwise the NULs
 * are read.
 */
export function endOfHole(fd: number, size: number): number {
  const onDisk = fstatSync(fd).blocks * STAT_BLOCK;
  if (onDisk + MIN_HOLE >= size || !isHole(fd, 0)) return 0;
  let [low, high] = [0, Math.ceil(size / BLOCK)];
  while (low + 1 < high) {
    const middle = Math.floor((low + high) / 2);
    if (isHole(fd, middle)) low = middle;
    else high = middle;
  }
  const end = Math.min(high * BLOCK, size);
  return onDisk <= Math.ceil((size - end) / BLOCK) * BLOCK ? end : 0;
}

function isHole(fd: number, block: number): boolean {
  return readAt(fd, block * BLOCK, BLOCK).every((byte) => byte === 0);
}
