import type { EndedRun, RunCounts, RunEnd, WaitingRun } from '../../queue/exec/run.js';

/** Programs that run for hits. A commit of lines adds hits (`Batch.runs`) and takes what was told (`Batch.toldRuns`). */
export interface Runs {
  /** At most `limit` hits of a queue that wait, oldest first. */
  waitingRuns(queue: string, limit: number): WaitingRun[];
  /** Those that have been started and have no end yet. */
  startedRuns(): WaitingRun[];
  /**
   * Marks hits as started, and notes the ends of others (by id), in one transaction that is on the disk when it returns:
   * whatever happens then, nobody starts them again. `again`: started ones that are to wait again.
   */
  settleRuns(changes: RunChanges): void;
  /** Ends what waits in queues other than these; `end` is what becomes of it. */
  dropRuns(queues: readonly string[], end: Omit<RunEnd, 'hits'>, at: number): void;
  /** At most `limit` ends that no line has told yet, oldest first. */
  endedRuns(limit: number): EndedRun[];
  /** All queues of which something waits, runs or has ended, by name. */
  runCounts(): RunCounts[];
  /** The last ends of each queue that were told or not, the latest first. */
  recentRuns(): EndedRun[];
}

export interface RunChanges {
  /** ms */
  readonly at: number;
  readonly started: readonly number[];
  readonly again: readonly number[];
  readonly ended: readonly { readonly id: number; readonly end: RunEnd }[];
}
