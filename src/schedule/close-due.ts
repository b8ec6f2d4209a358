import { reasonOf } from '../base/errors.js';
import type { Clock } from '../base/time/clock.js';
import { trace } from '../base/trace.js';
import type { Config } from '../config/config.js';
import { foldSettings } from '../config/fold-settings.js';
import {
  addMentioned,
  type FoldSettings,
  fold,
  type Storm,
  type StormNote,
  stormNote,
} from '../queue/fold.js';
import type { Snooze } from '../queue/snooze.js';
import type { HeldQueues } from '../store/held-queues.js';
import type { QueueDefinitions } from '../store/ports/queue-definitions.js';
import type { QueueMark, QueueMarks } from '../store/ports/queue-marks.js';
import type { Queues } from '../store/ports/queues.js';
import type { Snoozes } from '../store/ports/snoozes.js';
import { stopsAll } from '../store/stops-all.js';
import { Calendar, type DueQueue, TOO_FAR_IN_A_FLEET } from './calendar.js';
import type { ScheduleEvent } from './event.js';
import { hoursOf, waitsUntil } from './hours-of.js';
import { pageFrom } from './page-from.js';
import { queuesOf, type ScheduledLetter, scheduled } from './scheduled.js';
import { SnoozeKeeper } from './snooze-keeper.js';

export interface QueueCloserOptions {
  readonly config: Config;
  readonly store: Queues & Snoozes & QueueMarks & Pick<QueueDefinitions, 'definition'>;
  readonly clock: Clock;
  /** Which queues are held. Asked for when the first one is closed: making it writes to the state. */
  held(): HeldQueues;
  /** A letter of the queue ends the escalations of these hosts. */
  onClosed(queue: string, hosts: readonly string[]): void;
  onEvent(event: ScheduleEvent): void;
}

/**
 * Rows of a queue that folds that are checked in each turn for a message that breaks through: some ten milliseconds.
 * The others are mentioned in the next page.
 */
const MAX_ROWS_CHECKED = 10_000;

const ALL = Number.MAX_SAFE_INTEGER;

/**
 * Closes editions of queues, so that their letters can be made: of queues that are due, of those that a signal asks
 * for, and of those that the config no longer defines. A failure of one queue holds up no other.
 */
export class QueueCloser {
  readonly #options: QueueCloserOptions;
  readonly #queues: readonly ScheduledLetter[];
  readonly #calendar: Calendar;
  readonly #snoozes: SnoozeKeeper;

  constructor(options: QueueCloserOptions) {
    this.#options = options;
    this.#queues = scheduled(options.config);
    const isFleet = options.config.fleet.value !== null;
    this.#calendar = new Calendar(this.#queues, options.store, isFleet ? TOO_FAR_IN_A_FLEET : undefined);
    const names = new Set(queuesOf(options.config));
    this.#snoozes = new SnoozeKeeper(options.store, names, options.onEvent);
  }

  /** Reads the marks of schedules, and marks new ones. Throws when the state cannot be written. */
  begin(): void {
    this.#calendar.begin(this.#options.clock.now());
  }

  /** When the queue's next letter goes (ms); null: at the next poll, or never. */
  next(name: string): number | null {
    const queue = this.#queues.find((one) => one.name === name);
    return queue ? this.#calendar.next(queue, this.#options.clock.now()) : null;
  }

