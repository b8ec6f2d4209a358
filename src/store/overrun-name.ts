import { renderLocation, type SourceLocation } from '../base/place.js';

/** The counter `overrun FILE:LINE:COLUMN REGEX`: how often a regex exceeded its match limit. */
export type OverrunName = `overrun ${string}`;

const PREFIX = 'overrun ';

/** The name of the counter of a regex, of a rule or of a `logprefix`. `source`: the regex as it is written. */
export function overrunName(place: SourceLocation, source: string): OverrunName {
  return `${PREFIX}${renderLocation(place)} ${source}`;
}

/** `FILE:LINE:COLUMN REGEX` of a counter that `overrunName` has named; null for other counters. */
export function overrunOf(counter: string): string | null {
  return counter.startsWith(PREFIX) ? counter.slice(PREFIX.length) : null;
}
