import type { Excerpt } from '../line/excerpt.js';
import { PatternSet, type SetLimits } from '../perl-regex/perl-regex.js';
import { ruleMatches } from './find-rule.js';
import { type FlatRule, flattenRules } from './flat-rules.js';
import type { Rule } from './rule.js';

/** Finds the rule that wins an entry, as `findRule` does, without trying each rule. */
export interface RuleIndex {
  /** The rules and groups in order; `find` returns an index in it. */
  readonly flat: readonly FlatRule[];
  /** The index of the rule that wins, or `NO_RULE`. The text must not contain a newline. */
  find(excerpt: Excerpt): number;
}

export const NO_RULE = -1;

/** Makes the index of a rule set. It tries a regex only where it cannot decide; `onOverrun` as in `findRule`. */
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

/** The regex of a group on the host and the like is not tried on the text: it is always asked. */
function memberOf({ kind, rule, parent }: FlatRule) {
  const isOnText = rule.kind !== 'group' || rule.on === 'text';
  return { kind, pattern: isOnText ? rule.pattern : null, parent };
}
