import type { Config } from '../config/config.js';
import { overdueNotes } from '../config/rule-notes.js';
import { shorten } from '../letter/render/columns.js';
import type { Words } from '../letter/words/words.js';
import type { Edition } from '../store/ports/editions.js';
import { isWeeklyLetter } from './weekly-letter.js';

/** So many rules are named in a letter; the rest are counted. */
const MAX_NAMED = 5;

/** Of a note its beginning is shown (columns). */
const NOTE_COLUMNS = 80;

/** The questions of the weekly letter about rules whose day has passed (`#: note; until 2027-01-31`). */
export function overdueRules(
  edition: Edition,
  config: Config,
  { overdueRule, moreOverdue }: Words['notes'],
): string[] {
  const overdue = overdueNotes(config, edition.closed);
  if (overdue.length === 0 || !isWeeklyLetter(edition, config)) return [];
  const named = overdue.slice(0, MAX_NAMED).map(({ text, until, queues, rule: { file, line } }) =>
    overdueRule({
      place: `${file}:${line}`,
      queues,
      day: until ?? '',
      note: shorten(text, NOTE_COLUMNS),
    }),
  );
  const more = overdue.length - named.length;
  return more > 0 ? [...named, moreOverdue(more)] : named;
}
