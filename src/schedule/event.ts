/** The events of schedule. */
export type ScheduleEvent =
  /** What a queue counts cannot be closed for its letter: emitted once for each reason, and tried again and again. */
  | { readonly kind: 'unsealed'; readonly queue: string; readonly reason: string }
  /** The state cannot be written, whatever the queue. */
  | { readonly kind: 'state-failed'; readonly reason: string }
  /** A snoozed entry wakes. */
  | {
      readonly kind: 'snooze-ended';
      readonly queue: string;
      readonly id: string;
      readonly why: 'time' | 'grown';
    }
  /** A snooze of a queue that the config no longer defines. */
  | { readonly kind: 'snooze-dropped'; readonly queue: string; readonly id: string }
  /** A queue with counts that the config no longer defines. `mailed`: by its last definition; false: none is known. */
  | {
      readonly kind: 'orphaned';
      readonly queue: string;
      readonly lines: number;
      readonly mailed: boolean;
    };
