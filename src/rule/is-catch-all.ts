import { ruleMatches } from './find-rule.js';
import type { Rule } from './rule.js';

/**
 * Texts of one character each, of every sort that a message may begin with. A regex that matches each of them matches
 * anything that a program may say.
 */
const PROBES = ['a', 'Z', '0', '9', '-', '_', '[', '<', '"', '%', '\u00e9', '\u8a9e'];

/** Whether a rule of queues takes whatever no rule before it took, and masks nothing: `misc .*`. */
export function isCatchAll(rule: Rule): rule is Extract<Rule, { readonly kind: 'queues' }> {
  if (rule.kind !== 'queues' || rule.pattern.groupCount > 0) return false;
  return PROBES.every((text) => ruleMatches(rule, { host: '', time: null, text }, () => {}));
}
