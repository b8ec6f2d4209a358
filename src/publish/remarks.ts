import type { Config } from '../config/config.js';
import { zoneOf } from '../config/zones.js';
import type { DeliveryNotices } from '../store/ports/delivery-notices.js';
import type { Edition } from '../store/ports/editions.js';
import type { RuleHistories } from '../store/ports/rule-histories.js';
import { chooseNotices } from './choose-notices.js';
import { describeNotice } from './describe-notice.js';
import { trashNotes } from './trash-notes.js';

export interface RemarksSources {
  readonly config: Config;
  readonly store: DeliveryNotices & RuleHistories;
  /** Ids of the delivery notices that letters in the making mention; those of this one are added. */
  readonly mentioned: Set<number>;
}

/** What the letter of an edition tells beside what was counted: delivery problems, and rules of trash that take too much. */
export function remarksOn(
  edition: Pick<Edition, 'queue' | 'since' | 'closed'>,
  isPager: boolean,
  { config, store, mentioned }: RemarksSources,
): { readonly notes: readonly string[]; readonly notices: readonly number[] } {
  const { queue, closed } = edition;
  const notices = isPager ? [] : chooseNotices(queue, config, mentioned, store.deliveryNotices);
  const told = notices.map((notice) => describeNotice(notice, zoneOf(queue, config), closed));
  return {
    notes: [...told, ...trashNotes(edition, config, store)],
    notices: notices.map(({ id }) => id),
  };
}
