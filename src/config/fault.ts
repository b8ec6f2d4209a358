import { type Place, renderPlace } from '../place.js';

export type FaultCode =
  | 'unreadable-file'
  | 'include-loop'
  | 'unknown-directive'
  | 'unknown-queue'
  | 'not-served'
  | 'bad-value'
  | 'bad-regex'
  | 'bad-rule'
  | 'bad-group'
  | 'ignored-text'
  | 'ignored-directive'
  | 'replaced-queue'
  | 'unreachable-rule'
  | 'unused-queue'
  | 'odd-regex'
  | 'odd-schedule'
  | 'readable-password'
  | 'incomplete';

/** An error keeps the config from being used; a warning says that it may not do what was meant. */
export interface Fault {
  readonly severity: 'error' | 'warning' | 'notice';
  readonly code: FaultCode;
  readonly place: Place;
  readonly seen: string;
  /** What to write, or to do, instead. */
  readonly instead: string;
}

/** One line for people: `file:line:column: error: what was seen; what to write instead`. */
export function renderFault({ severity, place, seen, instead }: Fault): string {
  return visible(`${renderPlace(place)}: ${severity}: ${seen}; ${instead}`);
}

/** A config is foreign text too: its control characters are shown, not sent to the terminal. */
function visible(text: string): string {
  return text.replace(
    /[\0-\x1f\x7f-\x9f]/g,
    (char) => `\\x${char.charCodeAt(0).toString(16).padStart(2, '0')}`,
  );
}
