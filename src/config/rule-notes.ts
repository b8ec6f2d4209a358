import type { SourceLocation } from '../base/place.js';
import { quote } from '../base/text/quote.js';
import { dayOf, isIsoDay, isoDay } from '../base/time/calendar-day.js';
import { flattenRules } from '../rule/flat-rules.js';
import type { Rule } from '../rule/rule.js';
import type { FoundNote } from './read/read-statements.js';
import type { Reporter } from './read/report.js';
import { from, type SourceText, trimEnd } from './read/source-text.js';
import type { Setting } from './setting.js';

/** `#: note; until 2027-01-31` above a rule. */
export interface RuleNote {
  /** Without its day. */
  readonly text: string;
  /** The last day on which the rule is surely wanted, as `2027-01-31`; null: no day. */
  readonly until: string | null;
  readonly place: SourceLocation;
  readonly rule: SourceLocation;
  /** The queues of the rule, with commas, or `trash` or `repeat`. */
  readonly queues: string;
}

/** The day of a note: behind `; until`, or behind `until` alone where a number follows. */
const UNTIL = /(?:^|;)\s*until(?:\s+(.*))?$|\suntil\s+(\d\S*)$/i;

/** The notes above rules. Reports days that are none, and notes without a rule below. */
export function ruleNotes(found: readonly FoundNote[], rules: readonly Rule[], report: Reporter): RuleNote[] {
  if (found.length === 0) return [];
  const byPlace = new Map<string, Rule>();
  for (const { kind, rule } of flattenRules(rules))
    if (kind === 'winner') byPlace.set(keyOf(rule.place), rule);
  const notes = new Map<string, RuleNote>();
  for (const { text, below } of found) {
    const rule = below ? byPlace.get(keyOf(below.place)) : undefined;
    const { note, until } = readNote(text, report);
    if (rule)
      notes.set(keyOf(text.place), {
        ...{ text: note, until, place: text.place, rule: rule.place, queues: queuesOf(rule) },
      });
    else report.warning(text, 'a note (#:) without its rule', 'write it above a rule', 'odd-note');
  }
  return [...notes.values()];
}

/** Of a config: its notes, and the zone of their days. */
interface Dated {
  readonly notes: readonly RuleNote[];
  readonly timezone: Setting<string | null>;
}

/** The notes whose day has passed at `now` (ms), in the zone of `set timezone`. */
export function overdueNotes({ notes, timezone }: Dated, now: number): RuleNote[] {
  if (notes.length === 0) return [];
  const today = isoDay(dayOf(now, timezone.value));
  return notes.filter(({ until }) => until !== null && until < today);
}

function readNote(text: SourceText, report: Reporter): { note: string; until: string | null } {
  const whole = trimEnd(text.text);
  const match = UNTIL.exec(whole);
  if (!match) return { note: whole, until: null };
  const note = trimEnd(whole.slice(0, match.index).replace(/;$/, ''));
  const day = match[1] ?? match[2] ?? '';
  if (isIsoDay(day)) return { note, until: day };
  const seen = `${day === '' ? 'nothing' : quote(day)} as a day`;
  const place = from(text, whole.length - day.length);
  report.warning(place, seen, 'write a day of the calendar, as in until 2027-01-31', 'odd-note');
  return { note, until: null };
}

function queuesOf(rule: Rule): string {
  return rule.kind === 'queues' ? rule.targets.map(({ queue }) => queue).join(',') : rule.kind;
}

function keyOf({ file, line }: SourceLocation): string {
  return `${line} ${file}`;
}
