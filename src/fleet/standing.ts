import { reasonOf } from '../base/errors.js';
import type { Clock } from '../base/time/clock.js';
import type { FleetNote, Meta } from '../store/ports/meta.js';
import type { FleetEvent } from './event.js';
import type { FleetClock } from './fleet-clock.js';
import { Away, type DifferingQueue } from './meeting-place.js';
import type { FleetQueue } from './series.js';

export interface StandingOptions {
  readonly address: string;
  readonly node: string;
  readonly queues: readonly FleetQueue[];
  readonly store: Pick<Meta, 'meta' | 'setMeta'>;
  /** Of this machine. */
  readonly clock: Clock;
  readonly fleetClock: FleetClock;
  onEvent(event: FleetEvent): void;
}

/** That the meeting place still answers is written so often (ms): each time is a commit of the state. */
const WRITE_PAUSE = 300_000;

/** A clock that has moved less (ms) is not written anew. */
const SAME_CLOCK = 1000;

/**
 * How this node and its fleet stand. It is written for `tayori status`, and then changes are told once: whoever hears of one
 * may ask at once.
 */
export class Standing {
  readonly #options: StandingOptions;
  #note: FleetNote;
  /** As the last contact has it. Whether what was away works again is seen, and told, at the end of a round. */
  #state: FleetNote['state'] = 'met';
  #written = Number.NEGATIVE_INFINITY;
  #isClockTold = false;
  /** What was told of differing queues. */
  #toldQueues: ReadonlySet<string> = new Set();
  #isMendTold = false;

  constructor(options: StandingOptions) {
    const { address, node, store, clock } = options;
    const before = store.meta().fleet;
    const known = before?.address === address ? before : null;
    this.#options = options;
    this.#note = {
      ...{ address, node, state: 'met', since: clock.now(), reason: null, differing: [] },
      ...{ lastMet: known?.lastMet ?? null, ahead: known?.ahead ?? 0 },
    };
  }

  get state(): FleetNote['state'] {
    return this.#state;
  }

  /** Why it is away, or was when it was last used; null: it is not. */
  get reason(): string | null {
    return this.#note.reason;
  }

  met(ahead: number, differing: readonly DifferingQueue[]): void {
    const { fleetClock } = this.#options;
    fleetClock.measured(ahead);
    this.#state = 'met';
    if (this.#note.state === 'name-taken') this.#over();
    const isMoved = Math.abs(ahead - this.#note.ahead) >= SAME_CLOCK;
    this.#change({
      ...(this.#note.state === 'away' ? {} : { state: 'met', reason: null }),
      lastMet: this.#now,
      ahead: isMoved ? ahead : this.#note.ahead,
      differing: differing.map(({ queue, nodes }) => ({ queue, nodes })),
    });
    this.#tellClock();
    this.#tellQueues(differing);
  }

  /** A round has come to its end: the meeting place does all that it is for, not only the contact. */
  worked(): void {
    if (this.#state !== 'met' || this.#note.state !== 'away') return;
    this.#over();
    this.#change({ state: 'met', reason: null });
  }

  away(error: unknown): void {
    this.#state = 'away';
    const { address, onEvent } = this.#options;
    const words = reasonOf(error);
    const reason = words.startsWith(`${address}: `) ? words.slice(address.length + 2) : words;
    const isToMend = error instanceof Away && error.forGood;
    const isNew = this.#note.state !== 'away' || (isToMend && !this.#isMendTold && reason !== this.reason);
    this.#isMendTold = isToMend;
    this.#change({ state: 'away', reason });
    if (isNew) onEvent({ kind: 'fleet-away', address, reason });
  }

  nameTaken(seen: number): void {
    const { node, onEvent } = this.#options;
    this.#state = 'name-taken';
    if (this.#note.state === 'away') this.#over();
    const isNew = this.#note.state !== 'name-taken';
    this.#change({ state: 'name-taken', reason: null, lastMet: this.#now });
    if (isNew) onEvent({ kind: 'name-taken', node, seen });
  }

  /** The daemon ends. */
  end(): void {
    this.#write();
  }

  get #now(): number {
    return this.#options.clock.now();
  }

  /** What was told is over. */
  #over(): void {
    const { address, node, onEvent } = this.#options;
    const { state, since } = this.#note;
    if (state === 'away') onEvent({ kind: 'fleet-back', address, away: Math.max(0, this.#now - since) });
    if (state === 'name-taken') onEvent({ kind: 'name-free', node });
    this.#isMendTold = false;
  }

  #tellClock(): void {
    const { fleetClock, onEvent } = this.#options;
    const { isWrong, ahead } = fleetClock;
    if (isWrong === this.#isClockTold) return;
    this.#isClockTold = isWrong;
    onEvent(isWrong ? { kind: 'clock-wrong', ahead } : { kind: 'clock-right' });
  }

  #tellQueues(differing: readonly DifferingQueue[]): void {
    const { queues, onEvent } = this.#options;
    const told = new Set<string>();
    for (const { queue, nodes, definition } of differing) {
      const what = `${queue}\n${definition}`;
      told.add(what);
      const here = queues.find((one) => one.queue === queue)?.definition ?? '';
      if (!this.#toldQueues.has(what))
        onEvent({ kind: 'queue-differs', queue, nodes, here, there: definition });
    }
    this.#toldQueues = told;
  }

  #change(changed: Partial<FleetNote>): void {
    const before = this.#note;
    const isSame = (changed.state ?? before.state) === before.state;
    this.#note = { ...before, ...changed, since: isSame ? before.since : this.#now };
    const told = ({ lastMet: _, ...rest }: FleetNote): string => JSON.stringify(rest);
    const isQuiet = Math.abs(this.#now - this.#written) < WRITE_PAUSE;
    if (told(before) !== told(this.#note) || !isQuiet) this.#write();
  }

  /** A state that cannot be written is told by the next commit. */
  #write(): void {
    try {
      this.#options.store.setMeta('fleet', this.#note);
      this.#written = this.#now;
    } catch {
      // the next change writes it
    }
  }
}
