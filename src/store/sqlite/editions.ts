import { groupBy } from '../../base/group-by.js';
import type { Edition, Editions, FrequentLines } from '../ports/editions.js';
import { COUNTERS, counters, growth } from './counters.js';
import { columnDecoder, json, orNull, rowDecoder, text, time, whole } from './decode.js';
import type { Sqlite } from './open-sqlite.js';
import { rowReader } from './row-reader.js';
import type { RunMerging } from './run-merging.js';
import { sealer } from './seal.js';
import { stormNote } from './stored-storm.js';
import { sweeper } from './sweep.js';
import { NO_QUEUE, untaken, untakenDecoder } from './untaken.js';

/** From a tally to a sealed letter. */
export class SqliteEditions implements Editions {
  readonly slice: Editions['slice'];
  readonly page: Editions['page'];
  readonly blocks: Editions['blocks'];
  readonly seal: Editions['seal'];
  readonly sweep: Editions['sweep'];
  readonly #sql: ReturnType<typeof statements>;
  readonly #decode: ReturnType<typeof decoders>;
  readonly #untaken: (queue: string) => FrequentLines;

  constructor(db: Sqlite, merging: RunMerging) {
    const { slice, page, blocks } = rowReader(db);
    this.slice = mergedFirst(slice, merging);
    this.page = mergedFirst(page, merging);
    this.blocks = (edition) => {
      merging.mergeAll(edition);
      return blocks(edition);
    };
    this.seal = sealer(db);
    this.sweep = sweeper(db);
    this.#sql = statements(db);
    this.#decode = decoders(db);
    this.#untaken = untaken(db).peek;
  }

  closedEditions(): Edition[] {
    const all = this.#sql.closed.all().map(this.#decode.closed);
    const ids = new Set(all.map(({ id }) => id));
    const parts = groupBy(
      all.filter(({ partOf }) => partOf !== null && ids.has(partOf)),
      ({ partOf }) => partOf,
    );
    return all
      .filter(({ partOf }) => partOf === null || !ids.has(partOf))
      .map((one) => ({ ...closed(one), sections: (parts.get(one.id) ?? []).map(closed) }));
  }

  openEditions(at: number, even: readonly string[] = []): Edition[] {
    const now = this.#decode.counters(this.#sql.counters.get() ?? '{}');
    return this.#sql.open
      .all({ at, even: JSON.stringify(even) })
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
        sections: [],
      }));
  }

  untaken(): FrequentLines {
    return this.#untaken(NO_QUEUE);
  }
}

type StoredEdition = ReturnType<ReturnType<typeof decoders>['closed']>;

function closed({ mailed, opened, partOf: _, ...edition }: StoredEdition): Edition {
  return { ...edition, since: mailed ?? opened, sections: [] };
}

function statements(db: Sqlite) {
  return {
    closed: db.prepare<[]>(
      `SELECT edition.id, edition.queue, held, closed, status, opened, edition.counters, edition.storm, edition.untaken,
         queue.mailed, part_of AS partOf
       FROM edition LEFT JOIN queue ON queue.name = edition.queue
       WHERE closed IS NOT NULL ORDER BY id`,
    ),
    open: db.prepare<{ at: number; even: string }>(
      `WITH each (id, queue, opened, held) AS (
         SELECT id, queue, opened, held FROM edition WHERE closed IS NULL
         UNION ALL
         SELECT 0, value, @at, NULL FROM json_each(@even)
           WHERE value NOT IN (SELECT queue FROM edition WHERE closed IS NULL)
       )
       SELECT each.id, each.queue, held, opened, queue.mailed, queue.counters AS told,
         (SELECT max(earlier.closed) FROM edition AS earlier WHERE earlier.queue = each.queue) AS before
       FROM each LEFT JOIN queue ON queue.name = each.queue ORDER BY each.queue`,
    ),
    counters: db.prepare<[]>(COUNTERS).pluck(),
  };
}

type ReadRows = Editions['slice'];

function mergedFirst(read: ReadRows, merging: RunMerging): ReadRows {
  return (edition, ...rest) => {
    merging.mergeAll(edition);
    return read(edition, ...rest);
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
      partOf: orNull(whole),
    }),
    open: rowDecoder(db.name, 'edition', {
      ...EDITION,
      told: orNull(json(counters)),
      before: orNull(time),
    }),
    counters: columnDecoder(db.name, 'counter.value', json(counters)),
  };
}
