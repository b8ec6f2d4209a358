import { LetterBuilder, type LetterFrame } from '../../src/letter/build/build-letter.js';
import type { NewsRow } from '../../src/letter/history/news.js';
import type { GoneItem, Letter } from '../../src/letter/letter.js';
import type { TallyRow } from '../../src/queue/tally.js';

/** Makes a letter of rows that are all there; null when there is nothing to tell. */
export function buildLetter(
  rows: Iterable<TallyRow | NewsRow>,
  frame: LetterFrame,
  gone: readonly GoneItem[] = [],
): Letter | null {
  const all = [...rows];
  const builder = new LetterBuilder(frame);
  for (const row of all) builder.add(row);
  if (builder.incomplete().size > 0) for (const row of all) builder.recount(row);
  return builder.finish(gone);
}
