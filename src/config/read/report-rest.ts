import { quote } from './fault.js';
import type { Reporter } from './report.js';
import { type SourceText, trimEnd } from './source-text.js';

/** Tenshi takes one word and passes over the rest of the line; so do we, and say so. */
export function reportRest(rest: SourceText, report: Reporter): void {
  const text = trimEnd(rest.text);
  if (text !== '')
    report.warning(rest, `${quote(text)} behind the value counts for nothing`, 'remove it', 'ignored-text');
}
