import type { Detail } from '../../values/detail.js';
import { hourOf } from '../../values/hours.js';

/** What the bars of a letter have in common. */
export interface Axis {
  /** Hours since 1970. */
  readonly from: number;
  /** Hours in a column. */
  readonly step: number;
  readonly columns: number;
}

/** More columns do not fit on a phone. A month by days has them, when it ends at the hour it began. */
const MAX_BAR_COLUMNS = 32;

/** Hours that a column may have; beyond them, so many weeks as are needed. */
const STEPS = [1, 2, 3, 6, 12, 24, 48];
const WEEK = 168;

/** Fewer lines than this are told by their first and last time. */
const MIN_BAR_LINES = 10;

/** A bar of fewer columns tells nothing. */
const MIN_BAR_COLUMNS = 3;

/** The axis of a letter of this time (ms); null where it is too short for bars. */
export function axisOf({ from, to }: { readonly from: number; readonly to: number }): Axis | null {
  const first = hourOf(from);
  const hours = hourOf(to) + 1 - first;
  const fits = (step: number): boolean => hours <= step * MAX_BAR_COLUMNS;
  const step = STEPS.find(fits) ?? Math.ceil(hours / WEEK / MAX_BAR_COLUMNS) * WEEK;
  const columns = Math.ceil(hours / step);
  return columns < MIN_BAR_COLUMNS ? null : { from: first, step, columns };
}

/**
 * When the lines of a message were written, a column a stretch of time: `..▁▂▇█...`. Empty where it would not help:
 * few lines, or all within one column.
 */
export function hoursBar(hours: Detail['hours'], axis: Axis): string {
  const columns: number[] = Array.from({ length: axis.columns }, () => 0);
  for (const [hour, lines] of hours) {
    const at = Math.floor((hour - axis.from) / axis.step);
    if (at in columns) columns[at] = (columns[at] ?? 0) + lines;
  }
  const most = Math.max(...columns);
  const sum = columns.reduce((sum, lines) => sum + lines, 0);
  if (sum < MIN_BAR_LINES || most === sum) return '';
  return columns.map((lines) => LEVELS[Math.ceil((lines / most) * (LEVELS.length - 1))]).join('');
}

/** None, then ever more. */
const LEVELS = ['.', '▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];
