import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import type { Clock } from '../base/time/clock.js';
import { describeDuration } from '../base/time/duration.js';
import { singleFlight } from '../base/time/single-flight.js';
import { trace } from '../base/trace.js';
import type { CourierEvent } from '../mail/courier.js';
import { type FleetLetter, type FleetLetters, MAX_FLEET_HOLD } from '../store/ports/fleet-letters.js';
import { AwayTime } from './away-time.js';
import type { DeliveryEvent } from './delivery-event.js';
import { MailOutage } from './mail-outage.js';
import { ALIVE, Away, type HeldLetter, type MeetingPlace, type NodeId } from './meeting-place.js';

export interface DelivererOptions {
  readonly place: Pick<MeetingPlace, 'claim' | 'hold' | 'settle' | 'giveBack' | 'overview'>;
  readonly node: NodeId;
  readonly store: FleetLetters;
  readonly clock: Clock;
  /** How many letters the archive keeps (`set letters`). */
  readonly letters: number;
  onEvent(event: DeliveryEvent): void;
  /** Letters have come into the outbox. */
  onTaken(): void;
}

/** Letters are held on so often (ms): three times before others may take them. */
const RENEW_EVERY = 20_000;

/** No try begins when a letter is held for less than this (ms): most sessions with a mail server are shorter. */
const MARGIN = 15_000;

/** Letters that wait here for their first try; while there are so many, other nodes are to take the rest. */
const MAX_UNTRIED = 20;

/** Letters that this node holds; most of them were deferred by a server. */
const MAX_HELD = 1000;

/** So long (ms) after a letter was withdrawn the outcome of a try may still come: longer than any session with a server. */
const MAX_LATE_OUTCOME = 3_600_000;

/**
 * When a meeting place has been away for so long (ms), letters go that this node held last. Another node may have sent them
 * meanwhile, or the meeting place may be lost with all letters in it; that cannot be told from here. A letter that comes
 * twice, under one Message-ID and with a header that says so, is better than one that nobody gets. There are few of them:
 * those that a server had deferred, or that came in the last seconds.
 */
const MAX_AWAY = 900_000;

/** It is asked so often (ms) at most whether other nodes live. */
const MIN_BETWEEN = 60_000;

/**
 * Delivers letters of the fleet: takes those that nobody holds over into the outbox of this node, whence the couriers take
 * them, holds them on, and tells the fleet what became of them.
 */
export class Deliverer {
  readonly #options: DelivererOptions;
  readonly #flight = singleFlight(() => this.#runRound());
  readonly #outage: MailOutage;
  readonly #away: AwayTime;
  /** When it was last asked whether others live (ms), and the answer. */
  #others = { asked: Number.NEGATIVE_INFINITY, live: false };
  #worked = false;
  #stopped = false;

  constructor(options: DelivererOptions) {
    this.#options = options;
    this.#outage = new MailOutage(options.clock);
    this.#away = new AwayTime(options.clock);
  }

  /**
   * Tells what was delivered, holds letters on, and takes more. `worked`: this node holds letters, or has done something: the
   * next round is to come soon. Rejects with `Away`. A call during a round gets the next one. To be called also while the
   * meeting place is away, with each turn: that is how it is known for how long.
   */
  async round(): Promise<{ readonly worked: boolean }> {
    await this.#flight();
    return { worked: this.#worked };
  }

  /** For how long an editor is to hold what it seals here (ms): without its mail server this node leaves it to others. */
  get holdFor(): number {
    return this.#outage.reason === null ? MAX_FLEET_HOLD : 0;
  }

  /**
   * Takes what couriers tell: outcomes of all, and how the mail server does. The fleet hears of an outcome at once: what it has
   * not heard another node would send again when this one dies.
   */
  noteMail(event: CourierEvent): void {
    this.#outage.note(event);
    const isOutcome = event.kind === 'sent' || event.kind === 'rejected';
    if (isOutcome && !this.#stopped && this.#options.store.fleetOutcomes().length > 0)
      void this.#flight().catch(() => {}); // the next round asks again
  }

  /** Others go on with what is left here, as far as the meeting place answers. The couriers must be closed. */
  async stop(): Promise<void> {
    this.#stopped = true;
    await this.#flight().catch(() => {});
  }

  async #runRound(): Promise<void> {
    this.#worked = false;
    try {
      await this.#settle();
      await this.#leave();
      await this.#renew();
      await this.#claim();
      this.#worked ||= this.#held().length > 0;
    } catch (error) {
      if (error instanceof Away) this.#goAlone();
      throw error;
    } finally {
      this.#options.store.forgetGone(this.#options.clock.now());
    }
  }

  #held(): FleetLetter[] {
    return this.#options.store.fleetLetters().filter(({ stage }) => stage === 'held' || stage === 'alone');
  }

