import { setImmediate } from 'node:timers/promises';
import { reasonOf } from '../base/errors.js';
import type { Clock } from '../base/time/clock.js';
import { within } from '../base/time/within.js';
import type { Courier } from '../mail/courier.js';
import type { SecondWays } from '../mail/outbox.js';
import type { Publisher } from '../publish/publisher.js';
import type { Editions } from '../store/ports/editions.js';
import type { DaemonEvent } from './event.js';

export interface MailingOptions {
  readonly store: Pick<Editions, 'closedEditions' | 'sweep'> & SecondWays;
  readonly clock: Clock;
  readonly courier: Courier;
  /** Loads the publisher: a third of the program is about letters, which needs 7 MB. */
  loadPublisher(): Promise<Publisher>;
  /** The fleet of this node; null, or left out: it is in none. */
  readonly fleet?: MailingFleet | null;
  onEvent(event: Extract<DaemonEvent, { readonly kind: 'second-way' | 'not-loaded' }>): void;
}

/** What mailing needs of a fleet. */
export interface MailingFleet {
  /** Hands in what is closed. Returns whether something may wait now to be made or delivered here. */
  round(): Promise<boolean>;
  /** The same at once, for a while. */
  flush(): Promise<void>;
}

/**
 * How long a turn or a stop waits for mailing (ms): a mail server or a filter may hang. Letters that are not sent
 * stay in the outbox.
 */
export const MAX_MAILING = 30_000;

/** Rows of sealed tallies that are deleted at once: some ten milliseconds. */
const PIECE = 5000;

/** Makes letters of closed editions, delivers them, and deletes the tallies of sealed letters. */
export class Mailing {
  readonly #options: MailingOptions;
  #publisher: Promise<Publisher> | null = null;
  /** Why it could not be loaded, as told last. */
  #notLoaded: string | null = null;
  /** The next round tries what was deferred because of the state. */
  #force = false;
  #stopped = false;

  constructor(options: MailingOptions) {
    this.#options = options;
  }

  /** The next round also tries what was deferred. */
  forceNext(): void {
    this.#force = true;
  }

  /** One round. Does not wait longer than MAX_MAILING: a server may take minutes to accept a letter. */
  async round(): Promise<void> {
    const how = this.#force ? 'force' : undefined;
    this.#force = false;
    await Promise.all([this.#ownRound(how), this.#fleetRound()]);
  }

  /** A meeting place that hangs holds up nothing that this machine does alone. */
  async #fleetRound(): Promise<void> {
    if (this.#stopped || !this.#options.fleet) return;
    if ((await this.#options.fleet.round()) && !this.#stopped) await this.#ownRound();
  }

  async #ownRound(how?: 'force'): Promise<void> {
    const { clock, courier } = this.#options;
    await this.#make(how);
    await Promise.all([within(clock, MAX_MAILING, courier.round(how)), this.#sweep()]);
    // Behind the round: after a restart the first way may have come back.
    if (!this.#stopped && this.#takeSecondWays()) await within(clock, MAX_MAILING, courier.round());
  }

  /** Makes and delivers all letters, deferred ones, too. */
  async flush(): Promise<void> {
    await this.#options.fleet?.flush();
    await this.#make('force');
    await this.#options.courier.round('force');
  }

  /** No more letters are made, and nothing is swept any more. */
  async stopMaking(): Promise<void> {
    this.#stopped = true;
    await (await this.#publisher?.catch(() => null))?.close();
  }

  /** Whether there were any. */
  #takeSecondWays(): boolean {
    const { store, clock, onEvent } = this.#options;
    const ways = store.takeSecondWays(clock.now());
    for (const way of ways) onEvent({ kind: 'second-way', ...way });
    return ways.length > 0;
  }

  async #make(how?: 'force'): Promise<void> {
    if (!this.#publisher && this.#options.store.closedEditions().length === 0) return;
    const publisher = await this.#load();
    await publisher?.round(how);
  }

  /**
   * The publisher is loaded with the first letter that is due. null: it cannot be loaded, since the program was replaced
   * meanwhile; sealed letters go all the same, and the next round tries again: an upgrade may be half done.
   */
  async #load(): Promise<Publisher | null> {
    try {
      this.#publisher ??= this.#options.loadPublisher();
      return await this.#publisher;
    } catch (error) {
      const reason = reasonOf(error);
      if (reason !== this.#notLoaded) this.#options.onEvent({ kind: 'not-loaded', reason });
      this.#publisher = null;
      this.#notLoaded = reason;
      return null;
    }
  }

  /** Deletes piece by piece: millions of rows at once would hold up reading. */
  async #sweep(): Promise<void> {
    while (!this.#stopped && this.#options.store.sweep(PIECE)) await setImmediate();
  }
}
