import type { Config } from '../config/config.js';
import { emptyLetters, sectionsOf } from '../config/sections.js';
import type { Schedule } from '../queue/schedule.js';
import type { LetterQueues } from '../store/ports/queues.js';

/** A queue or `csv`: each has a schedule. */
export interface Scheduled {
  readonly name: string;
  readonly schedule: Schedule;
}

/** A queue that is mailed, with those that go into its letters. */
export interface ScheduledLetter extends Scheduled, LetterQueues {}

/** All of a config that is due at times, in its order. */
export function scheduled(config: Config): ScheduledLetter[] {
  const { queues, csv } = config;
  const even = emptyLetters(config);
  const letters = queues.map(({ name, schedule }) => ({
    name,
    schedule,
    sections: sectionsOf(name, config),
    evenEmpty: even.has(name),
  }));
  if (!csv) return letters;
  return [...letters, { name: 'csv', schedule: csv.schedule, sections: [], evenEmpty: false }];
}

/** Every queue of a config: those that are mailed, and their sections. */
export function queuesOf(config: Config): string[] {
  return scheduled(config).flatMap(({ name, sections }) => [name, ...sections]);
}
