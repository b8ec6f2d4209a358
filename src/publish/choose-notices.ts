import type { Config } from '../config/config.js';
import type { DeliveryNotice } from '../store/ports/delivery-notices.js';

/** A letter mentions so many delivery notices at most; the next one mentions more. */
const MAX_NOTICES = 10;

/**
 * Delivery notices for a letter: all refusals, and delays of its own queue and of pager queues (their letters carry no
 * notes). Adds the chosen ids to `telling`, so that a letter made at the same time does not repeat them.
 */
export function chooseNotices(
  queue: string,
  { queues }: Pick<Config, 'queues'>,
  telling: Set<number>,
  find: (lateOf: readonly string[]) => readonly DeliveryNotice[],
): DeliveryNotice[] {
  const pagers = queues.filter(({ pager }) => pager).map(({ name }) => name);
  const told = find([queue, ...pagers])
    .filter(({ id }) => !telling.has(id))
    .slice(0, MAX_NOTICES);
  for (const { id } of told) telling.add(id);
  return told;
}
