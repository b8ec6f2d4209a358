import { groupBy } from '../base/group-by.js';
import type { Config } from '../config/config.js';
import { shownId } from '../letter/entry-id.js';
import { type EndedRun, RUN_OUTCOMES, type RunOutcome } from '../queue/exec/run.js';
import type { Runs } from '../store/ports/runs.js';
import type { Snoozes } from '../store/ports/snoozes.js';

/** How the program of a queue does. */
export interface ProgramStatus {
  readonly queue: string;
  /** Hits that wait for it, and that it runs for. */
  readonly waiting: number;
  readonly running: number;
  /** How many hits have come to each end since the state began. */
  readonly ended: Readonly<Record<RunOutcome, number>>;
  /** The last ends, the latest first; times in ms. */
  readonly recent: readonly Omit<EndedRun, 'id' | 'queue'>[];
}

/** A snoozed entry; `ended`: the next letter tells that it is over. Times in ms. */
export interface SnoozeStatus {
  readonly id: string;
  readonly queue: string;
  readonly message: string;
  /** null: every host. */
  readonly host: string | null;
  readonly until: number;
  readonly ended: number | null;
  readonly reason: string;
  readonly lines: number;
}

/** Those of the config, and those of which the state knows something. */
export function programsOf(store: Runs, config: Config | null): ProgramStatus[] {
  const counts = new Map(store.runCounts().map((one) => [one.queue, one]));
  const recent = groupBy(store.recentRuns(), ({ queue }) => queue);
  const queues = new Set([...(config?.execs ?? []).map(({ queue }) => queue), ...counts.keys()]);
  return [...queues].map((queue) => {
    const { waiting = 0, running = 0, ended } = counts.get(queue) ?? {};
    const times = RUN_OUTCOMES.map((outcome) => [outcome, ended?.get(outcome) ?? 0] as const);
    return {
      queue,
      waiting,
      running,
      ended: Object.fromEntries(times) as Record<RunOutcome, number>,
      recent: (recent.get(queue) ?? []).map(({ id: _, queue: __, ...end }) => end),
    };
  });
}

export function snoozedOf(store: Snoozes): SnoozeStatus[] {
  return store.snoozes().map((snooze) => {
    const { id, queue, message, host, until, ended, reason, held } = snooze;
    const lines = held + store.snoozedLines(snooze);
    return { id: shownId(id), queue, message, host: host === '' ? null : host, until, ended, reason, lines };
  });
}
