import type { Storm } from '../queue/fold.js';
import type { HandIns } from '../store/ports/hand-ins.js';
import type { Queues } from '../store/ports/queues.js';
import type { FleetQueue } from './series.js';

/** A page of the fleet that is older than the last one of this node by no more than this (ms) holds the same hits. */
const MAX_DIFFERENCE = 5000;

/**
 * Takes over the storms of the fleet, by series: so a node holds its hits as the fleet does. A storm in which this node has
 * had a later page stays until the editor has heard of that.
 */
export function mirrorStorms(
  storms: ReadonlyMap<string, Storm>,
  queues: readonly FleetQueue[],
  store: Pick<Queues, 'storm'> & Pick<HandIns, 'putStorm'>,
): void {
  for (const { id, queue } of queues) {
    const storm = storms.get(id);
    const own = storm && store.storm(queue);
    if (!storm || (own && own.last > storm.last + MAX_DIFFERENCE)) continue;
    if (JSON.stringify(own) !== JSON.stringify(storm)) store.putStorm(queue, storm);
  }
}