  async #settle(): Promise<void> {
    const { place, store } = this.#options;
    for (const outcome of store.fleetOutcomes()) {
      await this.#reach(place.settle(outcome.id, outcome.addresses, outcome.way));
      store.noteSettled(outcome);
      this.#worked = true;
    }
  }

  /** Gives back what another node may deliver sooner. */
  async #leave(): Promise<void> {
    const { store, clock, onEvent } = this.#options;
    await this.#tellLeaving(); // of a round before this one
    const leaving = this.#givenUp();
    if (leaving.length === 0 || !(await this.#othersLive())) return;
    // Here first: what was told first, and then forgotten by a crash, would be tried here while another node has it.
    store.withdraw(leaving, 'leaving', clock.now() + MAX_LATE_OUTCOME);
    this.#outage.gaveBack(leaving, MAX_HELD);
    await this.#tellLeaving();
    const reason = this.#outage.reason ?? 'this node ends';
    onEvent({ kind: 'letters-given-back', letters: leaving.length, reason });
    this.#worked = true;
  }

  #givenUp(): number[] {
    const held = this.#held();
    if (this.#stopped) return held.map(({ id }) => id);
    if (this.#outage.reason === null) return [];
    return held
      .filter(({ id, waitsForMail }) => waitsForMail && this.#outage.mayGiveBack(id))
      .map(({ id }) => id);
  }

  async #tellLeaving(): Promise<void> {
    const { place, node, store, clock } = this.#options;
    const leaving = store.fleetLetters().filter(({ stage }) => stage === 'leaving');
    if (leaving.length === 0) return;
    const ids = leaving.map(({ id }) => id);
    await this.#reach(place.giveBack(node, ids));
    store.withdraw(ids, 'gone', clock.now() + MAX_LATE_OUTCOME);
  }

  async #othersLive(): Promise<boolean> {
    const { place, node, clock } = this.#options;
    const age = clock.now() - this.#others.asked;
    if (age >= 0 && age < MIN_BETWEEN) return this.#others.live;
    const { now, nodes } = await this.#reach(place.overview());
    const live = nodes.some(({ name, seen }) => name !== node.name && now - seen < ALIVE);
    this.#others = { asked: clock.now(), live };
    return live;
  }

  /** Holds letters on. What another node has taken meanwhile is withdrawn. */
  async #renew(): Promise<void> {
    const { place, node, store, clock, onEvent } = this.#options;
    const held = this.#held();
    const asked = clock.now();
    if (!held.some((letter) => isToRenew(letter, asked))) return;
    const ids = held.map(({ id }) => id);
    const kept = new Set(await this.#reach(place.hold(node, ids, MAX_FLEET_HOLD)));
    const lost = held.filter(({ id }) => !kept.has(id));
    store.holdOn([...kept], heldUntil(asked));
    store.withdraw(
      lost.map(({ id }) => id),
      'gone',
      asked + MAX_LATE_OUTCOME,
    );
    for (const { queue } of lost) onEvent({ kind: 'letter-lost', queue });
  }

  async #claim(): Promise<void> {
    const { place, node, store, clock } = this.#options;
    while (await this.#mayClaim()) {
      const asked = clock.now();
      const has = store.fleetLetters().filter(({ stage }) => stage !== 'gone');
      const held = await this.#reach(
        place.claim(
          node,
          MAX_FLEET_HOLD,
          has.map(({ id }) => id),
        ),
      );
      if (held === null || !(await this.#take(held, asked))) return;
    }
  }

  /** A node without its mail server takes a letter only to find out whether that is back, if others can take them. */
  async #mayClaim(): Promise<boolean> {
    if (this.#stopped) return false;
    const held = this.#held();
    const untried = held.filter(({ isUntried }) => isUntried).length;
    if (untried >= MAX_UNTRIED || held.length >= MAX_HELD) return false;
    if (this.#outage.reason === null || !(await this.#othersLive())) return true;
    return this.#outage.mayProbe && !held.some(({ waitsForMail }) => waitsForMail);
  }

  /** False: it was here already. */
  async #take({ id, letter }: HeldLetter, asked: number): Promise<boolean> {
    const { store, letters, onEvent, onTaken } = this.#options;
    const archiving = { packed: await promisify(gzip)(letter.mime), most: letters };
    const isNew = store.takeOver({ id, letter, until: heldUntil(asked) }, archiving);
    trace('mail', () => `letter ${id} of the fleet [${letter.queue}]: ${isNew ? 'taken' : 'here already'}`);
    if (!isNew) return false;
    this.#worked = true;
    onEvent({ kind: 'letter-taken', queue: letter.queue, subject: letter.subject });
    onTaken();
    return true;
  }

  #goAlone(): void {
    const { store, clock, onEvent } = this.#options;
    const away = this.#away.failed();
    if (away < MAX_AWAY) return;
    const letters = this.#held().filter(
      ({ stage, until }) => stage === 'held' && clock.now() - until >= MAX_AWAY,
    );
    if (letters.length === 0) return;
    const reason = `the meeting place of the fleet has been away for ${describeDuration(away)}; another node may have sent it, too`;
    store.goAlone(
      letters.map(({ id }) => id),
      reason,
    );
    onEvent({ kind: 'letters-alone', letters: letters.length, away });
  }

  async #reach<T>(answer: Promise<T>): Promise<T> {
    const given = await answer;
    this.#away.reached();
    return given;
  }
}

/** Until when a letter may be tried that was held at `asked`. */
function heldUntil(asked: number): number {
  return asked + MAX_FLEET_HOLD - MARGIN;
}

/** It was held on long ago, or the clock was set back since then. */
function isToRenew({ stage, until }: FleetLetter, now: number): boolean {
  return stage === 'alone' || until <= heldUntil(now) - RENEW_EVERY || until > heldUntil(now);
}
