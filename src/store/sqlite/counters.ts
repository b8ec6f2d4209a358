import { count, mapOf } from './decode.js';

/** SQL: all counters as one JSON object. */
export const COUNTERS = 'SELECT json_group_object(name, value) FROM counter';

/** All counters, by their names. */
export const counters = mapOf(count);

/** How much each counter grew between two states of them. One that is less than it was is not of the same state. */
export function growth(
  before: ReadonlyMap<string, number>,
  after: ReadonlyMap<string, number>,
): Map<string, number> {
  return new Map([...after].map(([name, value]) => [name, Math.max(value - (before.get(name) ?? 0), 0)]));
}
