import { compare } from '../base/compare.js';
import type { Words } from '../letter/words/words.js';
import { lossOf, OTHERS } from '../store/loss-names.js';

/** What a letter tells of the losses that were counted while it was. */
export function lossNotes(
  counters: ReadonlyMap<string, number>,
  notes: Pick<Words['notes'], 'linesLost' | 'moreLinesLost'>,
): string[] {
  const told = [...counters]
    .sort(([a], [b]) => compare(a, b))
    .flatMap(([name, times]) => {
      const loss = times > 0 ? lossOf(name) : null;
      const log = loss?.path === OTHERS ? null : loss?.path;
      return loss ? [notes.linesLost({ how: loss.kind, log: log ?? null, times })] : [];
    });
  if (told.length <= MAX_LOSS_NOTES) return told;
  return [...told.slice(0, MAX_LOSS_NOTES), notes.moreLinesLost(told.length - MAX_LOSS_NOTES)];
}

/** A letter names so many of them at most. */
export const MAX_LOSS_NOTES = 10;
