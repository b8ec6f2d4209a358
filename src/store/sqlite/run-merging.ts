import type { Merging } from '../ports/merging.js';
import type { Sqlite } from './open-sqlite.js';
import type { TallyWriter } from './tally-writer.js';

/** Merges rows that wait in sorted runs into the tally, before it is read or while there is nothing else to do. */
export class RunMerging implements Merging {
  /** Merges a range of an edition (null: of any); false: no rows wait. One transaction: a row waits or is merged. */
  readonly mergeRange: (edition: number | null) => boolean;

  constructor(db: Sqlite, tally: TallyWriter) {
    const merge = (edition: number | null): boolean => tally.merge(edition);
    const exists = db.prepare<[]>('SELECT 1 FROM sorted_run LIMIT 1');
    const inTransaction = db.readonly ? merge : db.transaction(merge);
    this.mergeRange = (edition) => exists.get() !== undefined && inTransaction(edition);
  }

  /** Merges all that waits in an edition (null: in all), however long it takes: a million rows take some seconds. */
  mergeAll(edition: number | null): void {
    while (this.mergeRange(edition));
  }
}

/** Whoever only reads merges into tables of his own, which hide those of the file. */
export function shadowRuns(db: Sqlite): void {
  if (db.single("SELECT 1 AS value FROM sqlite_schema WHERE name = 'sorted_run'") === undefined) return;
  if (db.single('SELECT 1 AS value FROM main.sorted_run LIMIT 1') === undefined) return;
  for (const table of ['tally', 'sorted_run']) {
    const made = String(db.single(`SELECT sql AS value FROM main.sqlite_schema WHERE name = '${table}'`));
    db.exec(made.replace('CREATE TABLE', 'CREATE TEMP TABLE'));
    db.exec(`INSERT INTO temp.${table} SELECT * FROM main.${table}`);
  }
}
