import type { Edition, Editions, FrequentLines } from '../ports/editions.js';
import { COUNTERS, counters, growth } from './counters.js';
import { columnDecoder, json, orNull, rowDecoder, text, time, whole } from './decode.js';
import type { Sqlite } from './open-sqlite.js';
import { rowReader } from './row-reader.js';
import { sealer } from './seal.js';
import { stormNote } from './stored-storm.js';
import { sweeper } from './sweep.js';
import { NO_QUEUE, untaken, untakenDecoder } from './untaken.js';

/** From a tally to a sealed letter. */
export class SqliteEditions implements Editions {
  readonly slice: Editions['slice'];
  readonly page: Editions['page'];
  readonly seal: Editions['seal'];
  readonly sweep: Editions['sweep'];
  readonly #sql: ReturnType<typeof statements>;
  readonly #decode: ReturnType<typeof decoders>;
  readonly #untaken: (queue: string) => FrequentLines;

  constructor(db: Sqlite) {
    const { slice, page } = rowReader(db);
    this.slice = slice;
    this.page = page;
    this.seal = sealer(db);
    this.sweep = sweeper(db);
    this.#sql = statements(db);
    this.#decode = decoders(db);
    this.#untaken = untaken(db).peek;
  }

  closedEditions(): Edition[] {
    return this.#sql.closed
      .all()
      .map(this.#decode.closed)
      .map(({ mailed, opened, ...edition }) => ({ ...edition, since: mailed ?? opened }));
  }

  openEditions(at: number): Edition[] {
    const now = this.#decode.counters(this.#sql.counters.get() ?? '{}');
    return this.#sql.open
      .all()
      .map(this.#decode.open)
      .map(({ id, queue, held, told, before, mailed, opened }) => ({
        id,
        queue,
        held,
        since: before ?? mailed ?? opened,
        counters: growth(told ?? now, now),
        closed: at,
        status: null,
        storm: null,
        untaken: this.#untaken(queue),
      }));
  }

  untaken(): FrequentLines {
    return this.#untaken(NO_QUEUE);
  }
}

function statements(db: Sqlite) {
  return {
    closed: db.prepare<[]>(
      `SELECT edition.id, edition.queue, held, closed, status, opened, edition.counters, edition.storm, edition.untaken,
         queue.mailed
       FROM edition LEFT JOIN queue ON queue.name = edition.queue
       WHERE closed IS NOT NULL ORDER BY id`,
    ),
    open: db.prepare<[]>(
      `SELECT edition.id, edition.queue, held, opened, queue.mailed, queue.counters AS told,
         (SELECT max(earlier.closed) FROM edition AS earlier WHERE earlier.queue = edition.queue) AS before
       FROM edition LEFT JOIN queue ON queue.name = edition.queue WHERE closed IS NULL ORDER BY edition.queue`,
    ),
    counters: db.prepare<[]>(COUNTERS).pluck(),
  };
}

/** Columns of every edition. `mailed`: when the queue's last letter was made. */
const EDITION = { id: whole, queue: text, opened: time, held: orNull(time), mailed: orNull(time) };

function decoders(db: Sqlite) {
  return {
    closed: rowDecoder(db.name, 'edition', {
      ...EDITION,
      closed: time,
      status: orNull(text),
      counters: json(counters),
      storm: orNull(json(stormNote)),
      untaken: untakenDecoder(db),
    }),
    open: rowDecoder(db.name, 'edition', {
      ...EDITION,
      told: orNull(json(counters)),
      before: orNull(time),
    }),
    counters: columnDecoder(db.name, 'counter.value', json(counters)),
  };
}
