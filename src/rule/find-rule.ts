import type { Entry } from '../line/entry.js';
import { MatchLimitError } from '../perl-regex/perl-regex.js';
import type { Rule } from './rule.js';

/** A rule that wins entries: all kinds but groups. */
export type WinningRule = Exclude<Rule, { readonly kind: 'group' }>;

/**
 * The first rule, in order, that matches. The rules of a group are tried only if its own regex matches; if none of them
 * matches, the search continues after the group. This is the meaning of a rule set: anything faster must agree with it.
 * A rule that exceeds its match limit on this text does not match, and `onOverrun` is called.
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

/** Whether a rule's own regex matches its subject. If it exceeds its match limit: false, and `onOverrun` is called. */
export function ruleMatches(rule: Rule, entry: Entry, onOverrun: (rule: Rule) => void): boolean {
  const subject = entry[rule.kind === 'group' ? rule.on : 'text'] ?? null;
  if (subject === null) return false;
  try {
    return rule.pattern.test(subject);
  } catch (error) {
    if (!(error instanceof MatchLimitError)) throw error;
    onOverrun(rule);
    return false;
  }
}
