import { catchAllQueues } from '../rule/catch-all-queues.js';
import type { Config } from './config.js';

/** The queues whose letters propose rules: of those that a rule such as `misc .*` fills. */
export function suggestingQueues({
  rules,
  suggests,
}: Pick<Config, 'rules' | 'suggests'>): ReadonlySet<string> {
  if (suggests.every(({ on }) => !on)) return new Set();
  const isOn = (queue: string): boolean =>
    (suggests.find((one) => one.queue === queue) ?? suggests.find((one) => one.queue === null))?.on ?? false;
  return new Set(catchAllQueues(rules).filter(isOn));
}
