import type { LogUnit } from './read-log.js';

/** Logs that are open at once: each takes a few MB. More are read behind these, one where another has ended. */
export const MAX_OPEN_LOGS = 32;

/** A log that is being read. */
class OpenLog {
  readonly #batches: AsyncGenerator<LogUnit[]>;
  #batch: readonly LogUnit[] = [];
  #next = 0;

  constructor(batches: AsyncGenerator<LogUnit[]>) {
    this.#batches = batches;
  }

  /** The next unit, if it has been read already. */
  get head(): LogUnit | undefined {
    return this.#batch[this.#next];
  }

  /** Reads on until there is a next unit; false: the log has ended. */
  async fill(): Promise<boolean> {
    while (!this.head) {
      const { done, value } = await this.#batches.next();
      if (done) return false;
      this.#batch = value;
      this.#next = 0;
    }
    return true;
  }

  /** Hands on units that are no later than `until` (ms), as far as they have been read. */
  takeUntil(until: number, take: (unit: LogUnit) => void): void {
    for (let unit = this.head; unit && unit.at <= until; unit = this.head) {
      this.#next += 1;
      take(unit);
    }
  }
}

/**
 * Hands on the units of all logs in the order of their times, as the daemon read them: a window may count lines of
 * several logs. Of more than `MAX_OPEN_LOGS` logs the last ones come behind others.
 */
export async function mergeLogs(
  logs: readonly AsyncGenerator<LogUnit[]>[],
  take: (unit: LogUnit) => void,
): Promise<void> {
  const waiting = [...logs];
  let open: OpenLog[] = [];
  for (;;) {
    while (open.length < MAX_OPEN_LOGS) {
      const next = waiting.shift();
      if (!next) break;
      open.push(new OpenLog(next));
    }
    const filled = await Promise.all(open.map(async (log) => ((await log.fill()) ? log : null)));
    open = filled.filter((log) => log !== null);
    if (open.length === 0 && waiting.length === 0) return;
    takeWhileFilled(open, take);
  }
}

/** Until one of the logs must be read on. */
function takeWhileFilled(open: readonly OpenLog[], take: (unit: LogUnit) => void): void {
  for (;;) {
    let first: OpenLog | null = null;
    let until = Number.POSITIVE_INFINITY;
    for (const log of open) {
      const { head } = log;
      if (!head) return;
      if (!first?.head || head.at < first.head.at) {
        until = Math.min(until, first?.head?.at ?? until);
        first = log;
      } else until = Math.min(until, head.at);
    }
    if (!first) return;
    first.takeUntil(until, take);
  }
}
