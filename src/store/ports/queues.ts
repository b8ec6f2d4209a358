import type { Storm, StormNote, Waiting } from '../../queue/fold.js';
import type { Snooze } from '../../queue/snooze.js';
import type { QueueMark } from './queue-marks.js';

/** The content of queues, and the closing of their open editions, after which a letter can be made. */
export interface Queues {
  /** What was counted and not sealed yet, in the order of queues. */
  pending(): PendingQueue[];
  /** The content of a queue, as a storm needs it, but for what is snoozed; reads at most `most` rows. */
  waiting(queue: string, most: number, asleep?: readonly Snooze[]): Waiting;
  /** From when on (ms) what a queue holds makes a page, if its pages may wait; null: at once, or it holds nothing. */
  pageFrom(queue: string): number | null;
  /** Notes since when (ms) the page of a queue waits for the hours of the queue, if it holds anything. The first time counts. */
  holdPage(queue: string, at: number): void;
  /** How many keys each directive that counts in time remembers, by its space. */
  timedSizes(): Map<string, number>;
  /** The current or last storm of a queue. */
  storm(queue: string): Storm | null;
  /** Deletes the storms of all queues but these. */
  keepStorms(queues: readonly string[]): void;
  /**
   * Closes the open edition of a queue; later counts go into the next one. The same transaction writes `mark` and deletes
   * the escalation counts that the letter resets: those whose leftmost queue this is, on the hosts of the edition. Returns
   * these hosts; null if no edition was open.
   */
  closeEdition(
    queue: string,
    at: number,
    status: string | null,
    mark: QueueMark | null,
  ): readonly string[] | null;
  /**
   * Closes the open editions of all queues of a letter as one: those of its sections go with that of `queue`, which is made
   * where it has none. Each is closed as `closeEdition` does it, all in one transaction. Returns the queues that were closed;
   * none where no edition was open, unless the letter comes even when it is empty.
   */
  closeLetter(
    of: LetterQueues,
    at: number,
    status: string | null,
    mark: QueueMark | null,
  ): readonly ClosedQueue[];
  /** Whether a queue has an open edition: something was counted since the last one was closed. */
  hasOpenEdition(queue: string): boolean;
  /**
   * Writes the storm, and closes the open edition of the queue as a page; a note of the kind `end` becomes an edition of
   * its own instead. Returns the same as `closeEdition`.
   */
  closePage(
    queue: string,
    at: number,
    storm: Storm,
    note: StormNote | null,
    status?: string | null,
  ): readonly string[] | null;
}

/** The queues of a letter. */
export interface LetterQueues {
  readonly name: string;
  /** Queues whose messages go into the letters of `name`, too. */
  readonly sections: readonly string[];
  /** A letter comes even when nothing was counted. */
  readonly evenEmpty: boolean;
}

/** A queue whose edition was closed, and the hosts in it. */
export interface ClosedQueue {
  readonly queue: string;
  readonly hosts: readonly string[];
}

export interface PendingQueue {
  readonly queue: string;
  readonly messages: number;
  readonly lines: number;
}
