import type { SourceLocation } from '../base/place.js';
import type { Config } from '../config/config.js';
import type { LineOptions } from '../line/read-line.js';
import type { Pattern } from '../perl-regex/perl-regex.js';

/** What of a config says how lines are read. */
export type LineConfig = Pick<Config, 'prefixes' | 'logprefixes' | 'hidepid' | 'timezone'>;

/** A regex of the config that is no rule. */
export interface PlacedRegex {
  readonly place: SourceLocation;
  readonly pattern: Pattern;
}

/** How a config reads lines. `onOverrun`: a prefix of the config exceeded its match limit on a line. */
export function lineOptionsOf(
  { prefixes, logprefixes, hidepid, timezone }: LineConfig,
  now: () => number,
  onOverrun: (regex: PlacedRegex) => void = () => {},
): LineOptions {
  return {
    prefixes: prefixes.map(({ value }) => value),
    logprefixes: logprefixes.map(({ value }) => value),
    hidepid: hidepid.value,
    timezone: timezone.value,
    now,
    onOverrun: (pattern) => {
      const place = [...prefixes, ...logprefixes].find(({ value }) => value === pattern)?.place;
      if (place) onOverrun({ place, pattern });
    },
  };
}
