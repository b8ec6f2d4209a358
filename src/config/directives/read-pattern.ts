import { compilePerl } from '../../perl-regex/compile.js';
import type { Pattern } from '../../perl-regex/pattern.js';
import type { Reporter } from '../read/report.js';
import { placeOf, type SourceText } from '../read/source-text.js';

/** Compiles a statement as a Perl regex; null when the regex was refused (and reported). */
export function readPattern(statement: SourceText, report: Reporter): Pattern | null {
  const translation = compilePerl(statement.text);
  if (!translation.ok) {
    report.error(placeOf(statement, translation.offset), translation.seen, translation.instead, 'bad-regex');
    return null;
  }
  for (const { offset, seen, instead } of translation.notices)
    report.warning(placeOf(statement, offset), seen, instead, 'odd-regex');
  return translation.pattern;
}
