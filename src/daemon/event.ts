import type { ActEvent } from '../act/event.js';
import type { DeliveryEvent } from '../fleet/delivery-event.js';
import type { FleetEvent } from '../fleet/event.js';
import type { IngestEvent } from '../ingest/event.js';
import type { CourierEvent } from '../mail/courier.js';
import type { SecondWay } from '../mail/outbox.js';
import type { PublishEvent } from '../publish/event.js';
import type { ScheduleEvent } from '../schedule/event.js';
import type { HeartbeatEvent } from './heartbeats.js';

/** All events of the daemon: those of the five verbs and its own. `describeEvent` puts them into words. */
export type DaemonEvent =
  | IngestEvent
  | ScheduleEvent
  | PublishEvent
  | ActEvent
  | { readonly kind: 'mail'; readonly event: CourierEvent }
  | HeartbeatEvent
  | FleetEvent
  | DeliveryEvent
  /** `set fallback`: a letter could not leave in time. */
  | ({ readonly kind: 'second-way' } & SecondWay)
  /** What makes letters cannot be loaded: the program was replaced while it runs. Told once for each reason. */
  | { readonly kind: 'not-loaded'; readonly reason: string }
  /** Somebody deleted the state while the daemon ran; the daemon has restored it. */
  | { readonly kind: 'state-restored' };
