import type { ComposedText } from '../base/text/composed-text.js';
import type { Detail } from '../values/detail.js';
import type { RowStats } from '../values/row-stats.js';
import type { ValueSpans } from '../values/value-table.js';

/** The host of lines without a prefix; it comes last. */
export const UNPREFIXED_HOST = '[unprefixed logs]';

/** A row of a tally: a masked message of a host, with its count. Times in ms, null if no line had one. */
export interface TallyRow {
  readonly host: string;
  readonly message: string;
  readonly count: number;
  readonly first: number | null;
  readonly last: number | null;
  /** Left out if there is nothing to add: no values are recorded, and all lines are of one hour, or none has a time. */
  readonly detail?: Detail;
}

/** A change to a tally. `set`: the count of an escalation replaces the one before. */
export interface TallyChange extends TallyRow {
  readonly queue: string;
  readonly how: 'add' | 'set';
  /** Left out if there is nothing to add. */
  readonly stats?: RowStats;
}

/** Counts since the last commit. The owner bounds it: it commits when the tally grows. */
export interface Tally {
  /** Different messages held. */
  readonly size: number;
  /** Memory taken by messages, hosts and values, in UTF-16 units. */
  readonly length: number;
  count(
    queue: string,
    host: string,
    message: string | ComposedText,
    count: number,
    how: 'add' | 'set',
    time: number | null,
    masked?: ValueSpans,
  ): void;
  /** All counts, by queue, host and message in the order of their code units, as the state needs them. */
  changes(): Iterable<TallyChange>;
  /** Called when the changes have been committed. */
  clear(): void;
}
