import { DAY } from '../base/time/duration.js';
import { shownId } from '../letter/entry-id.js';
import { isAsleep, type Snooze, stepSnooze } from '../queue/snooze.js';
import type { Snoozes } from '../store/ports/snoozes.js';
import type { ScheduleEvent } from './event.js';

/** Between two looks at whether entries wake (ms): each counts their lines anew. */
const PAUSE = 60_000;

/** So long an end waits for a letter that tells it (ms): queues of pagers have none. */
const MAX_UNTOLD = 30 * DAY;

/** Ends snoozes whose time is over or whose entries grow, and drops those of queues that are gone. */
export class SnoozeKeeper {
  readonly #store: Snoozes;
  readonly #queues: ReadonlySet<string>;
  readonly #onEvent: (event: ScheduleEvent) => void;
  #looked = Number.NEGATIVE_INFINITY;

  constructor(store: Snoozes, queues: ReadonlySet<string>, onEvent: (event: ScheduleEvent) => void) {
    this.#store = store;
    this.#queues = queues;
    this.#onEvent = onEvent;
  }

  /** What of a queue is snoozed now. */
  asleep(queue: string, now: number): Snooze[] {
    return this.#store.snoozes().filter((snooze) => snooze.queue === queue && isAsleep(snooze, now));
  }

  /** Looks after all of them, once a minute. */
  look(now: number): void {
    if (Math.abs(now - this.#looked) < PAUSE) return;
    this.#looked = now;
    for (const snooze of this.#store.snoozes()) this.#lookAfter(snooze, now);
  }

  #lookAfter(snooze: Snooze, now: number): void {
    const { queue, ended } = snooze;
    if (!this.#queues.has(queue)) {
      this.#store.dropSnooze(snooze);
      return this.#onEvent({ kind: 'snooze-dropped', queue, id: shownId(snooze.id) });
    }
    if (ended !== null) {
      if (now - ended > MAX_UNTOLD) this.#store.dropSnooze(snooze);
      return;
    }
    const step = stepSnooze(snooze, this.#store.snoozedLines(snooze), now);
    if (step.kind === 'day') this.#store.beginSnoozeDay(snooze, step.day, step.before);
    if (step.kind !== 'ends') return;
    this.#store.endSnooze(snooze, now, step.why);
    this.#onEvent({ kind: 'snooze-ended', queue, id: shownId(snooze.id), why: step.why });
  }
}
