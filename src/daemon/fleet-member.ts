import { createHash, randomUUID } from 'node:crypto';
import { showFleetAddress } from '../base/fleet-address.js';
import { differenceOf } from '../base/text/definition-difference.js';
import { listNames } from '../base/text/list-names.js';
import type { Clock } from '../base/time/clock.js';
import { describeDuration } from '../base/time/duration.js';
import { within } from '../base/time/within.js';
import type { Config } from '../config/config.js';
import { Deliverer } from '../fleet/deliver.js';
import type { DeliveryEvent } from '../fleet/delivery-event.js';
import type { MakeLetter } from '../fleet/desk-letter.js';
import { Editor } from '../fleet/editor.js';
import type { FleetEvent } from '../fleet/event.js';
import { Fleet } from '../fleet/fleet.js';
import type { FleetStore, Opened } from '../fleet/fleet-options.js';
import type { Remarks } from '../fleet/hand-in.js';
import type { MeetingPlace, NodeId } from '../fleet/meeting-place.js';
import { seriesOf } from '../fleet/series.js';
import type { SignId } from '../letter/mime/seal-letter.js';
import { wordsOf } from '../letter/words/words-of.js';
import { asSubject, type OwnLine } from '../line/own-lines.js';
import type { CourierEvent } from '../mail/courier.js';
import { FleetMark } from '../mail/fleet-mark.js';
import type { SelfMail } from '../mail/self-mail.js';
import type { PublishEvent } from '../publish/event.js';
import type { PublisherOptions } from '../publish/publisher.js';
import { queuesOf } from '../schedule/scheduled.js';
import type { HeldQueues } from '../store/held-queues.js';
import type { DeliveryNotices } from '../store/ports/delivery-notices.js';
import type { Edition } from '../store/ports/editions.js';
import type { FleetLetters } from '../store/ports/fleet-letters.js';
import type { RuleHistories } from '../store/ports/rule-histories.js';
import { describeAhead } from './describe-ahead.js';

/** Opens the way to the meeting place of a config. Rejects with `Away`. */
export type Meet = (config: Config) => Promise<MeetingPlace>;

/** The ports of the state that a node of a fleet needs. */
export type FleetMemberStore = FleetStore & FleetLetters & DeliveryNotices & RuleHistories;

export interface FleetMemberOptions {
  readonly config: Config;
  readonly store: FleetMemberStore;
  readonly clock: Clock;
  /** This host, which is the name of the node where the config gives it none. */
  readonly origin: string;
  readonly version: string;
  readonly meet: Meet;
  /** Is told by what the letters of the fleet are known. */
  readonly selfMail: Pick<SelfMail, 'join'>;
  /** Has a line of tayori sorted by the rules. */
  say(line: OwnLine): void;
  /** Which queues are held. */
  held(): HeldQueues;
  onEvent(event: FleetEvent | DeliveryEvent | PublishEvent): void;
  /** A letter of the fleet has come into the outbox. */
  onTaken(): void;
}

/** Makes a daemon a node of the fleet of its config; null: that has none. */
export type JoinFleet = (wiring: Omit<FleetMemberOptions, 'meet'>) => FleetMember | null;

export function joinFleet(meet: Meet): JoinFleet {
  return (wiring) => {
    const address = wiring.config.fleet.value;
    return address && new FleetMember({ ...wiring, meet }, showFleetAddress(address));
  };
}

/** How long a signal that mails all queues waits for the meeting place (ms): mailing has half a minute in all. */
const MAX_FLUSH = 10_000;

/** Wires the daemon of a config with `set fleet` to its fleet. It writes nothing before `begin`. */
export class FleetMember {
  readonly #options: FleetMemberOptions;
  readonly #stateId: string;
  readonly #node: NodeId;
  readonly #fleet: Fleet;
  #delivery: Deliverer | null = null;
  #letters: Promise<MakeLetter> | null = null;
  #mark: FleetMark | null = null;

