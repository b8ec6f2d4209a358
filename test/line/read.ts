import type { Entry } from '../../src/line/entry.js';
import { createLineReader, type LineOptions } from '../../src/line/read-line.js';
import { createPrefixReader } from '../../src/line/read-prefix.js';
import { compilePerl } from '../../src/perl-regex/compile.js';

/** A Sunday; what names no year is of late 2026. */
export const NOW = Date.UTC(2026, 10, 29, 12, 0, 0);
export const THIS_MACHINE = 'this.example.org';

export function patternOf(source: string) {
  const translation = compilePerl(source);
  if (!translation.ok) throw new Error(translation.seen);
  return translation.pattern;
}

export function lineOptions(given: Partial<LineOptions> = {}): LineOptions {
  return {
    prefixes: [],
    logprefixes: [],
    hidepid: true,
    timezone: 'UTC',
    now: () => NOW,
    hostname: THIS_MACHINE,
    ...given,
  };
}

/** What a line is read as, without the name of its dialect. */
export function readLine(line: string, given: Partial<LineOptions> = {}): Entry | string {
  const reading = createLineReader(lineOptions(given))(line);
  return reading.kind === 'entry' ? reading.entry : reading.kind;
}

export function readPrefix(line: string, given: Partial<LineOptions> = {}) {
  const reading = createPrefixReader(lineOptions(given))(line);
  return reading.kind === 'known' ? reading.prefix : reading.kind;
}

export const timeOf = (iso: string | null): number | null => (iso === null ? null : Date.parse(iso));
