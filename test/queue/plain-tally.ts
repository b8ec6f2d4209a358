import { addCounts } from '../../src/base/count.js';
import type { TallyChange } from '../../src/queue/tally.js';
import { addToHour, type Hours, hourOf } from '../../src/values/hours.js';
import { NO_ROW_STATS, type RowStats } from '../../src/values/row-stats.js';

interface Cell {
  readonly key: readonly [queue: string, host: string, message: string];
  count: number;
  how: 'add' | 'set';
  times: number[];
  hours: Hours;
}

/** What a tally does, in the plainest way: an object for each message, without values. */
export class PlainTally {
  #cells: Cell[] = [];

  count(
    queue: string,
    host: string,
    message: string,
    count: number,
    how: 'add' | 'set',
    time: number | null,
  ): void {
    const key = [queue, host, message] as const;
    let cell = this.#cells.find(({ key: other }) => key.every((part, at) => part === other[at]));
    if (!cell) {
      cell = { key, count: 0, how: 'add', times: [], hours: [] };
      this.#cells.push(cell);
    }
    cell.count = how === 'set' ? count : addCounts(cell.count, count);
    if (how === 'set') cell.how = 'set';
    if (time === null) return;
    cell.times.push(time);
    addToHour(cell.hours, hourOf(time), count);
  }

  changes(): TallyChange[] {
    return this.#cells
      .toSorted((a, b) => (isBefore(a.key, b.key) ? -1 : 1))
      .map(({ key: [queue, host, message], count, how, times, hours }) => {
        const [first, last] = times.length > 0 ? [Math.min(...times), Math.max(...times)] : [null, null];
        const told: RowStats['hours'] =
          how === 'set' ? 'unknown' : hours.length === 0 || hours[1] === count ? 'implied' : hours;
        const change = { queue, host, message, count, how, first, last } as const;
        return told === 'implied' ? change : { ...change, stats: { ...NO_ROW_STATS, hours: told } };
      });
  }

  clear(): void {
    this.#cells = [];
  }
}

function isBefore(a: readonly string[], b: readonly string[]): boolean {
  const at = a.findIndex((part, index) => part !== b[index]);
  return (a[at] as string) < (b[at] as string);
}
