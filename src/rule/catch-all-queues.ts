import { isCatchAll } from './is-catch-all.js';
import type { Rule } from './rule.js';

/** The queues that catch-alls fill, and no other rule. */
export function catchAllQueues(rules: readonly Rule[]): string[] {
  const filled = new Map<string, boolean>();
  for (const rule of winnersOf(rules))
    if (rule.kind === 'queues')
      for (const { queue } of rule.targets)
        filled.set(queue, (filled.get(queue) ?? true) && isCatchAll(rule));
  return [...filled].flatMap(([queue, isFilledByThemAlone]) => (isFilledByThemAlone ? [queue] : []));
}

function winnersOf(rules: readonly Rule[]): Rule[] {
  return rules.flatMap((rule) => (rule.kind === 'group' ? winnersOf(rule.rules) : [rule]));
}
