import { DAY } from '../base/time/duration.js';
import type { Config } from '../config/config.js';
import { kindOf } from '../config/sections.js';
import type { Schedule } from '../queue/schedule.js';

/** Letters that come so far apart (ms) come once a week: on the day that clocks are changed, an hour earlier. */
const WEEKLY = 7 * DAY - DAY / 2;
/** So many letters to come are looked at. */
const LOOKED_AT = 3;

/**
 * The queue in whose letters stands what is to be looked over now and then: the first that is mailed once a week or more
 * rarely, else the first report; null: there is none. `now`: ms.
 */
export function reviewQueue(config: Config, now: number): string | null {
  const queues = config.queues.filter(({ pager }) => !pager);
  const found =
    queues.find(({ schedule }) => isRare(schedule, now)) ??
    queues.find(({ name }) => kindOf(name, config) === 'report');
  return found?.name ?? null;
}

function isRare(schedule: Schedule, now: number): boolean {
  if (schedule.kind === 'now') return false;
  let time = schedule.next(now);
  for (let looked = 0; time !== null && looked < LOOKED_AT; looked++) {
    const next = schedule.next(time);
    if (next !== null && next - time < WEEKLY) return false;
    time = next ?? time;
  }
  return time !== null;
}
