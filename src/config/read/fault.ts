import { renderLocation, type SourceLocation } from '../../base/place.js';
import { escapeControl } from '../../base/text/escape.js';

export type FaultCode =
  | 'unreadable-file'
  | 'include-loop'
  | 'not-utf8'
  | 'too-much'
  | 'unknown-directive'
  | 'unknown-queue'
  | 'bad-value'
  | 'bad-program'
  | 'bad-template'
  | 'bad-certificate'
  | 'bad-regex'
  | 'bad-rule'
  | 'bad-group'
  | 'ignored-text'
  | 'ignored-directive'
  | 'replaced'
  | 'unreachable-rule'
  | 'unused-queue'
  | 'odd-queue'
  | 'odd-regex'
  | 'odd-sample'
  | 'odd-note'
  | 'odd-schedule'
  | 'readable-password'
  | 'password-in-config'
  | 'clear-password'
  | 'bare-recipient'
  | 'odd-address'
  | 'odd-argument'
  | 'odd-log'
  | 'connect-only'
  | 'absent-log'
  | 'unreadable-log'
  | 'incomplete';

/** An error makes the config unusable; a warning: it may not do what was meant; a notice: good to know. */
export interface Fault {
  readonly severity: 'error' | 'warning' | 'notice';
  readonly code: FaultCode;
  readonly place: SourceLocation;
  readonly seen: string;
  /** What to write, or to do, instead. */
  readonly instead: string;
}

/**
 * One line for people: `file:line:column: error: what was seen; what to write instead`. A config is untrusted
 * text: its control characters are escaped.
 */
export function renderFault({ severity, place, seen, instead }: Fault): string {
  return escapeControl(`${renderLocation(place)}: ${severity}: ${seen}; ${instead}`).replaceAll('\t', '\\t');
}
