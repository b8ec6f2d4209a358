import { beginsLike, COARSE, HEAD_BYTES, identify, type Seen } from '../fingerprint.js';
import type { FilePosition } from '../line-batch.js';
import { idOf } from '../open-log.js';
import { hasTailAt, hasTimedTail, readAt } from './evidence.js';

/** The files of a log that were read to their ends: known by their heads, so that none is read again. */
export interface ProcessedFiles {
  readonly all: readonly FilePosition[];
  /** When the one that was written to last was (ms); null: there is none. */
  readonly latest: number | null;
  /** `changed`: when it was last written to. `since`: when the oldest was that may not have been seen yet. */
  add(position: FilePosition, changed: number, since: number): void;
  /** One that was remembered for another path. */
  keep(position: FilePosition): void;
  /** Forgets all; returns them. */
  clear(): FilePosition[];
  /** Whether an open file is among them. */
  has(fd: number): boolean;
}

/** So many files that are done are always remembered: a late straggler makes none look unseen. */
export const MIN_PROCESSED = 16;

/** More are remembered while their times do not tell them from unseen ones, up to this: rotated every second. */
const MAX_PROCESSED = 2000;

/** Begins with what is known from before. What is remembered and what is forgotten is told, to be kept. */
export function createProcessedFiles(
  known: readonly FilePosition[],
  onDone: (position: FilePosition) => void,
  onForget: (position: FilePosition) => void,
): ProcessedFiles {
  const done = known.toSorted((a, b) => a.since - b.since);
  return {
    all: done,
    get latest() {
      return done.at(-1)?.since ?? null;
    },
    add(position, changed, since) {
      const kept = { ...position, ...doneIdentity(position), stage: 'done', since: changed } as const;
      done.push(kept);
      onDone(kept);
      while (
        done.length > MIN_PROCESSED &&
        (isBefore(done[0], since - COARSE) || done.length > MAX_PROCESSED)
      ) {
        const oldest = done.shift();
        if (oldest) onForget(oldest);
      }
    },
    keep(position) {
      done.push(position);
      done.sort((a, b) => a.since - b.since);
      onDone(position);
    },
    clear() {
      for (const one of done) onForget(one);
      return done.splice(0);
    },
    has(fd) {
      const seen = identify(fd);
      const head = readAt(fd, 0, HEAD_BYTES);
      return done.some((one) => beginsLike(head, one) && holdsDone(fd, seen, one));
    },
  };
}

/**
 * Under what a file that is done is kept: its inode may be used again, and it may be packed into another, so that these
 * only help to recognise it. Many logs have the same first lines, so that the head alone would not do.
 */
function doneIdentity(position: FilePosition): Pick<FilePosition, 'device' | 'inode'> {
  return { device: 'done', inode: `${idOf(position)} ${position.head} ${position.offset}` };
}

/** An untimed end may stand in another file as well, unless that has the same length or the same place. */
function holdsDone(fd: number, seen: Seen, done: FilePosition): boolean {
  if (done.tail === undefined) return true;
  if (seen.size < done.offset || !hasTailAt(fd, done.offset, done)) return false;
  return hasTimedTail(done) || seen.size === done.offset || isDoneWith(seen, done);
}

/** Whether a file has the place on the disk of one that is done. */
export function isDoneWith(file: Pick<FilePosition, 'device' | 'inode'>, done: FilePosition): boolean {
  return done.inode.startsWith(`${idOf(file)} `);
}

function isBefore(position: FilePosition | undefined, time: number): boolean {
  return position !== undefined && position.since < time;
}
