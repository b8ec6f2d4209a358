import type { Config } from '../config/config.js';
import type { DeliveryNotice } from '../store/ports/delivery-notices.js';

/** How many delivery notices a letter mentions; the next letter mentions the rest. */
const MAX_NOTICES = 10;

/**
 * Chooses the delivery notices for a letter: all rejections, and delays of its own queue and of pager queues (whose
 * letters carry no notes). Adds the chosen ids to `mentioned`, so that a letter made at the same time does not repeat them.
 */
export function chooseNotices(
  queue: string,
  { queues }: Pick<Config, 'queues'>,
  mentioned: Set<number>,
  find: (lateOf: readonly string[]) => readonly DeliveryNotice[],
): DeliveryNotice[] {
  const pagers = queues.filter(({ pager }) => pager).map(({ name }) => name);
  const chosen = find([queue, ...pagers])
    .filter(({ id }) => !mentioned.has(id))
    .slice(0, MAX_NOTICES);
  for (const { id } of chosen) mentioned.add(id);
  return chosen;
}
