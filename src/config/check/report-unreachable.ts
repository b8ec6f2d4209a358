import { renderLocation } from '../../base/place.js';
import type { Rule } from '../../rule/rule.js';
import type { Reporter } from '../read/report.js';

/** Regexes that are found in every text. */
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
 * Warns of rules that never have their turn: behind one of the same regex, or behind one that takes everything.
 * `tried`: by regex, the rules that have been tried whenever these are; it is left as it was.
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
    // One warning for all that follows: more would say no more.
    warn(next, `never reached, nor is what follows: ${renderLocation(rule.place)} takes every line`, report);
    break;
  }
  for (const source of added) tried.delete(source);
}

function warn({ place }: Rule, seen: string, report: Reporter): void {
  report.warning({ place, text: '' }, seen, 'remove it, or move it up', 'unreachable-rule');
}
