import type { Clock } from '../base/time/clock.js';
import type { HeldQueues } from '../store/held-queues.js';
import type { Edition, Editions } from '../store/ports/editions.js';
import type { FleetHits } from '../store/ports/fleet-hits.js';
import type { HandIns } from '../store/ports/hand-ins.js';
import type { Merging } from '../store/ports/merging.js';
import type { Meta } from '../store/ports/meta.js';
import type { QueueMarks } from '../store/ports/queue-marks.js';
import type { Queues } from '../store/ports/queues.js';
import type { Snoozes } from '../store/ports/snoozes.js';
import type { FleetEvent } from './event.js';
import type { Remarks } from './hand-in.js';
import type { MeetingPlace, NodeId } from './meeting-place.js';
import type { RoundPart } from './round-part.js';
import type { FleetQueue } from './series.js';

export type FleetStore = Pick<Editions, 'closedEditions' | 'blocks' | 'seal'> &
  Merging &
  HandIns &
  FleetHits &
  QueueMarks &
  Pick<Queues, 'storm'> &
  Snoozes &
  Meta;

export interface FleetOptions {
  /** Where the nodes meet, for people. */
  readonly address: string;
  readonly node: NodeId;
  readonly version: string;
  readonly queues: readonly FleetQueue[];
  /** All queues of the config, and sections. */
  readonly names: ReadonlySet<string>;
  readonly store: FleetStore;
  /** Of this machine. */
  readonly clock: Clock;
  /** Opens the way to the meeting place, and what works there. Called once, with the first round. */
  open(): Promise<Opened>;
  remarksOn(edition: Edition): Promise<Remarks>;
  /** The meeting place has told the secret of the fleet, which may be known already. */
  onSecret?(secret: string): void;
  /** Which queues are held. */
  held(): HeldQueues;
  onEvent(event: FleetEvent): void;
}

export interface Opened {
  readonly place: MeetingPlace;
  readonly editor: RoundPart;
  readonly delivery: RoundPart;
}
