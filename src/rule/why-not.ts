import type { Entry } from '../line/entry.js';
import { type Explanation, explainMatch } from '../perl-regex/perl-regex.js';
import { findRule, type WinningRule } from './find-rule.js';
import type { Rule } from './rule.js';

type Group = Extract<Rule, { readonly kind: 'group' }>;

/** A rule or group with the groups around it, the outermost first. */
export interface PlacedRule {
  readonly rule: Rule;
  readonly groups: readonly Group[];
}

/** All rules and groups, in the order of the config. */
export function placedRules(rules: readonly Rule[], groups: readonly Group[] = []): PlacedRule[] {
  return rules.flatMap((rule) =>
    rule.kind === 'group'
      ? [{ rule, groups }, ...placedRules(rule.rules, [...groups, rule])]
      : [{ rule, groups }],
  );
}

/** Why a rule did not take an entry; `group`: what stopped it is a group around it. */
export type WhyNot =
  /** It took it. For a group: its regex matches. */
  | { readonly kind: 'taken' }
  | {
      readonly kind: 'mismatch';
      readonly of: Rule;
      /** What its regex was tried on; null: the entry has no file, or no priority. */
      readonly subject: string | null;
      readonly explanation: Explanation;
    }
  /** It matches, but an earlier rule took the entry. */
  | { readonly kind: 'earlier'; readonly winner: WinningRule };

/** Says why a rule of a config did not take an entry: by its own regexes, then by the rules before it. */
export function whyNot({ rule, groups }: PlacedRule, entry: Entry, rules: readonly Rule[]): WhyNot {
  for (const of of [...groups, rule]) {
    const subject = entry[of.kind === 'group' ? of.on : 'text'] ?? null;
    const explanation: Explanation =
      subject === null ? { kind: 'matches' } : explainMatch(of.pattern.source, subject);
    if (subject === null || explanation.kind !== 'matches')
      return { kind: 'mismatch', of, subject, explanation };
  }
  if (rule.kind === 'group') return { kind: 'taken' };
  const winner = findRule(rules, entry, () => {});
  return winner === null || winner === rule ? { kind: 'taken' } : { kind: 'earlier', winner };
}
