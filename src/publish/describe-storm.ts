import { DAY } from '../base/time/duration.js';
import type { Config } from '../config/config.js';
import { zoneOf } from '../config/zones.js';
import { shorten } from '../letter/render/columns.js';
import { createTimes } from '../letter/render/times.js';
import { wordsOf } from '../letter/words/words-of.js';
import type { StormNote } from '../queue/fold.js';
import type { Edition } from '../store/ports/editions.js';

/** Of the message of a storm its beginning is shown. */
const STORM_COLUMNS = 60;

/** What a letter says of its storm. Lines younger than a day are dated by the time of day alone. */
export function describeStorm(
  { from, to, names = [], texts = [], messages = 0, ...storm }: StormNote,
  { queue, closed }: Edition,
  config: Config,
): string {
  const words = wordsOf(config.language.value);
  const period = { from: Math.min(from, closed - DAY), to: closed };
  const { span } = createTimes(period, { timezone: zoneOf(queue, config), made: closed }, words);
  const [first, last] = [span(from, from), span(to, to)];
  return words.notes.storm({
    ...storm,
    names,
    what: shorten(texts[0] ?? '', STORM_COLUMNS),
    moreMessages: Math.max(0, messages - 1),
    span: first === last ? first : words.period(first, last),
  });
}
