import { quote } from '../../base/text/quote.js';
import type { Reporter } from './report.js';
import { type SourceText, trimEnd } from './source-text.js';

/** As in Tenshi, text behind a value of one word is ignored; here with a warning. */
export function reportRest(rest: SourceText, report: Reporter): void {
  const text = trimEnd(rest.text);
  if (text !== '')
    report.warning(rest, `${quote(text)} after the value is ignored`, 'remove it', 'ignored-text');
}
