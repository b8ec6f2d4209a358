import type { QueueMarks } from '../store/ports/queue-marks.js';
import { lastDue } from './last-due.js';
import type { ServedUntil } from './meeting-place.js';
import type { FleetQueue } from './series.js';

/** Knows up to which due time this node has reported each series, and finds what is new. */
export class Served {
  readonly #queues: readonly FleetQueue[];
  readonly #store: Pick<QueueMarks, 'queueMark'>;
  /** By series. */
  readonly #reported = new Map<string, number>();
  /** Before then (ms) no queue can be served further than it is reported. */
  #next = Number.NEGATIVE_INFINITY;
  /** The latest due time that is reported (ms). */
  #latest = Number.NEGATIVE_INFINITY;

  constructor(queues: readonly FleetQueue[], store: Pick<QueueMarks, 'queueMark'>) {
    this.#queues = queues;
    this.#store = store;
  }

  /** Whether there may be something to report at a time (ms): also one that was reported by a clock that was fast. */
  isDue(now: number): boolean {
    return now >= this.#next || now < this.#latest;
  }

  /** What is to be reported. `waiting`: queues whose closed editions are not all handed in. */
  find(waiting: ReadonlySet<string>, now: number): ServedUntil[] {
    const found: ServedUntil[] = [];
    for (const { id, queue, schedule } of this.#queues) {
      if (schedule.kind === 'now' || waiting.has(queue)) continue;
      const mark = this.#store.queueMark(queue);
      // What a clock that was wrong has served in advance is not over.
      const due = mark && lastDue(schedule, Math.min(mark.dueAfter, now));
      if (due !== null && due !== this.#reported.get(id)) found.push({ series: id, due });
    }
    return found;
  }

  /** The meeting place knows this. */
  reported(served: readonly ServedUntil[]): void {
    for (const { series, due } of served) this.#reported.set(series, due);
    this.#latest = Math.max(...this.#reported.values());
    this.#next = Math.min(...this.#queues.map((queue) => this.#nextOf(queue)));
  }

  #nextOf({ id, schedule }: FleetQueue): number {
    if (schedule.kind === 'now') return Number.POSITIVE_INFINITY;
    const reported = this.#reported.get(id);
    if (reported === undefined) return Number.NEGATIVE_INFINITY;
    return schedule.next(reported) ?? Number.POSITIVE_INFINITY;
  }
}
