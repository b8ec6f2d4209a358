import type { Entry } from '../line/entry.js';
import type { Rule } from './rule.js';

/** A rule that wins entries: all kinds but groups. */
export type WinningRule = Exclude<Rule, { readonly kind: 'group' }>;

/**
 * The first rule, in order, that matches; a group's rules are tried only when its own regex matches, and what they
 * leave goes on behind the group. This is the meaning of a rule set: whatever is faster must agree with it.
 */
export function findRule(rules: readonly Rule[], entry: Entry): WinningRule | null {
  for (const rule of rules) {
    const subject = rule.kind === 'group' && rule.on === 'host' ? entry.host : entry.text;
    if (!rule.pattern.test(subject)) continue;
    if (rule.kind !== 'group') return rule;
    const inner = findRule(rule.rules, entry);
    if (inner) return inner;
  }
  return null;
}
