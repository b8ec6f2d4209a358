import type { Storm, StormNote, Waiting } from '../../queue/fold.js';
import type { QueueMark } from './queue-marks.js';

/** What waits in the queues, and the end of the open edition of each: then its letter can be made. */
export interface Queues {
  /** What has been counted and not been sealed, in the order of queues. */
  pending(): PendingQueue[];
  /** What waits in a queue, as far as a storm is concerned; reads at most `most` of its rows. */
  waiting(queue: string, most: number): Waiting;
  /** The storm that a queue is in, or was in last. */
  storm(queue: string): Storm | null;
  /** Forgets the storms of all queues but these. */
  keepStorms(queues: readonly string[]): void;
  /**
   * Closes a queue's open edition; what is counted from now on goes into the next. The same step writes `mark`, and
   * forgets the escalations that the letter ends: those whose leftmost queue this is, on the hosts of the edition.
   * Returns these hosts; null when no edition was open.
   */
  closeEdition(
    queue: string,
    at: number,
    status: string | null,
    mark: QueueMark | null,
  ): readonly string[] | null;
  /**
   * Writes the storm, and closes the queue's open edition as a page of it; a note of the kind `end` becomes an edition of
   * its own instead. Returns what `closeEdition` does.
   */
  closePage(
    queue: string,
    at: number,
    storm: Storm,
    note: StormNote | null,
    status?: string | null,
  ): readonly string[] | null;
}

export interface PendingQueue {
  readonly queue: string;
  readonly messages: number;
  readonly lines: number;
}
