import { randomUUID } from 'node:crypto';
import { showFleetAddress } from '../base/fleet-address.js';
import type { Clock } from '../base/time/clock.js';
import { describeDuration } from '../base/time/duration.js';
import { within } from '../base/time/within.js';
import type { Config } from '../config/config.js';
import type { FleetEvent } from '../fleet/event.js';
import { Fleet, type FleetStore, type Opened } from '../fleet/fleet.js';
import type { FleetPart } from '../fleet/fleet-part.js';
import type { Remarks } from '../fleet/hand-in.js';
import type { MeetingPlace, NodeId } from '../fleet/meeting-place.js';
import { seriesOf } from '../fleet/series.js';
import { wordsOf } from '../letter/words/words-of.js';
import { asSubject, type OwnLine } from '../line/own-lines.js';
import { queuesOf } from '../schedule/scheduled.js';
import type { DeliveryNotices } from '../store/ports/delivery-notices.js';
import type { Edition } from '../store/ports/editions.js';
import type { RuleHistories } from '../store/ports/rule-histories.js';
import { describeAhead } from './describe-ahead.js';

/** Opens the way to the meeting place of a config. Rejects with `Away`. */
export type Meet = (config: Config) => Promise<MeetingPlace>;

export interface FleetMemberOptions {
  readonly config: Config;
  readonly store: FleetStore & DeliveryNotices & RuleHistories;
  readonly clock: Clock;
  /** This host, which is the name of the node where the config gives it none. */
  readonly origin: string;
  readonly version: string;
  readonly meet: Meet;
  /** Has a line of tayori sorted by the rules. */
  say(line: OwnLine): void;
  onEvent(event: FleetEvent): void;
}

/** How long a signal that mails all queues waits for the meeting place (ms): mailing has half a minute in all. */
const MAX_FLUSH = 10_000;

/** Wires the daemon of a config with `set fleet` to its fleet. It writes nothing before `begin`. */
export class FleetMember {
  readonly #options: FleetMemberOptions;
  readonly #node: NodeId;
  readonly #fleet: Fleet;

  constructor(options: FleetMemberOptions, address: string) {
    const { config, store, origin, onEvent, say } = options;
    this.#options = options;
    this.#node = { name: config.node.value ?? origin, state: store.meta().stateId ?? randomUUID() };
    this.#fleet = new Fleet({
      ...options,
      address,
      node: this.#node,
      queues: seriesOf(config),
      names: new Set(queuesOf(config)),
      open: () => this.#open(),
      remarksOn: (edition) => this.#remarksOn(edition),
      onEvent(event) {
        const line = lineOf(event, address);
        if (line) say(line);
        onEvent(event);
      },
    });
  }

  /** null: the config has no fleet, or nobody says how to meet it. */
  static of(
    options: Omit<FleetMemberOptions, 'meet'> & { readonly meet?: Meet | undefined },
  ): FleetMember | null {
    const { config, meet } = options;
    const address = config.fleet.value;
    return address && meet ? new FleetMember({ ...options, meet }, showFleetAddress(address)) : null;
  }

  /** By which queues are closed. */
  get clock(): Clock {
    return this.#fleet.clock;
  }

  /** Names the state, once for good. Throws when it cannot be written. */
  begin(): void {
    const { store } = this.#options;
    if (store.meta().stateId === null) store.setMeta('stateId', this.#node.state);
  }

  /**
   * What the publisher of this machine is given: a store whose closed editions are those that it is to make letters of, and the
   * notes of those among them that the fleet would have written.
   */
  publishing<Store extends Pick<FleetStore, 'closedEditions'>>(
    store: Store,
  ): { readonly store: Store; notesOn(edition: Edition): readonly string[] } {
    const fleet = this.#fleet;
    const { notes } = wordsOf(this.#options.config.language.value);
    return {
      store: { ...store, closedEditions: () => fleet.leftToPublisher(store.closedEditions()) },
      notesOn: (edition) => (fleet.isDirect(edition) ? [notes.direct(fleet.trouble)] : []),
    };
  }

  /** Returns whether there was something to do, so that letters may wait to be made or delivered here. */
  async round(): Promise<boolean> {
    const before = this.#fleet.changes;
    await this.#fleet.round();
    return this.#fleet.changes !== before;
  }

  /** The same at once, for a while. */
  async flush(): Promise<void> {
    this.#fleet.hurry();
    await within(this.#options.clock, MAX_FLUSH, this.#fleet.round());
  }

  stop(): Promise<void> {
    return this.#fleet.stop();
  }

  async #open(): Promise<Opened> {
    const place = await this.#options.meet(this.#options.config);
    return { place, editor: IDLE, delivery: IDLE };
  }

  /** What makes letters is loaded when it is needed. */
  async #remarksOn(edition: Edition): Promise<Remarks> {
    const { config, store } = this.#options;
    const { remarksOn } = await import('../publish/remarks.js');
    const isPager = config.queues.find(({ name }) => name === edition.queue)?.pager ?? false;
    const { notes, notices } = remarksOn(edition, isPager, { config, store, mentioned: new Set() });
    return { texts: notes, notices };
  }
}

const IDLE: FleetPart = {
  round: async () => ({ worked: false }),
  stop: async () => {},
};

/** What of the fleet is a line of tayori; null: it is none. */
function lineOf(event: FleetEvent, address: string): OwnLine | null {
  switch (event.kind) {
    case 'fleet-away':
      return { name: 'fleet-away', subject: `fleet ${asSubject(address)}`, detail: event.reason };
    case 'fleet-back':
      return {
        name: 'fleet-back',
        subject: `fleet ${asSubject(address)}`,
        detail: `after ${describeDuration(event.away)}`,
      };
    case 'clock-wrong':
      return { name: 'clock-wrong', subject: 'clock', detail: describeAhead(event.ahead) };
    case 'name-taken':
      return { name: 'name-taken', subject: `node ${asSubject(event.node)}`, detail: null };
    case 'queue-differs':
      return {
        name: 'queue-differs',
        subject: `queue [${event.queue}]`,
        detail: `on ${event.nodes.join(', ')}: ${event.there}`,
      };
    case 'clock-right':
    case 'name-free':
      return null;
  }
}
