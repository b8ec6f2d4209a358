import type { Config } from '../config.js';
import { DIRECTIVES } from '../directives/directives.js';

/** The directives that a reload cannot apply and that have changed since the start, in the order of the table. */
export function waitsForRestart(atStart: Config, now: Config): string[] {
  const waits = DIRECTIVES.filter(
    ({ field, restartKey }) => field !== null && restartKey?.(atStart[field]) !== restartKey?.(now[field]),
  );
  return waits.map(({ name }) => name);
}
