import type { Config, QueueConfig } from '../config/config.js';
import { throughAliases } from '../config/directives/aliases.js';
import type { LetterFrame } from '../letter/build/build-letter.js';

/** The settings of a queue's letters, together with the fields of this letter (`own`). */
export function letterFrame(
  config: Config,
  queue: Omit<QueueConfig, 'place' | 'schedule'>,
  own: Pick<LetterFrame, 'status' | 'made' | 'since' | 'origin' | 'notes' | 'before'>,
): LetterFrame {
  return {
    ...own,
    queue: queue.name,
    subject: queue.subject ?? config.subject.value,
    from: config.mailfrom.value ?? queue.from,
    to: throughAliases(queue.to, config.aliases),
    form: queue.pager ? 'pager' : config.letter.value,
    limit: queue.pager ? config.pagerLimit.value : config.limit.value,
    timezone: config.timezone.value,
    language: config.language.value,
    template: config.templates.find((one) => one.queue === queue.name)?.path ?? null,
    thread: config.thread.value,
    sortOrder: config.sortOrder.value,
  };
}
