import { inZone } from '../queue/parse-schedule.js';
import type { Config } from './config.js';
import type { Settings } from './directives/directives.js';

/** The time zone of a queue's schedule and letters, an IANA name; null: that of this machine. */
export function zoneOf(
  queue: string,
  { zones, timezone }: Pick<Config, 'zones' | 'timezone'>,
): string | null {
  return zones.find((one) => one.queue === queue)?.zone ?? timezone.value;
}

/** Settings whose schedules are in the zones of their queues: the lines that say which may stand below. */
export function inTheirZones(settings: Settings): Settings {
  const { queues, csv } = settings;
  return {
    ...settings,
    queues: queues.map((queue) => ({
      ...queue,
      schedule: inZone(queue.schedule, zoneOf(queue.name, settings)),
    })),
    csv: csv && { ...csv, schedule: inZone(csv.schedule, zoneOf('csv', settings)) },
  };
}
