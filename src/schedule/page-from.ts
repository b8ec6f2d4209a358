import type { Config } from '../config/config.js';
import { planOf } from '../config/timed-rules.js';
import { pagesWait } from '../queue/timed/gate-plan.js';
import type { Queues } from '../store/ports/queues.js';
import type { ScheduledLetter } from './scheduled.js';

type Store = Pick<Queues, 'pageFrom' | 'storm' | 'hasOpenEdition'>;

/**
 * From when on (ms) what a queue and its sections hold makes a page, by `set throttle`, `mutes` and `gather`: the earliest
 * of them; null: at once, or on its schedule. In a storm (`set fold`) that alone decides.
 */
export function pageFrom(
  { name, schedule, sections }: ScheduledLetter,
  config: Config,
  store: Store,
): number | null {
  if (schedule.kind !== 'now') return null;
  const holding = sections.length === 0 ? [name] : [name, ...sections].filter(store.hasOpenEdition);
  const from = holding.map((queue) => pageOfQueue(queue, config, store));
  return from.reduce<number | null>(
    (a, b) => (a === null || b === null ? null : Math.min(a, b)),
    from[0] ?? null,
  );
}

function pageOfQueue(queue: string, config: Config, store: Store): number | null {
  if (!pagesWait(planOf(queue, config))) return null;
  const from = store.pageFrom(queue);
  return from === null || store.storm(queue)?.told ? null : from;
}
