import type { Clock } from '../../src/base/time/clock.js';
import type { MeetingPlace } from '../../src/fleet/meeting-place.js';
import type { Running } from '../daemon/start-daemon.js';
import { NOON, startDaemon } from '../daemon/start-daemon.js';

export { NOON };

/** A config of a fleet with a letter at noon, of lines that begin with `report`, and pages of those that begin with `panic`. */
export function fleetConf(name: string, ...more: readonly string[]): string {
  return [
    'set fleet postgresql://tayori@localhost/tayori',
    `set node ${name}`,
    'set queue report from@example.org root@example.org [0 12 * * *] report',
    'set queue page from@example.org tel@example.org [now] page',
    ...more,
    'report ^report',
    'page ^panic',
    'trash .*',
  ].join('\n');
}

/** A daemon that is a node of a fleet, with its first poll behind it. */
export async function startNode(
  place: MeetingPlace | (() => Promise<MeetingPlace>),
  conf: string,
  given: { readonly clock: Clock; readonly folder?: string },
): Promise<Running> {
  const meet = typeof place === 'function' ? place : async () => place;
  return await startDaemon(conf, { ...given, meet });
}
