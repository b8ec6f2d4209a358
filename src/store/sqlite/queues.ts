import type { Storm, Waiting } from '../../queue/fold.js';
import type { Snooze } from '../../queue/snooze.js';
import type { PendingQueue, Queues } from '../ports/queues.js';
import { editionCloser, letterCloser, openEditionFinder } from './close-edition.js';
import { columnDecoder, count, json, orNull, rowDecoder, text, time, whole } from './decode.js';
import type { Sqlite } from './open-sqlite.js';
import type { RunMerging } from './run-merging.js';
import { SUM_OF_COUNTS } from './sql-counts.js';
import { storm } from './stored-storm.js';
import { NOTHING_WAITS, waitingReader } from './waiting.js';

/** The content of queues, from the tables `edition` and `tally`, and their storms, from the table `storm`. */
export class SqliteQueues implements Queues {
  readonly closeEdition: Queues['closeEdition'];
  readonly closePage: Queues['closePage'];
  readonly closeLetter: Queues['closeLetter'];
  readonly #sql: ReturnType<typeof statements>;
  readonly #decode: ReturnType<typeof decoders>;
  readonly #findOpen: (queue: string) => number | undefined;
  readonly #waiting: ReturnType<typeof waitingReader>;

  readonly #merging: RunMerging;

  constructor(db: Sqlite, merging: RunMerging) {
    this.#merging = merging;
    this.closeEdition = editionCloser(db);
    this.closePage = pageCloser(db, this.closeEdition);
    this.closeLetter = letterCloser(db, this.closeEdition);
    this.#sql = statements(db);
    this.#decode = decoders(db);
    this.#findOpen = openEditionFinder(db);
    this.#waiting = waitingReader(db);
  }

  pending(): PendingQueue[] {
    this.#merging.mergeAll(null);
    return this.#sql.pending.all().map(this.#decode.pending);
  }

  waiting(queue: string, most: number, asleep: readonly Snooze[] = []): Waiting {
    const open = this.#findOpen(queue);
    if (open === undefined) return NOTHING_WAITS;
    this.#merging.mergeAll(open);
    return this.#waiting(open, most, asleep);
  }

  hasOpenEdition(queue: string): boolean {
    return this.#findOpen(queue) !== undefined;
  }

  pageFrom(queue: string): number | null {
    const due = this.#sql.pageFrom.get(queue);
    return due === undefined ? null : this.#decode.due(due);
  }

  holdPage(queue: string, at: number): void {
    this.#sql.holdPage.run(at, queue);
  }

  timedSizes(): Map<string, number> {
    return new Map(
      this.#sql.timedSizes
        .all()
        .map(this.#decode.size)
        .map(({ space, keys }) => [space, keys]),
    );
  }

  storm(queue: string): Storm | null {
    const stored = this.#sql.storm.get(queue);
    return stored === undefined ? null : this.#decode.storm(stored);
  }

  keepStorms(queues: readonly string[]): void {
    this.#sql.forgetStorms.run(JSON.stringify(queues));
  }
}

function statements(db: Sqlite) {
  return {
    pending: db.prepare<[]>(
      `SELECT queue, count(*) AS messages, ${SUM_OF_COUNTS} AS lines
       FROM edition JOIN tally ON tally.edition = edition.id GROUP BY queue ORDER BY queue`,
    ),
    pageFrom: db.prepare<[string]>('SELECT due FROM edition WHERE queue = ? AND closed IS NULL').pluck(),
    holdPage: db.prepare<[number, string]>(
      'UPDATE edition SET held = ? WHERE queue = ? AND closed IS NULL AND held IS NULL',
    ),
    timedSizes: db.prepare<[]>('SELECT space, count(*) AS keys FROM timed_key GROUP BY space'),
    storm: db.prepare<[string]>('SELECT storm FROM storm WHERE queue = ?').pluck(),
    forgetStorms: db.prepare<[string]>(
      'DELETE FROM storm WHERE queue NOT IN (SELECT value FROM json_each(?))',
    ),
  };
}

function decoders({ name }: Sqlite) {
  return {
    pending: rowDecoder(name, 'tally', { queue: text, messages: whole, lines: count }),
    due: columnDecoder(name, 'edition.due', orNull(time)),
    size: rowDecoder(name, 'timed_key', { space: text, keys: whole }),
    storm: columnDecoder(name, 'storm.storm', json(storm)),
  };
}

/** Closes pages of storms by what `close` does for any queue. */
function pageCloser(db: Sqlite, close: Queues['closeEdition']): Queues['closePage'] {
  const findOpen = openEditionFinder(db);
  const write = db.prepare('REPLACE INTO storm (queue, storm) VALUES (?, ?)');
  const writeNote = db.prepare('UPDATE edition SET storm = ? WHERE id = ?');
  const addNote = db.prepare(
    "INSERT INTO edition (queue, opened, closed, counters, storm) VALUES (?, ?, ?, '{}', ?)",
  );
  return db.transaction((...given: Parameters<Queues['closePage']>) => {
    const [queue, at, storm, note, status = null] = given;
    write.run(queue, JSON.stringify(storm));
    if (note?.kind === 'end') {
      addNote.run(queue, at, at, JSON.stringify(note));
      return [];
    }
    const open = findOpen(queue);
    const closed = close(queue, at, status, null);
    if (note && open !== undefined) writeNote.run(JSON.stringify(note), open);
    return closed;
  });
}
