import { dayOf, mondayOf } from '../base/time/calendar-day.js';
import { DAY } from '../base/time/duration.js';
import type { Config } from '../config/config.js';
import { kindOf } from '../config/sections.js';
import { zoneOf } from '../config/zones.js';
import type { Schedule } from '../queue/schedule.js';
import type { Edition } from '../store/ports/editions.js';

/**
 * Whether a letter is the one of its week, from Monday, that asks about the rules. It is the first letter in the week of
 * the first queue whose schedule is weekly or rarer; without one, of the first queue of reports. A queue that is due at
 * once, or goes to a pager, never asks.
 */
export function isWeeklyLetter(
  { queue, since, closed }: Pick<Edition, 'queue' | 'since' | 'closed'>,
  config: Config,
): boolean {
  if (queue !== reviewQueue(config)) return false;
  const zone = zoneOf(queue, config);
  return mondayOf(dayOf(since, zone)) < mondayOf(dayOf(closed, zone));
}

/** The queue in whose letters stands what is to be looked over now and then; null: none can tell it. */
export function reviewQueue(config: Config): string | null {
  const scheduled = config.queues.filter(({ pager, schedule }) => !pager && schedule.kind === 'cron');
  const asking =
    scheduled.find(({ schedule }) => isWeekly(schedule)) ??
    scheduled.find(({ name }) => kindOf(name, config) === 'report') ??
    scheduled[0];
  return asking?.name ?? null;
}

/** Two letters that are nearer to each other (ms) are none of a weekly schedule; a change of the clocks takes an hour. */
const MIN_WEEK = 6.5 * DAY;

/** So many times of a schedule are looked at: a schedule that is more frequent shows that in a month or two of its own. */
const TIMES = 16;

function isWeekly(schedule: Schedule): boolean {
  if (schedule.kind === 'now') return false;
  let time = schedule.next(Date.UTC(2026, 0, 1));
  for (let count = 1; count < TIMES && time !== null; count++) {
    const next = schedule.next(time);
    if (next !== null && next - time < MIN_WEEK) return false;
    time = next;
  }
  return true;
}
