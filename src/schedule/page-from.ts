import type { Config } from '../config/config.js';
import { planOf } from '../config/timed-rules.js';
import { pagesWait } from '../queue/timed/gate-plan.js';
import type { Queues } from '../store/ports/queues.js';
import type { Scheduled } from './scheduled.js';

/**
 * From when on (ms) what a queue holds makes a page, by `set throttle`, `mutes` and `gather`; null: at once, or on its
 * schedule. In a storm (`set fold`) that alone decides.
 */
export function pageFrom(
  { name, schedule }: Scheduled,
  config: Config,
  store: Pick<Queues, 'pageFrom' | 'storm'>,
): number | null {
  if (schedule.kind !== 'now' || !pagesWait(planOf(name, config))) return null;
  const from = store.pageFrom(name);
  return from === null || store.storm(name)?.told ? null : from;
}
