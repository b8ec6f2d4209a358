import type { Entry } from '../line/entry.js';
import { MatchLimitError } from '../perl-regex/perl-regex.js';
import type { Rule } from './rule.js';

/** A rule that wins entries: all kinds but groups. */
export type WinningRule = Exclude<Rule, { readonly kind: 'group' }>;

/**
 * The first rule, in order, that matches; a group's rules are tried only when its own regex matches, and what they
 * leave goes on behind the group. This is the meaning of a rule set: whatever is faster must agree with it. A rule
 * that has not come to an end on this text within its bound does not match, and `onOverrun` hears of it.
 */
export function findRule(
  rules: readonly Rule[],
  entry: Entry,
  onOverrun: (rule: Rule) => void,
): WinningRule | null {
  for (const rule of rules) {
    if (!ruleMatches(rule, entry, onOverrun)) continue;
    if (rule.kind !== 'group') return rule;
    const inner = findRule(rule.rules, entry, onOverrun);
    if (inner) return inner;
  }
  return null;
}

/** Whether a rule's own regex matches its subject; false, and `onOverrun` is called, when it is given up. */
export function ruleMatches(rule: Rule, entry: Entry, onOverrun: (rule: Rule) => void): boolean {
  const subject = rule.kind === 'group' && rule.on === 'host' ? entry.host : entry.text;
  try {
    return rule.pattern.test(subject);
  } catch (error) {
    if (!(error instanceof MatchLimitError)) throw error;
    onOverrun(rule);
    return false;
  }
}
