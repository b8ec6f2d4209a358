import type { Excerpt } from '../line/excerpt.js';
import { PatternSet, type SetLimits } from '../perl-regex/perl-regex.js';
import { ruleMatches } from './find-rule.js';
import { type FlatRule, flattenRules } from './flat-rules.js';
import type { Rule } from './rule.js';

/** Finds the rule that wins an entry, as `findRule` does, without trying each. */
export interface RuleIndex {
  /** The rules and groups in order; what is found is one of them. */
  readonly flat: readonly FlatRule[];
  /** The number of the rule that wins, or `NO_RULE`. The text may hold no newline. */
  find(excerpt: Excerpt): number;
}

export const NO_RULE = -1;

/** Makes the index of a rule set. Regexes are only tried where it cannot tell; `onOverrun` as in `findRule`. */
export function createRuleIndex(
  rules: readonly Rule[],
  onOverrun: (rule: Rule) => void,
  limits?: SetLimits,
): RuleIndex {
  const flat = flattenRules(rules);
  const ask = (number: number, excerpt: Excerpt): boolean => {
    const rule = flat[number]?.rule;
    return rule !== undefined && ruleMatches(rule, excerpt, onOverrun);
  };
  const set = new PatternSet<Excerpt>(flat.map(memberOf), ask, limits);
  return { flat, find: (excerpt) => set.find(excerpt) };
}

/** A group on the host does not match the text, so the index knows nothing of it and it is always asked. */
function memberOf({ kind, rule, parent }: FlatRule) {
  const isOnHost = rule.kind === 'group' && rule.on === 'host';
  return { kind, pattern: isOnHost ? null : rule.pattern, parent };
}
