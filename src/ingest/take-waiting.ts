import type { Config } from '../config/config.js';
import type { OwnLine } from '../line/own-lines.js';
import type { FleetHits } from '../store/ports/fleet-hits.js';
import type { Runs } from '../store/ports/runs.js';
import type { LineProcessor } from './line-processor.js';
import { reportRuns } from './run-reports.js';

/** Hits that the fleet has spoken about: so many are counted with one commit. */
const MAX_ANSWERED = 5000;

/** What others have left in the state for the next commit. */
export type Waiting = Pick<Runs, 'endedRuns'> &
  Pick<FleetHits, 'askedHits' | 'hasAskedHits' | 'answerHits' | 'answeredHits'>;

/**
 * Counts hits that the fleet has spoken about, and has the ends of programs told. Returns the ids of ends that were told; the
 * commit that follows takes both, so that each is counted or told once.
 */
export function takeWaiting(
  store: Waiting,
  config: Pick<Config, 'fleet' | 'valuesOff'>,
  run: { readonly processor: LineProcessor; readonly own: { say(line: OwnLine): void } },
): number[] {
  if (config.fleet.value === null) leaveAlone(store);
  run.processor.timed.takeAnswered(store.answeredHits(MAX_ANSWERED));
  return reportRuns(store, config, (line) => run.own.say(line));
}

/** There is no fleet any more that could be asked. */
function leaveAlone(store: Waiting): void {
  if (!store.hasAskedHits()) return;
  const alone = { kind: 'alone' } as const;
  store.answerHits(new Map(store.askedHits(MAX_ANSWERED).map(({ id }) => [id, alone])));
}
