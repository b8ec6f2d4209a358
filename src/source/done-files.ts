import { beginsLike, COARSE } from './identity.js';
import type { FilePosition } from './line-batch.js';

/** The files of a log that were read to their ends: known by their heads, so that none is read again. */
export interface DoneFiles {
  readonly all: readonly FilePosition[];
  /** When the one that was written to last was (ms); null: there is none. */
  readonly latest: number | null;
  /** `changed`: when it was last written to. `since`: when the oldest was that may not have been seen yet. */
  add(position: FilePosition, changed: number, since: number): void;
  /** Whether a file that begins so is among them. */
  has(head: Buffer): boolean;
}

/** So many files that are done are always remembered: a late straggler makes none look unseen. */
export const FEWEST_DONE = 16;

/** More are remembered while their times do not tell them from unseen ones, up to this: rotated every second. */
const MOST_DONE = 2000;

/** Begins with what is known from before. What is remembered and what is forgotten is told, to be kept. */
export function createDoneFiles(
  known: readonly FilePosition[],
  onDone: (position: FilePosition) => void,
  onForget: (position: FilePosition) => void,
): DoneFiles {
  const done = known.toSorted((a, b) => a.since - b.since);
  return {
    all: done,
    get latest() {
      return done.at(-1)?.since ?? null;
    },
    add(position, changed, since) {
      const kept = {
        ...position,
        device: 'done',
        inode: position.head,
        stage: 'done',
        since: changed,
      } as const;
      done.push(kept);
      onDone(kept);
      while (done.length > FEWEST_DONE && (isBefore(done[0], since - COARSE) || done.length > MOST_DONE)) {
        const oldest = done.shift();
        if (oldest) onForget(oldest);
      }
    },
    has: (head) => done.some((one) => beginsLike(head, one)),
  };
}

function isBefore(position: FilePosition | undefined, time: number): boolean {
  return position !== undefined && position.since < time;
}
