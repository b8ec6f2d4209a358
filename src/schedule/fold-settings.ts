import type { Config } from '../config/config.js';
import type { FoldSettings } from '../queue/fold.js';
import type { Scheduled } from './scheduled.js';

/** How the pages of a queue fold; null where they do not. What is mailed on a schedule never does. */
export function foldSettings(
  { folds, foldPages }: Config,
  { name, schedule }: Scheduled,
): FoldSettings | null {
  const fold = folds.find(({ queue }) => queue === name);
  if (!fold || name === 'csv' || schedule.kind !== 'now') return null;
  return { steps: fold.steps, mostPages: foldPages.value };
}
