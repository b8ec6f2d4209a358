import type { Clock } from '../base/time/clock.js';
import { type Courier, type CourierEvent, createCourier } from '../mail/courier.js';
import type { Outbox, WebOutbox } from '../mail/outbox.js';
import type { SelfMail } from '../mail/self-mail.js';
import { selfMailTransport } from '../mail/self-mail-transport.js';
import { steadyOutbox } from '../mail/steady-outbox.js';
import type { Transport } from '../mail/transport/transport.js';
import { together, WebCouriers } from '../mail/web/web-couriers.js';

export interface CouriersOptions {
  readonly store: Outbox & WebOutbox;
  readonly clock: Clock;
  /** To the mail server. */
  readonly transport: Transport;
  readonly selfMail: SelfMail;
  /** To URLs. */
  readonly web: Transport;
  onEvent(event: CourierEvent): void;
  /** Outcomes of letters, and how the mail server does. */
  onFleet(event: CourierEvent): void;
}

/** The courier of the mail server and those of URLs, as one. */
export function openCouriers(options: CouriersOptions): Courier {
  const { store, clock, transport, selfMail, web, onEvent, onFleet } = options;
  return together(
    createCourier({
      outbox: steadyOutbox(store),
      transport: selfMailTransport(transport, selfMail),
      clock,
      onEvent(event) {
        onEvent(event);
        onFleet(event);
      },
    }),
    new WebCouriers({
      ...{ outbox: store, transport: web, clock },
      onEvent(event) {
        onEvent(event);
        if (event.kind === 'sent' || event.kind === 'rejected') onFleet(event);
      },
    }),
  );
}
