import type { Config } from '../config/config.js';
import { type FoldSettings, heldUntil } from '../queue/fold.js';
import type { Queues } from '../store/ports/queues.js';
import type { ScheduledLetter } from './scheduled.js';

/** How the pages of a queue fold; null where they do not. What is mailed on a schedule, or has sections, never does. */
export function foldSettings(
  { folds, foldPages }: Config,
  { name, schedule, sections }: ScheduledLetter,
): FoldSettings | null {
  const fold = folds.find(({ queue }) => queue === name);
  if (!fold || name === 'csv' || schedule.kind !== 'now' || sections.length > 0) return null;
  return { steps: fold.steps, maxPages: foldPages.value };
}

/** Until when (ms) what a queue counts is held back by a storm; null: it is not. */
export function holdingUntil(
  queue: ScheduledLetter,
  config: Config,
  store: Pick<Queues, 'storm'>,
  now: number,
): number | null {
  const settings = foldSettings(config, queue);
  return settings && heldUntil(store.storm(queue.name), now, settings);
}
