import { flattenRules } from '../../rule/flat-rules.js';
import type { Rule } from '../../rule/rule.js';

/** By queue, the names of the groups of each rule that feeds it, and where the rule stands. */
export type FeedingRules = ReadonlyMap<
  string,
  readonly { readonly names: ReadonlySet<string>; readonly line: number }[]
>;

/** The rules that feed each queue. */
export function feedingRules(rules: readonly Rule[]): FeedingRules {
  const fed = new Map<string, { names: ReadonlySet<string>; line: number }[]>();
  for (const { rule } of flattenRules(rules)) {
    if (rule.kind !== 'queues') continue;
    const names = new Set(rule.pattern.groupNames.filter((name) => name !== null));
    for (const { queue } of rule.targets) {
      const known = fed.get(queue) ?? [];
      known.push({ names, line: rule.place.line });
      fed.set(queue, known);
    }
  }
  return fed;
}
