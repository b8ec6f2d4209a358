import { compile, type Pattern } from '../../perl-regex/perl-regex.js';
import type { Reporter } from '../read/report.js';
import { placeOf, type SourceText } from '../read/source-text.js';

/** Compiles a statement as a Perl regex; null when the regex was refused (and reported). */
export function readPattern(statement: SourceText, report: Reporter): Pattern | null {
  const compiled = compile(statement.text);
  if (!compiled.ok) {
    report.error(placeOf(statement, compiled.offset), compiled.seen, compiled.instead, 'bad-regex');
    return null;
  }
  for (const { offset, seen, instead } of compiled.notices)
    report.warning(placeOf(statement, offset), seen, instead, 'odd-regex');
  return compiled.pattern;
}
