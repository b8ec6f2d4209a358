import type { Config } from '../config/config.js';
import type { DeliveryNotice } from '../store/ports/delivery-notices.js';

/** A letter tells so many delivery notices at most; the next one tells more. */
const MOST_TOLD = 10;

/**
 * What befell mail, for a letter that is made now: of late letters those of its own queue, and of pager queues, whose
 * letters tell nothing but messages. `telling`, which grows: what others tell that are made beside it.
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
    .slice(0, MOST_TOLD);
  for (const { id } of told) telling.add(id);
  return told;
}
