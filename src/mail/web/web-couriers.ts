import { type Courier, type CourierOptions, createCourier } from '../courier.js';
import type { Outbox, WebOutbox } from '../outbox.js';
import { steadyOutbox } from '../steady-outbox.js';

export interface WebCouriersOptions extends Omit<CourierOptions, 'outbox'> {
  readonly outbox: WebOutbox;
}

/** A courier of one URL, and how many of its rounds run. */
interface UrlCourier {
  readonly courier: Courier;
  rounds: number;
}

/** Couriers for recipients that are URLs, one for each: a service that hangs holds up no other, nor does the mail server. */
export class WebCouriers implements Courier {
  readonly #options: WebCouriersOptions;
  /** For URLs with letters that wait, and no others. */
  readonly #couriers = new Map<string, UrlCourier>();
  #closed = false;

  constructor(options: WebCouriersOptions) {
    this.#options = options;
  }

  async round(how?: 'force'): Promise<void> {
    if (this.#closed) return;
    const urls = this.#options.outbox.waitingUrls();
    for (const [url, { rounds }] of this.#couriers)
      if (rounds === 0 && !urls.includes(url)) this.#couriers.delete(url);
    await Promise.all(urls.map((url) => this.#roundOf(url, how)));
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#options.transport.close();
    await Promise.all([...this.#couriers.values()].map(({ courier }) => courier.close()));
  }

  async #roundOf(url: string, how?: 'force'): Promise<void> {
    const one = this.#couriers.get(url) ?? { courier: this.#makeCourier(url), rounds: 0 };
    this.#couriers.set(url, one);
    one.rounds += 1;
    try {
      await one.courier.round(how);
    } finally {
      one.rounds -= 1;
    }
  }

  #makeCourier(url: string): Courier {
    return createCourier({ ...this.#options, outbox: steadyOutbox(outboxOf(url, this.#options.outbox)) });
  }
}

/** Asks for the outbox at each step: the state may be opened again meanwhile. */
function outboxOf(url: string, outbox: WebOutbox): Outbox {
  const now = (): Outbox => outbox.outboxOf(url);
  return {
    nextDue: (...args) => now().nextDue(...args),
    keepDelayHeader: (...args) => now().keepDelayHeader(...args),
    recordSent: (...args) => now().recordSent(...args),
    recordRejected: (...args) => now().recordRejected(...args),
    recordRetry: (...args) => now().recordRetry(...args),
    recordQuotaRetry: (...args) => now().recordQuotaRetry(...args),
    defer: (...args) => now().defer(...args),
    hasten: () => now().hasten(),
    delayAll: (...args) => now().delayAll(...args),
  };
}

/** Several couriers as one. */
export function together(...couriers: readonly Courier[]): Courier {
  return {
    async round(how) {
      await Promise.all(couriers.map((courier) => courier.round(how)));
    },
    async close() {
      await Promise.all(couriers.map((courier) => courier.close()));
    },
  };
}
