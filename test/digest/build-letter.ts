import { createLetterBuilder, type LetterFrame } from '../../src/digest/build-letter.js';
import type { GoneItem, Letter } from '../../src/digest/letter.js';
import type { NewsRow } from '../../src/digest/news.js';
import type { TallyRow } from '../../src/queue/tally.js';

/** Makes a letter of rows that are all there; null when there is nothing to tell. */
export function buildLetter(
  rows: Iterable<TallyRow | NewsRow>,
  frame: LetterFrame,
  gone: readonly GoneItem[] = [],
): Letter | null {
  const builder = createLetterBuilder(frame);
  for (const row of rows) builder.add(row);
  return builder.finish(gone);
}
