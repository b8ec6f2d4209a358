import type { Schedule } from '../queue/schedule.js';

type Cron = Extract<Schedule, { readonly kind: 'cron' }>;

const MINUTE = 60_000;

/** No schedule rests for longer (ms): a 29 February that is a certain weekday comes after 40 years, over the year 2100. */
const MAX_REST = 41 * 366 * 86_400_000;

/**
 * The last due time of a schedule that is not after `at` (ms); null: there is none within forty years before it. A schedule
 * tells only what comes after a time, so that time is sought: backwards in steps that double, then by halves, some fifty
 * questions at most.
 */
export function lastDue(schedule: Pick<Cron, 'next'>, at: number): number | null {
  const isDueAfter = (time: number): boolean => (schedule.next(time) ?? Number.POSITIVE_INFINITY) <= at;
  let back = MINUTE;
  while (!isDueAfter(at - back)) {
    if (back > MAX_REST) return null;
    back *= 2;
  }
  // Between these two there is the last one, and after the second there is none.
  let [early, late] = [at - back, back === MINUTE ? at : at - back / 2];
  while (late - early > MINUTE) {
    const middle = Math.floor((early + late) / 2);
    if (isDueAfter(middle)) early = middle;
    else late = middle;
  }
  return lastOf(schedule, early, at);
}

/** Steps forward: due times may lie close to each other where a clock was changed. */
function lastOf(schedule: Pick<Cron, 'next'>, from: number, at: number): number | null {
  let last: number | null = null;
  for (let next = schedule.next(from); next !== null && next <= at; next = schedule.next(next)) {
    if (last !== null && next <= last) break;
    last = next;
  }
  return last;
}
