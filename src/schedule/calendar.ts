import { DAY } from '../base/time/duration.js';
import type { QueueMark, QueueMarks } from '../store/ports/queue-marks.js';
import type { Scheduled, ScheduledLetter } from './scheduled.js';

/** A mark this far ahead (ms) was made by a wrong clock: the schedule starts again from now. */
const TOO_FAR = DAY;

/**
 * The clock of a fleet is right, so a mark that is ahead of it (ms) was made before this node knew that its own is not. Two
 * seconds of difference are left to each clock.
 */
export const TOO_FAR_IN_A_FLEET = 5000;

/** A queue that is due, with the mark to be set in the transaction that closes it. */
export interface DueQueue {
  readonly queue: ScheduledLetter;
  readonly mark: QueueMark;
}

/**
 * Decides when each queue is due, by marks in the store. A due time that was missed (a restart, a suspended machine) is
 * made up for once, and one that was served is not served again when the clock goes back.
 */
export class Calendar {
  readonly #queues: readonly ScheduledLetter[];
  readonly #store: QueueMarks;
  readonly #tooFar: number;
  /** Up to when each schedule has been served (ms). */
  readonly #servedUntil = new Map<string, number>();
  /** The last results: `due` is called at each poll, and most polls are between two letters. */
  readonly #found = new Map<string, { readonly after: number; readonly next: number | null }>();

  /** `tooFar`: marks that are further ahead (ms) are not believed. */
  constructor(queues: readonly ScheduledLetter[], store: QueueMarks, tooFar: number = TOO_FAR) {
    this.#queues = queues;
    this.#store = store;
    this.#tooFar = tooFar;
  }

  /** Reads the marks. Queues that are new, or have another schedule, begin now. */
  begin(now: number): void {
    for (const queue of this.#queues) {
      const mark = this.#store.queueMark(queue.name);
      if (mark?.schedule === textOf(queue)) this.#servedUntil.set(queue.name, mark.dueAfter);
      else this.#beginSchedule(queue, now);
      this.#beginSections(queue, now);
    }
  }

  due(now: number): DueQueue[] {
    return this.#queues
      .filter((queue) => this.#isDue(queue, now))
      .map((queue) => ({ queue, mark: { schedule: textOf(queue), dueAfter: now } }));
  }

  /** The queue has been closed. */
  served({ queue, mark }: DueQueue): void {
    this.#servedUntil.set(queue.name, mark.dueAfter);
  }

  /** When a queue's next letter goes (ms); null: at the next poll, or never. */
  next(queue: Scheduled, now: number): number | null {
    return isCron(queue) ? this.#nextAfter(queue, this.#servedUntil.get(queue.name) ?? now) : null;
  }

  #isDue(queue: ScheduledLetter, now: number): boolean {
    if (!isCron(queue)) return true;
    const next = this.#nextAfter(queue, this.#servedUntilOf(queue, now));
    return next !== null && next <= now;
  }

  #servedUntilOf(queue: ScheduledLetter, now: number): number {
    const mark = this.#servedUntil.get(queue.name) ?? now;
    if (mark <= now + this.#tooFar) return mark;
    this.#beginSchedule(queue, now);
    return now;
  }

  #beginSchedule(queue: ScheduledLetter, now: number): void {
    this.#servedUntil.set(queue.name, now);
    this.#store.markQueue(queue.name, { schedule: textOf(queue), dueAfter: now });
  }

  /** Sections have the marks of their letter, so that the state knows them as queues. */
  #beginSections(queue: ScheduledLetter, now: number): void {
    const schedule = textOf(queue);
    const dueAfter = this.#servedUntil.get(queue.name) ?? now;
    for (const section of queue.sections)
      if (this.#store.queueMark(section)?.schedule !== schedule)
        this.#store.markQueue(section, { schedule, dueAfter });
  }

  #nextAfter({ name, schedule }: Cron, after: number): number | null {
    const known = this.#found.get(name);
    if (known?.after === after) return known.next;
    const next = schedule.next(after);
    this.#found.set(name, { after, next });
    return next;
  }
}

type Cron = Scheduled & { readonly schedule: Extract<Scheduled['schedule'], { readonly kind: 'cron' }> };

function isCron<One extends Scheduled>(queue: One): queue is One & Cron {
  return queue.schedule.kind === 'cron';
}

/** When a queue's next letter goes, by the mark in the store; null: at the next poll, or never. */
export function nextAfter(queue: Scheduled, mark: QueueMark | null, now: number): number | null {
  if (queue.schedule.kind === 'now') return null;
  const served = mark?.schedule === textOf(queue) && mark.dueAfter <= now + TOO_FAR ? mark.dueAfter : now;
  return queue.schedule.next(served);
}

/** The identity of a schedule: its fields, and their time zone. */
function textOf({ schedule }: Scheduled): string {
  if (schedule.kind === 'now') return 'now';
  return schedule.timezone === null ? schedule.text : `${schedule.text} ${schedule.timezone}`;
}
