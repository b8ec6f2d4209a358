import type { Checkpoints } from '../store/ports/checkpoints.js';

/** A longer step between two turns (ms) is one in which nobody watched: a stop, a suspended machine, a clock that was set. */
const MAX_STEP = 5 * 60_000;

/** The counter of seconds in which nobody watched, for letters that come even when nothing did. */
export const UNWATCHED = 'unwatched';

/**
 * Counts the time since the last turn, of this process or of one before, if nobody watched in it. `lastTurn`: null when
 * it is not known; `sleep`: how long the daemon rests between two turns. All in ms.
 */
export function countAbsence(
  store: Pick<Checkpoints, 'commit'>,
  {
    lastTurn,
    now,
    sleep,
  }: { readonly lastTurn: number | null; readonly now: number; readonly sleep: number },
): void {
  const away = lastTurn === null ? 0 : now - lastTurn;
  if (away <= Math.max(MAX_STEP, 2 * sleep)) return;
  store.commit({
    ...{ at: now, positions: [], forgotten: [], tally: [] },
    ruleState: { last: new Map(), hits: [] },
    counters: new Map([[UNWATCHED, Math.round(away / 1000)]]),
  });
}
