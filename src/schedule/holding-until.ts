import type { Config } from '../config/config.js';
import { foldSettings } from '../config/fold-settings.js';
import { heldUntil } from '../queue/fold.js';
import type { Queues } from '../store/ports/queues.js';
import type { ScheduledLetter } from './scheduled.js';

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
