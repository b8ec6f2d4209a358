import type { Config, QueueConfig } from '../config/config.js';
import type { QueueDefinition } from '../store/ports/queue-definitions.js';

export type LetterDefinition = Extract<QueueDefinition, { readonly kind: 'letter' }>;

/** How the config defines each queue, for the store to remember: one that is dropped may still hold counts. */
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
  if (config.csv) all.set('csv', { kind: 'csv', command: config.csv.command });
  return all;
}

/** A queue for its letter to be made. One that the config has dropped has no schedule any more: it is as one of `now`. */
export function letterQueue(name: string, definition: LetterDefinition, { queues }: Config): LetterQueue {
  const { schedule } = queues.find((queue) => queue.name === name) ?? { schedule: { kind: 'now' } };
  return { ...definition, name, schedule };
}

/** What a letter needs of its queue. */
export type LetterQueue = Omit<QueueConfig, 'place'>;
