import type { Detail } from '../../values/detail.js';
import { hourOf } from '../../values/hours.js';

/** The common axis of the bars of a letter. */
export interface Axis {
  /** Hours since 1970. */
  readonly from: number;
  /** Hours in a column. */
  readonly step: number;
  readonly columns: number;
}

/** More columns do not fit on a phone; enough for a month by days. */
const MAX_BAR_COLUMNS = 32;

/** Widths of a column (hours); beyond them, as many weeks as needed. */
const STEPS = [1, 2, 3, 6, 12, 24, 48];
const WEEK = 168;

/** For fewer lines, first and last time say enough. */
const MIN_BAR_LINES = 10;

/** A bar of fewer columns says nothing. */
const MIN_BAR_COLUMNS = 3;

/** The axis of a letter for this period (ms); null if it is too short for bars. */
export function axisOf({ from, to }: { readonly from: number; readonly to: number }): Axis | null {
  const first = hourOf(from);
  const hours = hourOf(to) + 1 - first;
  const fits = (step: number): boolean => hours <= step * MAX_BAR_COLUMNS;
  const step = STEPS.find(fits) ?? Math.ceil(hours / WEEK / MAX_BAR_COLUMNS) * WEEK;
  const columns = Math.ceil(hours / step);
  return columns < MIN_BAR_COLUMNS ? null : { from: first, step, columns };
}

/**
 * When the lines of a message were written, one column for each step of time: `..▁▂▇█...`. Empty where it would not
 * help: for few lines, or if all are in one column.
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

/** None, then rising. */
const LEVELS = ['.', '▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];
