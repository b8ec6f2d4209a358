import type { Config } from '../config.js';
import { DIRECTIVES } from '../directives/directives.js';

/** The directives that a reload cannot apply and whose value is not that of the start any more, in the table's order. */
export function waitsForRestart(atStart: Config, now: Config): string[] {
  return DIRECTIVES.filter(({ fixed }) => fixed !== null && fixed(atStart) !== fixed(now)).map(
    ({ name }) => name,
  );
}
