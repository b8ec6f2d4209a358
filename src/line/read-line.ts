import { hostname as thisMachine } from 'node:os';
import type { Reading } from './entry.js';
import { plainLevel } from './level.js';
import { createPrefixReader, type PrefixOptions } from './read-prefix.js';

export interface LineOptions extends PrefixOptions {
  /** The host of lines that name none; default: the name of this machine. */
  readonly hostname?: string;
}

/** Makes the function that parses one line: it removes the prefix, reads host and time, and hides the pid if asked to. */
export function createLineReader(
  options: LineOptions,
  readPrefix = createPrefixReader(options),
): (line: string) => Reading {
  const { hostname = thisMachine() } = options;
  return (line) => {
    const reading = readPrefix(line);
    if (reading.kind !== 'known') return reading;
    const { host, time, text, dialect, priority } = reading.prefix;
    const entry =
      priority === null
        ? { host: host ?? hostname, time, text }
        : { host: host ?? hostname, time, text, priority: plainLevel(priority) };
    return { kind: 'entry', entry, dialect };
  };
}
