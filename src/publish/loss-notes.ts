import { compare } from '../base/compare.js';
import type { Words } from '../letter/words/words.js';
import { ownText } from '../line/own-lines.js';
import { lossOf, OTHERS } from '../store/loss-names.js';
import { saidOf, untold } from '../store/said-names.js';

/** The notes of a letter about losses that were counted with it. */
export function lossNotes(
  counters: ReadonlyMap<string, number>,
  notes: Pick<Words['notes'], 'linesLost' | 'moreLinesLost'>,
): string[] {
  const found = [...counters]
    .sort(([a], [b]) => compare(a, b))
    .flatMap(([name]) => {
      const times = untold(counters, name);
      const loss = times > 0 ? lossOf(name) : null;
      const log = loss?.path === OTHERS ? null : loss?.path;
      return loss ? [notes.linesLost({ how: loss.kind, log: log ?? null, times })] : [];
    });
  if (found.length <= MAX_LOSS_NOTES) return found;
  return [...found.slice(0, MAX_LOSS_NOTES), notes.moreLinesLost(found.length - MAX_LOSS_NOTES)];
}

/** The notes about lines of tayori itself that no rule took. */
export function saidNotes(
  counters: ReadonlyMap<string, number>,
  notes: Pick<Words['notes'], 'said' | 'moreSaid'>,
): string[] {
  const found = [...counters]
    .sort(([a], [b]) => compare(a, b))
    .flatMap(([counter, times]) => {
      const said = times > 0 ? saidOf(counter) : null;
      return said ? [notes.said({ text: ownText(said.name, said.subject), times })] : [];
    });
  if (found.length <= MAX_LOSS_NOTES) return found;
  return [...found.slice(0, MAX_LOSS_NOTES), notes.moreSaid(found.length - MAX_LOSS_NOTES)];
}

/** How many losses, and how many lines of tayori itself, a letter names. */
export const MAX_LOSS_NOTES = 10;
