import type { Config, QueueConfig } from '../config/config.js';
import type { QueueDefinition } from '../store/ports/queue-definitions.js';

export type LetterDefinition = Extract<QueueDefinition, { readonly kind: 'letter' }>;

/**
 * The definition of each queue, for the store: a queue may have counts after it was removed from the config. A section has
 * that of its letter.
 */
export function definitions(config: Config): Map<string, QueueDefinition> {
  const all = new Map<string, QueueDefinition>();
  for (const { name, from, to, pager, subject } of config.queues)
    all.set(name, {
      kind: 'letter',
      from,
      to,
      pager,
      subject: subject ?? config.subject.value,
      filter: config.filters.find(({ queue }) => queue === name)?.command ?? null,
    });
  for (const { queue, parent } of config.sections) {
    const letter = all.get(parent);
    if (letter) all.set(queue, letter);
  }
  if (config.csv) all.set('csv', { kind: 'csv', command: config.csv.command });
  return all;
}

/** What a letter needs of its queue. A queue that was removed from the config has no schedule: it is treated as `now`. */
export function letterQueue(name: string, definition: LetterDefinition, { queues }: Config): LetterQueue {
  const { schedule } = queues.find((queue) => queue.name === name) ?? { schedule: { kind: 'now' } };
  return { ...definition, name, schedule };
}

/** The part of a queue's definition that its letter needs. */
export type LetterQueue = Omit<QueueConfig, 'place'>;
