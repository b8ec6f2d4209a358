import type { Letter } from '../letter/letter.js';
import { createTimes } from '../letter/render/times.js';
import { wordsOf } from '../letter/words/words-of.js';
import type { TallyRow } from '../queue/tally.js';
import type { Edition } from '../store/ports/editions.js';

/** How many messages of a letter were first written before its period. */
export interface Late {
  messages: number;
}

/** Lines may be late because of relays, and clocks differ (ms). */
const LAG = 5 * 60_000;

/** Passes on rows, and counts those that belong before the period of the letter. */
export function* countLate(
  rows: Iterable<TallyRow>,
  { since }: Pick<Edition, 'since'>,
  late: Late,
): Generator<TallyRow> {
  for (const row of rows) {
    if (row.first !== null && row.first < since - LAG) late.messages += 1;
    yield row;
  }
}

/**
 * The note about how complete a letter is, from all lines that were read while it was counted; none if nothing is known
 * about them.
 */
export function completeness(
  { counters, since }: Pick<Edition, 'counters' | 'since'>,
  late: Late,
  letter: Pick<Letter, 'timezone' | 'language' | 'made'>,
): string[] {
  if (counters.size === 0) return [];
  const sum = (...names: string[]): number =>
    names.reduce((total, name) => total + (counters.get(name) ?? 0), 0);
  const words = wordsOf(letter.language);
  const counts = {
    lines: sum('lines'),
    unparsed: sum('unprefixed', 'hostless'),
    lost: sum('dropped', 'overflowed'),
    late: late.messages,
    since: createTimes(null, letter, words).day(since),
  };
  return [words.notes.completeness(counts)];
}
