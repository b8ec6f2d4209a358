import { addCounts } from '../base/count.js';
import type { LossName } from '../store/loss-names.js';
import type { OverrunName } from '../store/overrun-name.js';
import type { SaidName, ToldName } from '../store/said-names.js';
import type { TimedCounter } from './timed-counting.js';

/**
 * Counters of lines that are kept for good. `own`: lines of mail servers about our own letters; `own_log`: what tayori
 * wrote to the system log.
 */
export type LineCounter = 'lines' | 'unprefixed' | 'hostless' | 'unknown' | 'trash' | 'own' | 'own_log';

/**
 * Rare counters that are kept for good: lines that did not fit into the buffer, datagrams that the kernel dropped, messages
 * of RELP that may come twice, logs that lost lines, regexes that reached their match limit; lines that claimed more than MAX_REPEATS (`capped`), and how
 * many repeats beyond that were not counted (`uncounted`).
 */
export type RareCounter =
  | 'overflowed'
  | 'dropped'
  | 'repeatable'
  | 'capped'
  | 'uncounted'
  | LossName
  | OverrunName
  | TimedCounter
  | SaidName
  | ToldName;

const NO_COUNTS: Readonly<Record<LineCounter, number>> = {
  lines: 0,
  unprefixed: 0,
  hostless: 0,
  unknown: 0,
  trash: 0,
  own: 0,
  own_log: 0,
};

/** What is counted of lines between two commits. */
export class LineCounters {
  /** Each is named where it is counted: a property whose name changes from line to line costs V8 as much as a map. */
  readonly of: Record<LineCounter, number> = { ...NO_COUNTS };
  readonly #rare = new Map<RareCounter, number>();

  add(counter: RareCounter, amount: number): void {
    this.#rare.set(counter, addCounts(this.#rare.get(counter) ?? 0, amount));
  }

  /** Of what is counted elsewhere since the last commit. */
  set(counter: RareCounter, amount: number): void {
    this.#rare.set(counter, amount);
  }

  read(): ReadonlyMap<string, number> {
    const counts = Object.entries(this.of).filter(([, count]) => count > 0);
    return new Map<string, number>([...counts, ...this.#rare]);
  }

  clear(): void {
    Object.assign(this.of, NO_COUNTS);
    this.#rare.clear();
  }
}
