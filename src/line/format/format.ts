import type { JoinLines } from '../../base/text/joiner.js';
import type { ReadEntry } from '../log-reading.js';
import type { LineOptions } from '../read-line.js';
import type { FieldNames } from './fields.js';

/** What a format needs of a config, and of the log that it reads. */
export interface FormatOptions {
  readonly lines: LineOptions;
  /** Reads what is not of the format. */
  readonly otherwise: ReadEntry;
  /** `set jsonfields`. */
  readonly names: FieldNames;
  /** The first bytes of the log, where a format says there what the fields of its lines are. */
  head(): string;
}

/** A format of logs that is named in the config. */
export interface LogFormat {
  readonly name: string;
  /** The programs that write it. */
  readonly from: string;
  readonly example: string;
  /** The text that rules get of the example. */
  readonly yields: string;
  readonly join: JoinLines | null;
  /** Set where the head of a log says how its lines are read: each log has a reader of its own. */
  readonly hasHead?: true;
  createReader(options: FormatOptions): ReadEntry;
}
