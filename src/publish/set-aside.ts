import { addCounts } from '../base/count.js';
import { escapeControl } from '../base/text/escape.js';
import type { Config } from '../config/config.js';
import { zoneOf } from '../config/zones.js';
import { shownId } from '../letter/entry-id.js';
import { shorten } from '../letter/render/columns.js';
import { createTimes } from '../letter/render/times.js';
import { wordsOf } from '../letter/words/words-of.js';
import { isAsleep, type Snooze, sleeperAmong } from '../queue/snooze.js';
import type { TallyRow } from '../queue/tally.js';
import type { Edition } from '../store/ports/editions.js';
import type { SnoozeOutcome } from '../store/ports/snoozes.js';

/** Snoozes that a letter tells of; the others are counted. */
const MAX_TOLD = 20;

/** Columns of their messages and reasons. */
const COLUMNS = 60;

/** Of one queue. */
export interface QueueSetAside {
  /** Whether a row belongs to a snoozed entry. */
  holds(row: Pick<TallyRow, 'host' | 'message'>): boolean;
  /** The same, and its lines are counted as held back. */
  take(row: TallyRow): boolean;
}

/** Puts rows aside that belong to snoozed entries, and says what it has held back of each. */
export class SetAside {
  readonly #lines = new Map<Snooze, number>();
  readonly #ended: readonly Snooze[];
  readonly #sleeping: readonly Snooze[];
  readonly #queue: string;
  readonly #made: number;

  /** `snoozes`: those of all queues. */
  constructor(
    snoozes: readonly Snooze[],
    { queue, closed, sections }: Pick<Edition, 'queue' | 'closed' | 'sections'>,
  ) {
    const queues = new Set([queue, ...sections.map((one) => one.queue)]);
    const own = snoozes.filter((snooze) => queues.has(snooze.queue));
    this.#sleeping = own.filter((snooze) => isAsleep(snooze, closed));
    this.#ended = own.filter((snooze) => !isAsleep(snooze, closed));
    this.#queue = queue;
    this.#made = closed;
  }

  /** For the rows of one queue of the letter. */
  of(queue: string): QueueSetAside {
    const find = sleeperAmong(this.#sleeping.filter((snooze) => snooze.queue === queue));
    return {
      holds: ({ host, message }) => find(host, message) !== null,
      take: ({ host, message, count }) => {
        const snooze = find(host, message);
        if (snooze) this.#lines.set(snooze, addCounts(this.#lines.get(snooze) ?? 0, count));
        return snooze !== null;
      },
    };
  }

  /** What a letter says of snoozes: those that held something back, and those that have ended. */
  notes(config: Config): string[] {
    const words = wordsOf(config.language.value);
    const { day } = createTimes(null, { timezone: zoneOf(this.#queue, config), made: this.#made }, words);
    const named = (snooze: Snooze) => ({
      id: shownId(snooze.id),
      message:
        shorten(escapeControl(snooze.message), COLUMNS) +
        (snooze.host === '' ? '' : ` (${escapeControl(snooze.host)})`),
      reason: shorten(escapeControl(snooze.reason), COLUMNS),
      since: day(snooze.began),
    });
    const all = [
      ...this.#ended.map((snooze) =>
        words.notes.awake({ ...named(snooze), why: snooze.why ?? 'time', total: snooze.held }),
      ),
      ...[...this.#lines].map(([snooze, lines]) =>
        words.notes.snoozed({
          ...named(snooze),
          lines,
          total: addCounts(snooze.held, lines),
          until: day(snooze.until),
        }),
      ),
    ];
    const more = all.length - MAX_TOLD;
    return [...all.slice(0, MAX_TOLD), ...(more > 0 ? [words.notes.moreSnoozed(more)] : [])];
  }

  /** `tells`: the letter has notes, and is sent. */
  outcome(tells: boolean): SnoozeOutcome {
    const held = [...this.#lines].map(([snooze, lines]) => ({ snooze, lines }));
    return { held, told: tells ? this.#ended : [] };
  }
}
