import { createHash } from 'node:crypto';
import { readSync } from 'node:fs';
import { NEWLINE } from '../../split-lines.js';
import { hasSameHead } from '../fingerprint.js';
import type { FilePosition } from '../line-batch.js';

/**
 * Whether a file is the one that was read. It is compared as far as it was read, not only at its beginning: programs
 * write the same first lines at each start, and rsync, editors and `cp` rewrite the same file. A position has a hash
 * of the first bytes (the head) and of the last bytes before its offset (the tail).
 */
export type Match =
  /** It holds all that was read, in its place. */
  | { readonly kind: 'whole' }
  /**
   * The last bytes that were read end at this offset now: lines before them were edited or removed. Only found by a
   * full tail with clock times: another file may well have the same line or two.
   */
  | { readonly kind: 'moved'; readonly offset: number }
  /** It is shorter than what was read and begins like it, so far: it may be a copy that is still being written. */
  | { readonly kind: 'beginning' }
  | { readonly kind: 'other' };

/** Bytes before the offset that make the tail: several lines of most logs, and cheap to read at every poll. */
export const TAIL_BYTES = 1024;

/** How far from its old place a tail is searched for (bytes): an editor that removes more makes a new log. */
const MAX_SHIFT = 1024 * 1024;

/** A clock time with seconds, or seconds since 1970 as of 2017 to 2033. */
const TIME = /\d\d:\d\d:\d\d|\b1[5-9]\d{8}\b/g;

interface Tail {
  readonly isTimed: boolean;
  readonly length: number;
  readonly hash: string;
}

/** The last bytes before an offset, as positions keep them: `t` (with clock times) or `u`, their number, their hash. */
export function hashTail(bytes: Buffer): string {
  const last = bytes.subarray(-TAIL_BYTES);
  return `${isTimed(last) ? 't' : 'u'}${last.length} ${hashOf(last)}`;
}

/** How many bytes before its offset the tail of a position covers; 0 where it is not known. */
export function tailLength({ tail }: Pick<FilePosition, 'tail'>): number {
  return parseTail(tail)?.length ?? 0;
}

/** Whether the tail of a position has clock times: then only a copy has the same tail. */
export function hasTimedTail({ tail }: Pick<FilePosition, 'tail'>): boolean {
  return parseTail(tail)?.isTimed ?? false;
}

/** Whether bytes that end at the offset of a position end with its tail. */
export function endsWithTail(bytes: Buffer, { tail }: Pick<FilePosition, 'tail'>): boolean {
  const known = parseTail(tail);
  if (!known || bytes.length < known.length) return false;
  return hashOf(bytes.subarray(bytes.length - known.length)) === known.hash;
}

/**
 * Whether a text can hardly have been written twice: its last line has a clock time, or it has two different times. One
 * time in an earlier line may be that of a version ("built 2023-03-13 12:18:29").
 */
export function isTimed(bytes: Buffer): boolean {
  const text = bytes.toString('latin1');
  const times = new Set(text.match(TIME));
  if (times.size !== 1) return times.size > 1;
  const last = text.slice(text.lastIndexOf('\n', text.length - 2) + 1);
  return new RegExp(TIME).test(last);
}

/** Compares an open file of this size with what is known of one that was read. */
export function matchFile(fd: number, size: number, position: FilePosition, head: Buffer | null): Match {
  const { offset, headLength } = position;
  const known = parseTail(position.tail);
  if (size >= offset && hasSameHead(fd, position) && hasTailAt(fd, offset, position))
    return { kind: 'whole' };
  if (known?.isTimed && known.length === TAIL_BYTES) {
    const moved = findTail(fd, size, offset, known);
    if (moved !== null) return { kind: 'moved', offset: moved };
  }
  if (size >= offset) return { kind: 'other' };
  if (size >= headLength) return { kind: hasSameHead(fd, position) ? 'beginning' : 'other' };
  const begins = size === 0 || head?.subarray(0, size).equals(readAt(fd, 0, size));
  return { kind: begins ? 'beginning' : 'other' };
}

/** Whether the bytes before an offset of an open file are the tail of a position; true where no tail is known. */
export function hasTailAt(fd: number, offset: number, position: Pick<FilePosition, 'tail'>): boolean {
  const length = tailLength(position);
  return length === 0 || endsWithTail(readAt(fd, offset - length, length), position);
}

/**
 * The offset at which a tail ends in a file whose lines were edited: at the end of a line, as near as possible to its
 * old offset. Searches from there in both directions.
 */
function findTail(fd: number, size: number, offset: number, tail: Tail): number | null {
  const end = Math.min(size, offset + MAX_SHIFT);
  const from = Math.max(0, end - 2 * MAX_SHIFT);
  const bytes = readAt(fd, from, end - from);
  const old = Math.min(offset, end) - from;
  const isIt = (newline: number): boolean =>
    newline + 1 >= tail.length &&
    hashOf(bytes.subarray(newline + 1 - tail.length, newline + 1)) === tail.hash;
  let before = lineEndBefore(bytes, old);
  let after = bytes.indexOf(NEWLINE, old);
  for (let tries = 0; tries < MAX_TRIES && (before >= 0 || after >= 0); tries++) {
    const isBeforeNearer = after < 0 || (before >= 0 && old - before <= after - old);
    const newline = isBeforeNearer ? before : after;
    if (isIt(newline)) return from + newline + 1;
    if (isBeforeNearer) before = lineEndBefore(bytes, before);
    else after = bytes.indexOf(NEWLINE, after + 1);
  }
  return null;
}

/** How many line ends are tried: some 20 ms. */
const MAX_TRIES = 20_000;

function lineEndBefore(bytes: Buffer, place: number): number {
  return place > 0 ? bytes.lastIndexOf(NEWLINE, place - 1) : -1;
}

/** Bytes of an open file; fewer where it ends before. */
export function readAt(fd: number, from: number, length: number): Buffer {
  const bytes = Buffer.alloc(length);
  return bytes.subarray(0, length === 0 ? 0 : readSync(fd, bytes, 0, length, Math.max(0, from)));
}

/** The bytes of an open file before a place, at most `length`. */
export function readBefore(fd: number, place: number, length: number): Buffer {
  const from = Math.max(0, place - length);
  return readAt(fd, from, place - from);
}

/** How many bytes two open files have in common from these places on, up to `max`. */
export function commonLength(
  a: [fd: number, from: number],
  b: [fd: number, from: number],
  max: number,
): number {
  for (let done = 0; done < max; done += COMPARED) {
    const left = readAt(a[0], a[1] + done, Math.min(COMPARED, max - done));
    const right = readAt(b[0], b[1] + done, Math.min(COMPARED, max - done));
    const length = Math.min(left.length, right.length);
    for (let at = 0; at < length; at++) if (left[at] !== right[at]) return done + at;
    if (length < COMPARED) return done + length;
  }
  return max;
}

/** Bytes that are compared at once. */
const COMPARED = 64 * 1024;

function parseTail(tail = ''): Tail | null {
  const [, timed, length, hash] = /^([tu])(\d+) (\S+)$/.exec(tail) ?? [];
  if (hash === undefined) return null;
  return { isTimed: timed === 't', length: Number(length), hash };
}

function hashOf(bytes: Buffer): string {
  return createHash('sha1').update(bytes).digest('base64');
}