  /** Closes queues that the config no longer defines, by their last known definition. */
  closeOrphans(): void {
    const { config, store, onEvent } = this.#options;
    const known = new Set(queuesOf(config));
    for (const { queue, lines } of store.pending().filter((one) => !known.has(one.queue)))
      this.#closing(queue, () => {
        const mailed = store.definition(queue) !== null;
        if (mailed) this.#close(queue, 'removed from the config', null);
        onEvent({ kind: 'orphaned', queue, lines, mailed });
      });
  }

  /** Forgets the storms of queues that do not fold any more. */
  keepStorms(): void {
    const { config, store } = this.#options;
    const folding = this.#queues.filter((queue) => foldSettings(config, queue));
    store.keepStorms(folding.map(({ name }) => name));
  }

  /** Closes the queues whose time has come. */
  closeDue(): void {
    this.#snoozes.look(this.#options.clock.now());
    for (const due of this.#calendar.due(this.#options.clock.now()))
      this.#closing(due.queue.name, () => {
        this.#closeInTurn(due);
        this.#calendar.served(due);
      });
  }

  /** Closes these queues, or all, whatever their schedule. `status`: why, for the letters. */
  closeOutOfTurn(status: string, only: readonly string[] = this.#queues.map(({ name }) => name)): void {
    for (const queue of only) this.#closing(queue, () => this.#closeOneOutOfTurn(queue, status));
  }

  #closing(queue: string, work: () => void): void {
    const { held, onEvent } = this.#options;
    try {
      work();
      held().release('closing', queue);
    } catch (error) {
      const reason = reasonOf(error);
      if (stopsAll(error)) return onEvent({ kind: 'state-failed', reason });
      if (held().hold('closing', queue, reason)) onEvent({ kind: 'unsealed', queue, reason });
    }
  }

  #closeInTurn({ queue, mark }: DueQueue): void {
    const { config, store, clock } = this.#options;
    const settings = foldSettings(config, queue);
    const asleep = queue.schedule.kind === 'now' ? this.#snoozes.asleep(queue.name, clock.now()) : [];
    if (queue.schedule.kind !== 'now') this.#closeLetter(queue, null, mark);
    else if (this.#waitsForHours(queue)) return;
    else if ((pageFrom(queue, config, store) ?? 0) > clock.now()) return;
    else if (settings) this.#fold(queue.name, settings, asleep);
    else if ([queue.name, ...queue.sections].some((name) => this.#mayPage(name)))
      this.#closeLetter(queue, null, null);
  }

  /** False: all that the queue holds is snoozed. */
  #mayPage(queue: string): boolean {
    const asleep = this.#snoozes.asleep(queue, this.#options.clock.now());
    return asleep.length === 0 || this.#options.store.waiting(queue, ALL, asleep).lines > 0;
  }

  /** `set hours`: whether the queue's page waits for its hours, which is noted. */
  #waitsForHours({ name, sections, ...queue }: ScheduledLetter): boolean {
    const { config, store, clock } = this.#options;
    const hours = hoursOf(config, { name, ...queue });
    if (!hours) return false;
    const now = clock.now();
    const linesOf = (one: string): number => store.waiting(one, ALL, this.#snoozes.asleep(one, now)).lines;
    const lines = hours.over === null ? 0 : [name, ...sections].reduce((sum, one) => sum + linesOf(one), 0);
    if (waitsUntil({ name, ...queue }, config, lines, now) === null) return false;
    for (const one of [name, ...sections]) store.holdPage(one, now);
    return true;
  }

  /** `set fold`: the queue's hits go as a page, are held, or are summed up. */
  #fold(queue: string, settings: FoldSettings, asleep: readonly Snooze[]): void {
    const { store, clock } = this.#options;
    const storm = store.storm(queue);
    const first = fold(storm, store.waiting(queue, MAX_ROWS_CHECKED, asleep), clock.now(), settings);
    if (first.kind === 'hold') return;
    const waiting = store.waiting(queue, ALL, asleep);
    const step = fold(storm, waiting, clock.now(), settings);
    if (step.kind === 'hold') return;
    this.#closePage(queue, step.storm, stormNote(step.kind, storm, step.storm, waiting), null);
  }

  /** A signal also mails what a storm holds back; the storm goes on, and counts it as mailed. */
  #closeOneOutOfTurn(queue: string, status: string): void {
    const { store, clock } = this.#options;
    const storm = store.storm(queue);
    const asleep = this.#snoozes.asleep(queue, clock.now());
    const waiting = storm && storm.told > 0 ? store.waiting(queue, ALL, asleep) : null;
    const letter = this.#queues.find(({ name }) => name === queue);
    if (letter && letter.sections.length > 0)
      return this.#closeLetter({ ...letter, evenEmpty: false }, status, null);
    if (!storm || !waiting?.lines) return this.#close(queue, status, null);
    const next = addMentioned(storm, waiting, clock.now());
    this.#closePage(queue, next, stormNote('page', storm, next, waiting), status);
  }

  /** With its sections; on its schedule even when nothing was counted, if the config says so. */
  #closeLetter(letter: ScheduledLetter, status: string | null, mark: QueueMark | null): void {
    if (letter.sections.length === 0 && !letter.evenEmpty) return this.#close(letter.name, status, mark);
    const { store, clock, onClosed } = this.#options;
    const closed = store.closeLetter(letter, clock.now(), status, mark);
    trace('schedule', () => `closed [${letter.name}], ${status ?? 'as scheduled'}: ${closed.length} queues`);
    for (const { queue, hosts } of closed) onClosed(queue, hosts);
  }

  #close(queue: string, status: string | null, mark: QueueMark | null): void {
    const { store, clock, onClosed } = this.#options;
    const hosts = store.closeEdition(queue, clock.now(), status, mark);
    trace(
      'schedule',
      () =>
        `closed [${queue}], ${status ?? 'as scheduled'}: ${hosts ? `${hosts.length} hosts` : 'nothing counted'}`,
    );
    if (hosts) onClosed(queue, hosts);
  }

  #closePage(queue: string, storm: Storm, note: StormNote | null, status: string | null): void {
    const { store, clock, onClosed } = this.#options;
    const hosts = store.closePage(queue, clock.now(), storm, note, status);
    if (!hosts) return;
    trace('schedule', () => `closed [${queue}], ${status ?? 'as scheduled'}`);
    onClosed(queue, hosts);
  }
}
