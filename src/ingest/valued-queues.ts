import type { Config } from '../config/config.js';
import { mailedQueues, parentOf } from '../config/sections.js';

/** The queues whose letters show masked values. */
export function valuedQueues(config: Config): ReadonlySet<string> {
  if (config.letter.value === 'plain') return new Set();
  const without = new Set(config.valuesOff.map(({ queue }) => queue));
  const pagers = new Set(config.queues.filter(({ pager }) => pager).map(({ name }) => name));
  return new Set(
    mailedQueues(config).filter((name) => !without.has(name) && !pagers.has(parentOf(name, config) ?? name)),
  );
}
