import { quote } from '../base/text/quote.js';
import type { Config } from '../config/config.js';
import type { Fault } from '../config/read/fault.js';
import { overdueNotes, type RuleNote } from '../config/rule-notes.js';

/** A warning for each note of a rule whose day has passed at `now` (ms). */
export function checkNotes(config: Pick<Config, 'notes' | 'timezone'>, now: number): Fault[] {
  return overdueNotes(config, now).map((note) => ({
    severity: 'warning',
    code: 'odd-note',
    place: note.place,
    seen: seenOf(note),
    instead: `is the rule in line ${note.rule.line} still needed? remove it, or write a later day`,
  }));
}

function seenOf({ text, until, queues }: RuleNote): string {
  return `the day of a rule for ${queues} has passed, ${until}${text === '' ? '' : `: ${quote(text)}`}`;
}
