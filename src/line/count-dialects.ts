import type { DialectName } from './entry.js';

/** How many lines a dialect has read. */
export interface DialectCount {
  readonly dialect: DialectName;
  readonly lines: number;
}

/** Stands for a dialect where none has read a line. */
export const NO_DIALECT: DialectName = 'no known prefix';

/** Counts lines by dialect. Most lines have the dialect of the line before, so it counts in runs. */
export class DialectCounts {
  readonly #counts = new Map<DialectName, number>();
  #dialect: DialectName = NO_DIALECT;
  #run = 0;

  add(dialect: DialectName): void {
    if (dialect !== this.#dialect) this.#endRun(dialect);
    this.#run += 1;
  }

  /** Most lines first; of as many, in the order of their names. */
  read(): readonly DialectCount[] {
    this.#endRun(this.#dialect);
    const counts = [...this.#counts].map(([dialect, lines]) => ({ dialect, lines }));
    return counts.sort((a, b) => b.lines - a.lines || (a.dialect < b.dialect ? -1 : 1));
  }

  #endRun(next: DialectName): void {
    if (this.#run > 0) this.#counts.set(this.#dialect, (this.#counts.get(this.#dialect) ?? 0) + this.#run);
    this.#dialect = next;
    this.#run = 0;
  }
}