  constructor(options: FleetMemberOptions, address: string) {
    const { config, store, origin, onEvent, say } = options;
    this.#options = options;
    this.#stateId = store.meta().stateId ?? randomUUID();
    this.#node = nodeOf(config.node.value ?? origin, this.#stateId);
    const { fleetSecret } = store.meta();
    if (fleetSecret !== null) this.#use(fleetSecret);
    this.#fleet = new Fleet({
      ...options,
      address,
      node: this.#node,
      queues: seriesOf(config),
      names: new Set(queuesOf(config)),
      open: () => this.#open(),
      remarksOn: (edition) => this.#remarksOn(edition),
      onSecret: (secret) => this.#keep(secret),
      onEvent(event) {
        const line = lineOf(event, address);
        if (line) say(line);
        onEvent(event);
      },
    });
  }

  /** By which queues are closed. */
  get clock(): Clock {
    return this.#fleet.clock;
  }

  /** Names the state, once for good. Throws when it cannot be written. */
  begin(): void {
    const { store } = this.#options;
    if (store.meta().stateId === null) store.setMeta('stateId', this.#stateId);
  }

  /**
   * What the publisher of this machine is given: a store whose closed editions are those that it is to make letters of, the
   * notes of those among them that the fleet would have written, and what makes other nodes know its letters.
   */
  publishing<Store extends Pick<FleetStore, 'closedEditions'>>(
    store: Store,
  ): { readonly store: Store; sign: SignId } & Pick<Required<PublisherOptions>, 'notesOn' | 'linesOn'> {
    const fleet = this.#fleet;
    const { notes } = wordsOf(this.#options.config.language.value);
    return {
      store: { ...store, closedEditions: () => fleet.leftToPublisher(store.closedEditions()) },
      notesOn: (edition) => (fleet.isDirect(edition) ? [notes.direct(fleet.trouble)] : []),
      linesOn: (edition) => (fleet.isDirect(edition) ? [notes.direct(null)] : []),
      sign: (id, host) => this.#mark?.sign(id, host) ?? id,
    };
  }

  /** Takes outcomes of letters, and how the mail server does. */
  noteMail(event: CourierEvent): void {
    this.#delivery?.noteMail(event);
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

  /** Known from now on without the meeting place: a log may be read, and a page made, while that is away. */
  #keep(secret: string): void {
    const { store } = this.#options;
    if (store.meta().fleetSecret === secret) return;
    this.#use(secret);
    try {
      store.setMeta('fleetSecret', secret);
    } catch {
      // the next contact writes it; the next commit tells that the state cannot be written
    }
  }

  #use(secret: string): void {
    this.#mark = new FleetMark(secret);
    this.#options.selfMail.join(this.#mark);
  }

  async #open(): Promise<Opened> {
    const { config, store, clock, held, meet, onEvent, onTaken } = this.#options;
    const node = this.#node;
    const place = await meet(config);
    const letters = config.letters.value;
    const delivery = new Deliverer({ place, node, store, clock, letters, onEvent, onTaken });
    const editor = new Editor({
      ...{ place, node, config, held: held(), onEvent },
      series: seriesOf(config),
      wait: config.fleetWait.value,
      get holdFor() {
        return delivery.holdFor;
      },
      clock: this.#fleet.clock,
      makeLetter: async (letter) => (await this.#makeLetter())(letter),
      storms: () => this.#fleet.storms,
    });
    this.#delivery = delivery;
    return { place, editor, delivery };
  }

  /** What makes letters is loaded when it is needed. */
  #makeLetter(): Promise<MakeLetter> {
    const { held } = this.#options;
    this.#letters ??= import('./fleet-letters.js').then(({ fleetLetters }) =>
      fleetLetters({ ...this.#options, held: held(), mark: () => this.#mark }),
    );
    return this.#letters;
  }

  async #remarksOn(edition: Edition): Promise<Remarks> {
    const { config, store } = this.#options;
    const { remarksOn } = await import('../publish/remarks.js');
    const isPager = config.queues.find(({ name }) => name === edition.queue)?.pager ?? false;
    const { notes, notices } = remarksOn(edition, isPager, { config, store, mentioned: new Set() });
    return { texts: notes, notices };
  }
}

/** A machine that was copied with its state counts for itself as soon as it has a name of its own. */
function nodeOf(name: string, stateId: string): NodeId {
  const state = createHash('sha256').update(`${stateId}\n${name}`).digest('base64url');
  return { name, state };
}

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
        detail: `on ${listNames(event.nodes)}: ${differenceOf(event.there, event.here).there}`,
      };
    case 'clock-right':
    case 'name-free':
    case 'unsealed':
    case 'keys-forgotten':
    case 'hits-alone': // their messages say it
      return null;
  }
}
