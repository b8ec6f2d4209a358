import type { Config } from '../config/config.js';
import { Redactor } from '../line/redactor.js';
import type { Pattern } from '../perl-regex/perl-regex.js';
import type { PlacedRegex } from './line-options.js';

/** What of a config says what is masked in all texts. */
export type RedactionConfig = Pick<Config, 'redactions' | 'mask'>;

/** How a config masks texts; null: it does not. `onOverrun`: a regex exceeded its match limit. */
export function redactorOf(
  { redactions, mask }: RedactionConfig,
  onOverrun: (regex: PlacedRegex) => void = () => {},
): Redactor | null {
  if (redactions.length === 0) return null;
  return new Redactor({
    patterns: redactions.map(({ value }) => value),
    mask: mask.value,
    onOverrun(pattern: Pattern) {
      const place = redactions.find(({ value }) => value === pattern)?.place;
      if (place) onOverrun({ place, pattern });
    },
  });
}
