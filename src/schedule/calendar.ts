import { DAY } from '../base/time/duration.js';
import type { QueueMark, QueueMarks } from '../store/ports/queue-marks.js';
import type { Scheduled } from './scheduled.js';

/** When each queue is due. */
export interface Calendar {
  /** The queues due at `now`, with the mark that is to be set in the step that serves them. */
  due(now: number): { readonly queue: Scheduled; readonly mark: QueueMark }[];
  /** That step is done. */
  served(queue: Scheduled, mark: QueueMark): void;
  /** When a queue's next letter goes; null: at the next look. */
  next(queue: Scheduled): number | null;
}

/** A mark this far ahead of the clock was made by a clock that ran wrong: the schedule begins anew from now. */
const TOO_FAR = DAY;

/**
 * Decides by marks in the store, so that a due time that was missed (a restart, a suspended machine) is made up for
 * once, and one that was served is not served again when the clock goes back.
 */
export function createCalendar(queues: readonly Scheduled[], store: QueueMarks, now: number): Calendar {
  const marks = new Map<string, number>();
  /** What came out last: it is asked at each look, and most looks are between two letters. */
  const found = new Map<string, { readonly after: number; readonly next: number | null }>();
  for (const queue of queues) {
    const mark = store.queueMark(queue.name);
    if (mark?.schedule === textOf(queue)) marks.set(queue.name, mark.dueAfter);
    else begin(queue, now);
  }

  function begin(queue: Scheduled, time: number): void {
    marks.set(queue.name, time);
    store.markQueue(queue.name, { schedule: textOf(queue), dueAfter: time });
  }

  function markOf(queue: Scheduled, time: number): number {
    const mark = marks.get(queue.name) ?? time;
    if (mark <= time + TOO_FAR) return mark;
    begin(queue, time);
    return time;
  }

  function nextAfterMark({ name, schedule }: Cron, after: number): number | null {
    const known = found.get(name);
    if (known?.after === after) return known.next;
    const next = schedule.next(after);
    found.set(name, { after, next });
    return next;
  }

  function isDue(queue: Scheduled, time: number): boolean {
    if (!isCron(queue)) return true;
    const next = nextAfterMark(queue, markOf(queue, time));
    return next !== null && next <= time;
  }

  return {
    due: (time) =>
      queues
        .filter((queue) => isDue(queue, time))
        .map((queue) => ({ queue, mark: { schedule: textOf(queue), dueAfter: time } })),
    served: (queue, { dueAfter }) => void marks.set(queue.name, dueAfter),
    next: (queue) => (isCron(queue) ? nextAfterMark(queue, marks.get(queue.name) ?? now) : null),
  };
}

type Cron = Scheduled & { readonly schedule: Extract<Scheduled['schedule'], { readonly kind: 'cron' }> };

function isCron(queue: Scheduled): queue is Cron {
  return queue.schedule.kind === 'cron';
}

/** When a queue's next letter goes by the mark in the store; null: at the next look, or never. */
export function nextAfter(queue: Scheduled, mark: QueueMark | null, now: number): number | null {
  if (queue.schedule.kind === 'now') return null;
  const served = mark?.schedule === textOf(queue) && mark.dueAfter <= now + TOO_FAR ? mark.dueAfter : now;
  return queue.schedule.next(served);
}

/** What makes a schedule another one, so that it begins anew: its fields, or the zone they are read in. */
function textOf({ schedule }: Scheduled): string {
  if (schedule.kind === 'now') return 'now';
  return schedule.timezone === null ? schedule.text : `${schedule.text} ${schedule.timezone}`;
}
