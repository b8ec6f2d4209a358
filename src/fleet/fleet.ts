import { reasonOf } from '../base/errors.js';
import { BackOff } from '../base/time/back-off.js';
import { RetryWaits } from '../base/time/retry-waits.js';
import { singleFlight } from '../base/time/single-flight.js';
import { within } from '../base/time/within.js';
import { trace } from '../base/trace.js';
import type { Storm } from '../queue/fold.js';
import type { Edition } from '../store/ports/editions.js';
import { stopsAll } from '../store/stops-all.js';
import { FleetClock } from './fleet-clock.js';
import type { FleetOptions, Opened } from './fleet-options.js';
import { GateKeeper } from './gate-keeper.js';
import { goesAtOnce, HandIn } from './hand-in.js';
import { Away, type MeetingPlace } from './meeting-place.js';
import { mirrorSnoozes } from './mirror-snoozes.js';
import { mirrorStorms } from './mirror-storms.js';
import type { FleetQueue } from './series.js';
import { Served } from './served.js';
import { Standing } from './standing.js';

/** A closed edition that the fleet is to have. */
interface WaitingEdition {
  readonly edition: Edition;
  readonly queue: FleetQueue;
}

/** A node says so often (ms) that it lives, and hears what there is to know. */
const CONTACT = 15_000;

/** A meeting place that is away is asked again after this time (ms) at the latest. */
const MAX_BACK_OFF = 30_000;

/** How long a page waits for an answer (ms): a connect may take 3 s. */
const MAX_PATIENCE = 4000;

/** How long a stop waits for the meeting place (ms). */
const MAX_STOP = 5000;

/**
 * A node's part in its fleet. A round hands in what was counted, reports what it has served, then edits and delivers
 * letters. With nothing to do it costs no query. While the meeting place cannot be used, closed editions wait, but for those
 * that go at once: they are left to this machine's own publisher.
 */
export class Fleet {
  /** Shows the time of the meeting place. */
  readonly clock: FleetClock;
  readonly #options: FleetOptions;
  readonly #byName: ReadonlyMap<string, FleetQueue>;
  readonly #standing: Standing;
  readonly #served: Served;
  readonly #gates: GateKeeper;
  readonly #backOff: BackOff;
  /** Queues whose editions cannot be handed in. */
  readonly #waits: RetryWaits;
  #opened: Promise<Opened> | null = null;
  /** When the last contact was (ms). */
  #contacted = Number.NEGATIVE_INFINITY;
  /** The editor or the delivery has more to do. */
  #isBusy = false;
  /** The edition that is being handed in. */
  #underWay: number | null = null;
  /** Letters on a schedule were put off for pages. */
  #hasPutOff = false;
  /** Editions that were left to the publisher of this machine: they are not handed in any more. */
  #direct = new Set<number>();
  #storms: ReadonlyMap<string, Storm> = new Map();
  #stopped = false;
  #changes = 0;

  /** One round; never rejects because of the meeting place. A call during a round gets another one behind it. */
  readonly round: () => Promise<void>;

