import { beginsLike, COARSE, HEAD_BYTES, identify, type Seen } from '../fingerprint.js';
import type { FilePosition } from '../line-batch.js';
import { idOf } from '../open-log.js';
import { hasTailAt, hasTimedTail, readAt } from './evidence.js';

/** The files of a log that were read to their ends: recognised by their content, so that none is read again. */
export interface ProcessedFiles {
  readonly all: readonly FilePosition[];
  /** The latest mtime among them (ms); null: there is none. */
  readonly latest: number | null;
  /** `changed`: its mtime (ms). `since`: the mtime of the oldest file that may not have been seen yet. */
  add(position: FilePosition, changed: number, since: number): void;
  /** One that was remembered for another path. */
  keep(position: FilePosition): void;
  /** Forgets all; returns them. */
  clear(): FilePosition[];
  /** Whether an open file is among them. */
  has(fd: number): boolean;
}

/** How many processed files are always remembered, so that a late line makes none look new. */
export const MIN_PROCESSED = 16;

/** More are remembered while their mtimes do not tell them from new ones, up to this many: rotation every second. */
const MAX_PROCESSED = 2000;

/** Begins with the known files. Calls `onDone` and `onForget` for what is to be kept in the state and what is not. */
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
 * The key of a processed file: its inode, head and offset. The inode may be used again, and the file may be packed into
 * another one, so the inode only helps to recognise it. Many logs have the same first lines, so the head is not enough.
 */
function doneIdentity(position: FilePosition): Pick<FilePosition, 'device' | 'inode'> {
  return { device: 'done', inode: `${idOf(position)} ${position.head} ${position.offset}` };
}

/** Another file may have the same tail without times, unless its length or its inode is the same, too. */
function holdsDone(fd: number, seen: Seen, done: FilePosition): boolean {
  if (done.tail === undefined) return true;
  if (seen.size < done.offset || !hasTailAt(fd, done.offset, done)) return false;
  return hasTimedTail(done) || seen.size === done.offset || isDoneWith(seen, done);
}

/** Whether a file has the inode of a processed one. */
export function isDoneWith(file: Pick<FilePosition, 'device' | 'inode'>, done: FilePosition): boolean {
  return done.inode.startsWith(`${idOf(file)} `);
}

function isBefore(position: FilePosition | undefined, time: number): boolean {
  return position !== undefined && position.since < time;
}
