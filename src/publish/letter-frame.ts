import type { Config, QueueConfig } from '../config/config.js';
import { throughAliases } from '../config/directives/aliases.js';
import { kindOf } from '../config/sections.js';
import { zoneOf } from '../config/zones.js';
import type { LetterFrame } from '../letter/build/build-letter.js';

/** The settings of a queue's letters, together with the fields of this letter (`own`). */
export function letterFrame(
  config: Config,
  queue: Omit<QueueConfig, 'place'>,
  own: Pick<
    LetterFrame,
    'status' | 'made' | 'since' | 'origin' | 'fleet' | 'storm' | 'waited' | 'notes' | 'before'
  >,
): LetterFrame {
  return {
    ...own,
    queue: queue.name,
    subject: queue.subject ?? config.subject.value,
    from: config.mailfrom.value ?? queue.from,
    to: throughAliases(queue.to, config.aliases),
    form: queue.pager ? 'pager' : config.letter.value,
    kind: kindOf(queue.name, config),
    limit: queue.pager ? config.pagerLimit.value : config.limit.value,
    timezone: zoneOf(queue.name, config),
    language: config.language.value,
    mask: config.mask.value,
    ids: config.ids.value,
    template: config.templates.find((one) => one.queue === queue.name)?.path ?? null,
    thread: config.thread.value,
    sortOrder: config.sortOrder.value,
  };
}
