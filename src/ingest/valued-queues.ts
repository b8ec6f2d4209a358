import type { Config } from '../config/config.js';

/** The queues whose letters show masked values. */
export function valuedQueues({ letter, queues, valuesOff }: Config): ReadonlySet<string> {
  if (letter.value === 'plain') return new Set();
  const off = new Set(valuesOff.map(({ queue }) => queue));
  return new Set(queues.flatMap(({ name, pager }) => (pager || off.has(name) ? [] : [name])));
}
