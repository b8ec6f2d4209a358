import type { Config } from '../config/config.js';
import type { Schedule } from '../queue/schedule.js';

/** A queue or `csv`: each has a schedule. */
export interface Scheduled {
  readonly name: string;
  readonly schedule: Schedule;
}

/** All of a config that is due at times, in its order. */
export function scheduled({ queues, csv }: Config): Scheduled[] {
  return csv ? [...queues, { name: 'csv', schedule: csv.schedule }] : [...queues];
}