  constructor(options: FleetOptions) {
    const { queues, store, clock } = options;
    this.#options = options;
    this.#byName = new Map(queues.map((queue) => [queue.queue, queue]));
    this.clock = new FleetClock(clock, store.meta().fleet?.ahead ?? 0);
    this.#standing = new Standing({
      ...options,
      node: options.node.name,
      fleetClock: this.clock,
    });
    this.#served = new Served(queues, store);
    this.#gates = new GateKeeper(options);
    this.#backOff = new BackOff(clock, MAX_BACK_OFF);
    this.#waits = new RetryWaits(clock);
    this.round = singleFlight(() => this.#round());
  }

  /** Whether nothing can be handed in now, so that pages go directly. */
  get isAway(): boolean {
    return this.#standing.state !== 'met';
  }

  /** Rises with each round that has done something, or has found the meeting place away. */
  get changes(): number {
    return this.#changes;
  }

  /** By series: the fleet's storms, as this node last heard of them. */
  get storms(): ReadonlyMap<string, Storm> {
    return this.#storms;
  }

  /** Why it is away, for people; null: it is not. */
  get trouble(): string | null {
    if (this.#standing.state === 'name-taken') return `another node is called ${this.#options.node.name}`;
    return this.#standing.reason;
  }

  /**
   * Those editions that the publisher of this machine makes letters of: of queues that the fleet does not know, and what goes
   * at once while the meeting place is away. What was told once stays with it.
   */
  leftToPublisher(editions: readonly Edition[]): Edition[] {
    this.#direct = new Set(editions.map(({ id }) => id).filter((id) => this.#direct.has(id)));
    const left = editions.filter((edition) => this.#isLeft(edition));
    for (const { id, queue } of left) if (this.#byName.has(queue)) this.#direct.add(id);
    return left;
  }

  /** Whether the letter of an edition goes directly although the fleet writes those of its queue. */
  isDirect(edition: Edition): boolean {
    return this.#direct.has(edition.id);
  }

  /** The next round asks a meeting place that is away at once, and puts nothing off. */
  hurry(): void {
    this.#hasPutOff = true;
    this.#backOff.worked();
    this.#contacted = Number.NEGATIVE_INFINITY;
  }

  /** Waits for the round that runs, gives back what others can go on with, and leaves. */
  async stop(): Promise<void> {
    this.#stopped = true;
    await within(
      this.#options.clock,
      MAX_STOP,
      this.round().catch(() => {}),
    );
    this.#standing.end();
    const opened = await this.#opened?.catch(() => null);
    if (!opened) return;
    const { place, editor, delivery } = opened;
    await within(this.#options.clock, MAX_STOP, Promise.all([editor.stop(), delivery.stop()]));
    await within(
      this.#options.clock,
      MAX_STOP,
      place.close().catch(() => {}),
    );
  }

  #isLeft(edition: Edition): boolean {
    const queue = this.#byName.get(edition.queue);
    if (!queue || this.#direct.has(edition.id)) return true;
    return this.isAway && edition.id !== this.#underWay && goesAtOnce(edition, queue);
  }

  /** Closed editions that the fleet is to have, oldest first. */
  #waiting(): WaitingEdition[] {
    return this.#options.store.closedEditions().flatMap((edition) => {
      const queue = this.#byName.get(edition.queue);
      return queue && !this.#direct.has(edition.id) ? [{ edition, queue }] : [];
    });
  }

  /** Those that are not waiting for another try. */
  #ready(): WaitingEdition[] {
    return this.#waiting().filter(({ edition }) => !this.#waits.isWaiting(edition.queue));
  }

  /** Pages do not wait for letters on a schedule, which may be large: those come with the next round, whatever pages then. */
  #nextReady(): WaitingEdition[] {
    const ready = this.#ready();
    const pages = ready.filter(({ edition, queue }) => goesAtOnce(edition, queue));
    const next = this.#hasPutOff || pages.length === 0 ? ready : pages;
    this.#hasPutOff = next.length < ready.length;
    return next;
  }

  async #round(): Promise<void> {
    if (this.#stopped || !this.#isDue()) return;
    try {
      await this.#meet(await this.#open());
      this.#backOff.worked();
      this.#standing.worked();
    } catch (error) {
      if (stopsAll(error)) throw error;
      this.#lost(error);
    }
  }

  #open(): Promise<Opened> {
    this.#opened ??= this.#options.open().catch((error: unknown) => {
      this.#opened = null;
      throw error;
    });
    return this.#opened;
  }

  #isDue(): boolean {
    if (this.isAway && !this.#backOff.mayTry) return false;
    if (this.#isBusy || this.#gates.isWaiting || this.#isContactDue()) return true;
    return this.#ready().length > 0 || this.#served.isDue(this.clock.now());
  }

  /** A clock that was set back makes no node silent. */
  #isContactDue(): boolean {
    return Math.abs(this.#options.clock.now() - this.#contacted) >= CONTACT;
  }

  async #meet({ place, editor, delivery }: Opened): Promise<void> {
    const hasContact = await this.#contact(place);
    if (this.#standing.state !== 'met') return this.#gates.leaveAlone();
    await this.#gates.ask(place);
    const hasHandedIn = await this.#handIn(place);
    const hasReported = await this.#report(place);
    if (!hasContact && !hasHandedIn && !hasReported && !this.#isBusy) return;
    this.#changes += 1;
    const edited = await editor.round();
    const delivered = await delivery.round();
    this.#isBusy = edited.worked || delivered.worked;
  }

  /** Returns whether the meeting place was asked. It is before anything is handed in, so that due times are the fleet's. */
  async #contact(place: MeetingPlace): Promise<boolean> {
    if (!this.#isContactDue() && this.#ready().length === 0) return false;
    const { clock, node, version, queues, names, store } = this.#options;
    const series = queues.map(({ id, queue, definition }) => ({ id, queue, definition }));
    const asked = clock.now();
    const answer = place.contact({ node, version, clock: asked, series });
    const contact = await (this.#hasPages() ? this.#soon(answer) : answer);
    this.#contacted = asked;
    if (contact.kind === 'name-taken') {
      this.#standing.nameTaken(contact.seen);
      return true;
    }
    if (contact.secret !== undefined) this.#options.onSecret?.(contact.secret);
    this.#standing.met(contact.ahead, contact.differing);
    this.#storms = contact.storms;
    mirrorStorms(contact.storms, queues, store);
    await mirrorSnoozes(place, store, names);
    return true;
  }

  /** Pages do not wait for a meeting place that hangs. Rejects with `Away` when there is no answer in time. */
  async #soon<T>(answer: Promise<T>): Promise<T> {
    let isLate = true;
    const told = answer.finally(() => {
      isLate = false;
    });
    await within(this.#options.clock, MAX_PATIENCE, told);
    if (isLate) throw new Away('it does not answer in time', { forGood: false });
    return await told;
  }

  #hasPages(): boolean {
    return this.#ready().some(({ edition, queue }) => goesAtOnce(edition, queue));
  }

  /** Returns whether there was anything. */
  async #handIn(place: MeetingPlace): Promise<boolean> {
    const { store, node, remarksOn } = this.#options;
    const handIn = new HandIn({ place, store, node, remarksOn });
    const ready = this.#nextReady();
    for (const { edition, queue } of ready) {
      if (this.#stopped || this.#direct.has(edition.id)) continue;
      this.#underWay = edition.id;
      await this.#handOver(handIn, edition, queue).finally(() => {
        this.#underWay = null;
      });
    }
    await handIn.confirm();
    return ready.length > 0;
  }

  /** An edition that cannot be handed in, since its rows are damaged, say, holds up those of no other queue. */
  async #handOver(handIn: HandIn, edition: Edition, queue: FleetQueue): Promise<void> {
    const { held, onEvent } = this.#options;
    if (this.#waits.isWaiting(edition.queue)) return;
    try {
      await handIn.handIn(edition, queue);
      this.#waits.end(edition.queue);
      held().release('handing in', edition.queue);
      trace('publish', () => `edition ${edition.id} of [${edition.queue}]: handed in`);
    } catch (error) {
      if (error instanceof Away || stopsAll(error)) throw error;
      this.#waits.add(edition.queue);
      const reason = reasonOf(error);
      if (held().hold('handing in', edition.queue, reason))
        onEvent({ kind: 'unsealed', queue: edition.queue, reason });
    }
  }

  /** Returns whether there was anything new. */
  async #report(place: MeetingPlace): Promise<boolean> {
    const now = this.clock.now();
    if (!this.#served.isDue(now)) return false;
    const waiting = new Set(this.#waiting().map(({ edition }) => edition.queue));
    const served = this.#served.find(waiting, now);
    if (served.length > 0) await place.reportServed(this.#options.node, served);
    this.#served.reported(served);
    return served.length > 0;
  }

  #lost(error: unknown): void {
    if (this.#stopped) return;
    this.#changes += 1;
    this.#backOff.failed();
    this.#contacted = Number.NEGATIVE_INFINITY;
    this.#standing.away(error);
    this.#gates.leaveAlone();
    // It counts for how long the meeting place is away, and nothing waits for that.
    void this.#opened?.then(({ delivery }) => delivery.round()).catch(() => {});
    trace('publish', () => `the fleet is away: ${reasonOf(error)}`);
  }
}
