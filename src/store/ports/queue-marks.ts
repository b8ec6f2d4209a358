/** How far the schedule of each queue has been served. */
export interface QueueMarks {
  /** null: the queue was never seen. */
  queueMark(queue: string): QueueMark | null;
  markQueue(queue: string, mark: QueueMark): void;
}

/** How far the schedule of a queue has been served. */
export interface QueueMark {
  readonly schedule: string;
  /** The schedule has been served up to here (ms): the next letter is the first due time after it. */
  readonly dueAfter: number;
}
