import { compile, type Pattern } from '../../perl-regex/perl-regex.js';
import { type Expanded, expandPatterns, type NamedPatterns } from '../../rule/expand-patterns.js';
import type { Reporter } from '../read/report.js';
import { placeOf, type SourceText } from '../read/source-text.js';

/** Compiles a statement as a Perl regex with named patterns; null when the regex was refused (and reported). */
export function readPattern(
  statement: SourceText,
  report: Reporter,
  { patterns }: { readonly patterns: NamedPatterns },
): Pattern | null {
  const expanded = expandPatterns(statement.text, patterns);
  if (!reportNames(expanded, statement, report)) return null;
  const compiled = compile(expanded.text);
  const placeAt = (offset: number): SourceText => placeOf(statement, expanded.originOf(offset));
  if (!compiled.ok) {
    report.error(placeAt(compiled.offset), compiled.seen, compiled.instead, 'bad-regex');
    return null;
  }
  for (const { offset, seen, instead } of compiled.notices)
    report.warning(placeAt(offset), seen, instead, 'odd-regex');
  return compiled.pattern;
}

/** Reports what is wrong with the names in a regex; false: it cannot be used. */
export function reportNames({ faults }: Expanded, statement: SourceText, report: Reporter): boolean {
  for (const { severity, offset, seen, instead } of faults)
    if (severity === 'error') report.error(placeOf(statement, offset), seen, instead, 'bad-regex');
    else report.warning(placeOf(statement, offset), seen, instead, 'odd-regex');
  return faults.every(({ severity }) => severity !== 'error');
}
