import { setImmediate } from 'node:timers/promises';
import type { Clock } from '../base/time/clock.js';
import { within } from '../base/time/within.js';
import type { Courier } from '../mail/courier.js';
import type { Publisher } from '../publish/publisher.js';
import type { Editions } from '../store/ports/editions.js';

export interface MailingOptions {
  readonly store: Pick<Editions, 'sweep'>;
  readonly clock: Clock;
  readonly courier: Courier;
  /** Loads the publisher: a third of the program is about letters, and a start need not wait for it. */
  loadPublisher(): Promise<Publisher>;
}

/**
 * A mail server or a filter that hangs does not keep the daemon from turning or ending: what was not taken waits in the
 * outbox (ms).
 */
export const MAX_MAILING = 30_000;

/** Rows of sealed tallies that are cleared away at one go: some ten milliseconds. */
const PIECE = 5000;

/** Makes letters of what is closed, delivers them, and clears away what they were made of. */
export class Mailing {
  readonly #options: MailingOptions;
  #publisher: Promise<Publisher> | null = null;
  /** Letters that the state held up need not wait any longer. */
  #force = false;
  #stopped = false;

  constructor(options: MailingOptions) {
    this.#options = options;
  }

  /** The next round also tries what was deferred. */
  forceNext(): void {
    this.#force = true;
  }

  /** One round. A server may take minutes to take a letter, which is waited for only so long. */
  async round(): Promise<void> {
    const { clock, courier } = this.#options;
    const how = this.#force ? 'force' : undefined;
    this.#force = false;
    await (await this.#load()).round(how);
    await Promise.all([within(clock, MAX_MAILING, courier.round(how)), this.#sweep()]);
  }

  /** Makes and delivers all that can be, whatever was deferred. */
  async flush(): Promise<void> {
    await (await this.#load()).round('force');
    await this.#options.courier.round('force');
  }

  /** No more letters are made, and nothing is swept any more. */
  async stopMaking(): Promise<void> {
    this.#stopped = true;
    await (await this.#publisher)?.close();
  }

  #load(): Promise<Publisher> {
    this.#publisher ??= this.#options.loadPublisher();
    return this.#publisher;
  }

  /** Millions of rows at one go would hold up reading. */
  async #sweep(): Promise<void> {
    while (!this.#stopped && this.#options.store.sweep(PIECE)) await setImmediate();
  }
}
