import type { Config } from '../config/config.js';
import type { OwnLine } from '../line/own-lines.js';
import { MAX_HELD_RUNS } from '../queue/exec/run.js';
import type { Runs } from '../store/ports/runs.js';
import { ownLineOfRun } from './own-line-of-run.js';

/** So many ends of programs are told with one commit: as many as one queue holds. */
const MAX_TOLD = MAX_HELD_RUNS;

/**
 * Has the ends of programs told as lines of tayori. Returns the ids of those that were told: the commit that holds the
 * lines takes them, so that each is told once, whatever ends tayori meanwhile.
 */
export function reportRuns(
  store: Pick<Runs, 'endedRuns'>,
  { valuesOff }: Pick<Config, 'valuesOff'>,
  say: (line: OwnLine) => void,
): number[] {
  const ended = store.endedRuns(MAX_TOLD);
  const hidden = new Set(valuesOff.map(({ queue }) => queue));
  for (const run of ended) say(ownLineOfRun(run, !hidden.has(run.queue)));
  return ended.map(({ id }) => id);
}
