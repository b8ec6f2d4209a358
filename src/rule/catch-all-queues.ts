import { isCatchAll } from './is-catch-all.js';
import type { Rule } from './rule.js';

/** The queues that catch-alls fill, they alone or among other rules. */
export function catchAllQueues(rules: readonly Rule[]): string[] {
  const queues = winnersOf(rules).flatMap((rule) =>
    isCatchAll(rule) ? rule.targets.map(({ queue }) => queue) : [],
  );
  return [...new Set(queues)];
}

function winnersOf(rules: readonly Rule[]): Rule[] {
  return rules.flatMap((rule) => (rule.kind === 'group' ? winnersOf(rule.rules) : [rule]));
}
