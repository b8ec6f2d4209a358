import { onTestFinished } from 'vitest';
import { Deliverer } from '../../src/fleet/deliver.js';
import type { DeliveryEvent } from '../../src/fleet/delivery-event.js';
import type { NodeId } from '../../src/fleet/meeting-place.js';
import type { CourierEvent } from '../../src/mail/courier.js';
import { createCourier } from '../../src/mail/courier.js';
import type { SmtpRoute } from '../../src/mail/route/route.js';
import { steadyOutbox } from '../../src/mail/steady-outbox.js';
import { openTransport } from '../../src/mail/transport/open-transport.js';
import { together, WebCouriers } from '../../src/mail/web/web-couriers.js';
import { webTransport } from '../../src/mail/web/web-transport.js';
import { openSqliteStore } from '../../src/store/sqlite/sqlite-store.js';
import type { Store } from '../../src/store/store.js';
import { everyStage } from '../mail/servers.js';
import type { HeldClock } from '../support/held-clock.js';

export type Place = ConstructorParameters<typeof Deliverer>[0]['place'];

/** A node that only delivers: its state, its couriers, and what takes letters of the fleet. */
export interface DeliveringNode {
  readonly node: NodeId;
  readonly store: Store;
  readonly deliverer: Deliverer;
  readonly mailed: CourierEvent[];
  readonly events: DeliveryEvent[];
  /** Takes and holds, but tries nothing; whether it worked. */
  meet(): Promise<boolean>;
  /** Tries what is due, and then letters that are due for their second way. */
  mail(): Promise<void>;
  /** As a daemon does in each turn: meet, mail, tell what became of it. */
  turn(): Promise<void>;
  /** Ends its couriers. */
  close(): Promise<void>;
}

/** How long a node waits for a server (s): none of these tests waits for that, however busy the machine is. */
const PATIENCE = 60;

interface Options {
  readonly place: Place;
  readonly clock: HeldClock;
  readonly route: SmtpRoute;
  /** Of its state; left out: a private one. */
  readonly file?: string;
}

/** Starts one, which ends with the test. */
export function startNode(name: string, { place, clock, route, file = '' }: Options): DeliveringNode {
  const opened = openSqliteStore(file);
  if (!opened.ok) throw new Error(opened.reason);
  const { store } = opened;
  const mailed: CourierEvent[] = [];
  const events: DeliveryEvent[] = [];
  const node: NodeId = { name, state: `state-of-${name}` };
  const deliverer = new Deliverer({
    ...{ place, node, store, clock, letters: 10, onTaken() {} },
    onEvent: (event) => void events.push(event),
  });
  const transport = openTransport(route, {
    helo: null,
    timeout: PATIENCE,
    limits: everyStage(PATIENCE),
    onTalk: null,
  });
  const web = webTransport({ version: '1', ca: null, tokens: [], timeout: PATIENCE, clock });
  const onEvent = (event: CourierEvent): void => void mailed.push(event);
  const courier = together(
    createCourier({
      ...{ outbox: steadyOutbox(store), transport, clock },
      onEvent(event) {
        onEvent(event);
        deliverer.noteMail(event);
      },
    }),
    new WebCouriers({
      ...{ outbox: store, transport: web, clock },
      onEvent(event) {
        onEvent(event);
        if (event.kind === 'sent' || event.kind === 'rejected') deliverer.noteMail(event);
      },
    }),
  );
  onTestFinished(async () => {
    await courier.close();
    store.end();
  });
  const meet = async (): Promise<boolean> => (await deliverer.round()).worked;
  const mail = async (): Promise<void> => {
    await courier.round();
    if (store.takeSecondWays(clock.now()).length > 0) await courier.round();
  };
  return {
    ...{ node, store, deliverer, mailed, events, meet, mail },
    close: () => courier.close(),
    async turn() {
      await meet();
      await mail();
      await meet();
    },
  };
}
