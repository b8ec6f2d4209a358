import { basename } from 'node:path';
import { escapeControl } from '../base/text/escape.js';
import { DAY } from '../base/time/duration.js';
import type { Config } from '../config/config.js';
import { shorten } from '../letter/render/columns.js';
import type { Words } from '../letter/words/words.js';
import { wordsOf } from '../letter/words/words-of.js';
import { type FlatRule, flattenRules } from '../rule/flat-rules.js';
import { ruleKey } from '../rule/review/rule-key.js';
import type { Edition } from '../store/ports/editions.js';
import type { RuleHistories, RuleHistory } from '../store/ports/rule-histories.js';
import { reviewQueue } from './weekly-letter.js';

/** A rule that takes so many times as many lines as before has grown. */
const GROWTH = 10;
/** What takes fewer lines than these in the period of a letter has not grown, whatever it took before. */
const MIN_LINES = 100;
/** Lines are compared with those of so many days before, or of fewer, if there are at least some (days). */
const BEFORE = 28;
const MIN_BEFORE = 3;
/** Of a rule that is known for a shorter time (days), no program is new. */
const MIN_KNOWN = 7;
/** So many such notes stand in a letter. */
export const MAX_TRASH_NOTES = 5;
/** How much of a rule, and of a line, is shown (columns). */
const RULE_COLUMNS = 40;
const LINE_COLUMNS = 100;

type Period = Pick<Edition, 'queue' | 'since' | 'closed'>;

/**
 * The notes of a letter about rules of trash that took ten times as many lines as before, or lines of a program that they
 * never took. They stand in the letters of one queue.
 */
export function trashNotes(edition: Period, config: Config, store: RuleHistories): string[] {
  if (reviewQueue(config) !== edition.queue) return [];
  const { notes } = wordsOf(config.language.value);
  const flat = flattenRules(config.rules);
  const trash = flat.flatMap((one, number) => (one.rule.kind === 'trash' ? [{ one, number }] : []));
  if (trash.length === 0) return [];
  const known = new Map(store.ruleHistories().map((history) => [history.rule, history]));
  const watched = trash.flatMap(({ one, number }) => {
    const history = known.get(ruleKey(flat, number));
    return history ? [{ one, history }] : [];
  });
  const told = [
    ...watched.flatMap(({ one, history }) => growthOf(one, history, edition, notes)),
    ...watched.flatMap(({ one, history }) => kindsOf(one, history, edition, notes)),
  ];
  if (told.length <= MAX_TRASH_NOTES) return told;
  return [...told.slice(0, MAX_TRASH_NOTES), notes.moreTrash(told.length - MAX_TRASH_NOTES)];
}

/** Lines are counted by days, so those of the day on which the period began count with it. */
function growthOf(
  one: FlatRule,
  { since, days, programs }: RuleHistory,
  period: Period,
  notes: Words['notes'],
): string[] {
  const first = Math.floor(period.since / DAY);
  const start = Math.max(Math.floor(since / DAY), first - BEFORE);
  const before = first - start;
  if (before < MIN_BEFORE) return [];
  const sum = (from: number, to: number): number =>
    days.filter(({ day }) => day >= from && day < to).reduce((total, { count }) => total + count, 0);
  const last = Math.floor(period.closed / DAY);
  const lines = sum(first, last + 1);
  const usual = (sum(start, first) / before) * (period.closed / DAY - first);
  if (lines < MIN_LINES || lines < GROWTH * usual) return [];
  const sample = programs.at(-1)?.sample ?? '';
  return [notes.trashGrew({ rule: nameOf(one), lines, usual: Math.round(usual), line: shown(sample) })];
}

function kindsOf(
  one: FlatRule,
  { since, programs }: RuleHistory,
  period: Period,
  notes: Words['notes'],
): string[] {
  if (since > period.closed - MIN_KNOWN * DAY) return [];
  if (!programs.some((seen) => seen.since < period.since)) return [];
  return programs
    .filter((seen) => seen.since >= period.since && seen.since <= period.closed && seen.program !== '')
    .map(({ program, sample }) =>
      notes.trashNew({ rule: nameOf(one), program: shown(program), line: shown(sample ?? '') }),
    );
}

/** As a person finds it: `rules.conf:12, trash ^cron`. */
function nameOf({ rule }: FlatRule): string {
  const { file, line } = rule.place;
  return escapeControl(`${basename(file)}:${line}, trash ${shorten(rule.pattern.source, RULE_COLUMNS)}`);
}

function shown(text: string): string {
  return shorten(escapeControl(text), LINE_COLUMNS);
}
