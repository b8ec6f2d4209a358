import type { Config } from '../config/config.js';
import type { HoursConfig } from '../config/directives/read-hours.js';
import { zoneOf } from '../config/zones.js';
import { isOpen, opensAt } from '../queue/paging-hours.js';
import type { Scheduled } from './scheduled.js';

/** The hours of a queue that pages; null: its pages go at any time, or it has none. */
export function hoursOf({ hours }: Config, { name, schedule }: Scheduled): HoursConfig | null {
  if (schedule.kind !== 'now') return null;
  return hours.find(({ queue }) => queue === name) ?? null;
}

/**
 * Until when (ms) what a queue holds waits for its hours; null: it does not. `lines`: how many lines it holds since its last
 * letter.
 */
export function waitsUntil(queue: Scheduled, config: Config, lines: number, now: number): number | null {
  const found = hoursOf(config, queue);
  const zone = zoneOf(queue.name, config);
  if (!found || isOpen(found.hours, zone, now) || (found.over !== null && lines > found.over)) return null;
  return opensAt(found.hours, zone, now);
}
