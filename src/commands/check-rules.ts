import { renderLocation } from '../base/place.js';
import type { Fault } from '../config/read/fault.js';
import { patternPieces } from '../perl-regex/perl-regex.js';
import { flattenRules } from '../rule/flat-rules.js';
import { coveredRules } from '../rule/review/covered-rules.js';
import type { Rule } from '../rule/rule.js';

/**
 * Warnings of rules that are never reached, since an earlier one asks for less in other words. Of equal words, and of rules
 * that take every line, the reading of the config has warned.
 */
export function checkRules(rules: readonly Rule[]): Fault[] {
  const flat = flattenRules(rules);
  return coveredRules(flat).covered.flatMap(({ number, by, isSame }) => {
    const [rule, earlier] = [flat[number]?.rule, flat[by]?.rule];
    if (!rule || !earlier || isKnown(rule, earlier)) return [];
    const where = renderLocation(earlier.place);
    return {
      severity: 'warning' as const,
      code: 'unreachable-rule' as const,
      place: rule.place,
      seen: `never reached: ${where} ${isSame ? 'asks for the same' : 'takes its lines'}`,
      instead: 'remove it, or move it up',
    };
  });
}

function isKnown(rule: Rule, earlier: Rule): boolean {
  return (
    rule.pattern.source === earlier.pattern.source || patternPieces(earlier.pattern)?.includes('') === true
  );
}
