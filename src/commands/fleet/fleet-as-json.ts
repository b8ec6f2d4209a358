import { isoTime } from '../../base/time/iso-time.js';
import type { FleetOverview } from '../../fleet/meeting-place.js';
import { differingQueues } from './differing-queues.js';

/** What `tayori fleet --json` prints. Times are in ISO 8601; `ahead` is in ms. */
export function fleetAsJson(fleet: FleetOverview, address: string): object {
  return {
    address,
    now: isoTime(fleet.now),
    schema: fleet.schema,
    nodes: fleet.nodes.map(({ name, version, seen, ahead, behindSince, queues }) => ({
      ...{ name, version, seen: isoTime(seen), ahead, behindSince: isoTime(behindSince) },
      queues: queues.map(({ queue, definition }) => ({ queue, definition })),
    })),
    editors: fleet.leases.map(({ queue, node, until }) => ({ queue, node, until: isoTime(until) })),
    waiting: fleet.waiting.map(({ due, ...letter }) => ({ ...letter, due: isoTime(due) })),
    outbox: fleet.outbox.map(({ sealed, ...letter }) => ({ ...letter, sealed: isoTime(sealed) })),
    differing: differingQueues(fleet.nodes),
  };
}
