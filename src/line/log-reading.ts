import type { JoinLines } from '../base/text/joiner.js';
import type { Reading } from './entry.js';

/** Reads the text of an entry (a line, or lines that were joined): its host, time and text. */
export type ReadEntry = (text: string) => Reading;

/** How the lines of one log are read, where it is not as those of all others. */
export interface LogReading {
  /** Joins lines to entries; null: each line is one. */
  readonly join: JoinLines | null;
  readonly read: ReadEntry;
  /**
   * Set where entries are syslog lines, which may be scanned in place as well. `host`: whose those are that name no host
   * of the network (`isOwnName`); null: it is not known. null: only `read` knows them.
   */
  readonly scan: { readonly host: string | null } | null;
}
