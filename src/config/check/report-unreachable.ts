import { renderLocation } from '../../base/place.js';
import type { Rule } from '../../rule/rule.js';
import type { Reporter } from '../read/report.js';

/** Regexes that match every text. */
const TAKES_ALL = new Set([
  '.*',
  '^',
  '$',
  '^.*',
  '.*$',
  '^.*$',
  '(.*)',
  '^(.*)',
  '(.*)$',
  '^(.*)$',
  '(?:.*)',
]);

/**
 * Warns of rules that are never reached, since a rule above them has the same regex or takes everything. `tried`:
 * the rules that were tried before these, by their regex; it is unchanged afterwards.
 */
export function reportUnreachable(
  rules: readonly Rule[],
  report: Reporter,
  tried = new Map<string, Rule>(),
): void {
  const added: string[] = [];
  for (const [index, rule] of rules.entries()) {
    if (rule.kind === 'group') {
      reportUnreachable(rule.rules, report, tried);
      continue;
    }
    const { source } = rule.pattern;
    const same = tried.get(source);
    if (same) warn(rule, `never reached: ${renderLocation(same.place)} takes its lines`, report);
    else {
      tried.set(source, rule);
      added.push(source);
    }
    const next = rules[index + 1];
    if (!TAKES_ALL.has(source) || !next) continue;
    // One warning is enough for all rules that follow.
    warn(next, `never reached, nor is what follows: ${renderLocation(rule.place)} takes every line`, report);
    break;
  }
  for (const source of added) tried.delete(source);
}

function warn({ place }: Rule, seen: string, report: Reporter): void {
  report.warning({ place, text: '' }, seen, 'remove it, or move it up', 'unreachable-rule');
}
