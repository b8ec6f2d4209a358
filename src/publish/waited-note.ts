import { DAY } from '../base/time/duration.js';
import type { Config } from '../config/config.js';
import { zoneOf } from '../config/zones.js';
import { createTimes } from '../letter/render/times.js';
import { wordsOf } from '../letter/words/words-of.js';
import { isOpen, opensAt } from '../queue/paging-hours.js';
import type { Edition } from '../store/ports/editions.js';

/**
 * What a letter says of its wait for the hours of its queue (`set hours`); none: it has not waited, or a signal sent it.
 * A preview in the night is of a letter that still waits. `lines`: how many the edition holds.
 */
export function waitedNotes(
  { queue, held, status, closed }: Edition,
  lines: number,
  config: Config,
): string[] {
  if (held === null || status !== null) return [];
  const { notes } = wordsOf(config.language.value);
  const timezone = zoneOf(queue, config);
  const times = createTimes(
    { from: closed - DAY, to: closed },
    { timezone, made: closed },
    wordsOf(config.language.value),
  );
  const since = times.span(held, held);
  const found = config.hours.find((one) => one.queue === queue);
  if (!found || isOpen(found.hours, timezone, closed)) return [notes.waited(since, null)];
  if (found.over !== null && lines > found.over) return [notes.waited(since, found.over)];
  const until = opensAt(found.hours, timezone, closed);
  return [notes.waits(since, times.day(until))];
}
