import type { FoldSettings } from '../queue/fold.js';
import type { Schedule } from '../queue/schedule.js';
import type { Config } from './config.js';

/** What decides whether the pages of a queue fold. */
export interface FoldingQueue {
  readonly name: string;
  readonly schedule: Schedule;
  readonly sections: readonly string[];
}

/** How the pages of a queue fold; null where they do not. What is mailed on a schedule, or has sections, never does. */
export function foldSettings(
  { folds, foldPages }: Config,
  { name, schedule, sections }: FoldingQueue,
): FoldSettings | null {
  const fold = folds.find(({ queue }) => queue === name);
  if (!fold || name === 'csv' || schedule.kind !== 'now' || sections.length > 0) return null;
  return { steps: fold.steps, maxPages: foldPages.value };
}
