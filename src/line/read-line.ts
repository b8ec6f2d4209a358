import { hostname as thisMachine } from 'node:os';
import type { Reading } from './entry.js';
import { createPrefixReader, type PrefixOptions } from './read-prefix.js';

export interface LineOptions extends PrefixOptions {
  /** Whose lines those are that name no host; this machine's name unless something else is given. */
  readonly hostname?: string;
}

/** Makes the function that reads one line: prefix off, host and time known, pid hidden if asked for. */
export function createLineReader(
  options: LineOptions,
  readPrefix = createPrefixReader(options),
): (line: string) => Reading {
  const { hostname = thisMachine() } = options;
  return (line) => {
    const reading = readPrefix(line);
    if (reading.kind !== 'known') return reading;
    const { host, time, text, dialect } = reading.prefix;
    return { kind: 'entry', entry: { host: host ?? hostname, time, text }, dialect };
  };
}
