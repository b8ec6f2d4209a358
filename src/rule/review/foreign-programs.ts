import { patternBeginnings } from '../../perl-regex/perl-regex.js';
import type { FlatRule } from '../flat-rules.js';
import { isCatchAll } from '../is-catch-all.js';

/** A regex whose matches begin with more different characters names no program: `\S`, `.`, `[a-z]`. */
const MAX_BEGINNINGS = 20;

/** A rule that takes lines of more programs than these, which it does not name, is too wide. */
export const MAX_FOREIGN_PROGRAMS = 3;

/**
 * The programs among those whose lines a rule took that neither its regex nor a group around it names. None, where
 * one of these begins with the name of a program, or where the rule is to take whatever is left.
 */
export function foreignPrograms(
  flat: readonly FlatRule[],
  number: number,
  programs: Iterable<string>,
): string[] {
  const own = flat[number];
  if (!own || isCatchAll(own.rule)) return [];
  const sources: string[] = [];
  for (let one: FlatRule | undefined = own; one; one = flat[one.parent]) {
    const { rule } = one;
    if (rule.kind === 'group' && rule.on !== 'text') continue;
    if (patternBeginnings(rule.pattern) <= MAX_BEGINNINGS) return [];
    sources.push(rule.pattern.source);
  }
  return [...programs].filter(
    (program) => program !== '' && !sources.some((source) => source.includes(program)),
  );
}
