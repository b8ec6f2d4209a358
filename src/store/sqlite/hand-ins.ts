import type { EditionSize, HandIns } from '../ports/hand-ins.js';
import { columnDecoder, count, json, list, orNull, rowDecoder, whole } from './decode.js';
import type { Sqlite } from './open-sqlite.js';
import type { RunMerging } from './run-merging.js';
import { SUM_OF_COUNTS } from './sql-counts.js';

/** The fact that holds the ids of editions that were handed in, and are not confirmed. */
const UNCONFIRMED = 'unconfirmed';

export function handIns(db: Sqlite, merging: RunMerging): HandIns {
  const size = db.prepare<[number]>(
    `SELECT count(*) AS messages, ${SUM_OF_COUNTS} AS lines FROM tally WHERE edition = ?`,
  );
  const decodeSize = rowDecoder(db.name, 'tally', { messages: whole, lines: count });
  const putStorm = db.prepare('REPLACE INTO storm (queue, storm) VALUES (?, ?)');
  const { find, keep } = unconfirmedIds(db);
  const drop = editionDropper(db);
  return {
    sizeOf(edition): EditionSize {
      merging.mergeAll(edition);
      return decodeSize(size.get(edition));
    },
    handedIn: db.transaction((edition: number, told: readonly number[]) => {
      drop(edition, told);
      keep([...find(), edition]);
    }),
    noteUncertain: db.transaction((edition: number) => keep([...find(), edition])),
    unconfirmed: find,
    confirmed: db.transaction((editions: readonly number[]) => {
      const gone = new Set(editions);
      keep(find().filter((id) => !gone.has(id)));
    }),
    putStorm: (queue, storm) => void putStorm.run(queue, JSON.stringify(storm)),
  };
}

function unconfirmedIds(db: Sqlite): { find(): number[]; keep(ids: readonly number[]): void } {
  const find = db.prepare<[string], unknown>('SELECT value FROM fact WHERE name = ?').pluck();
  const write = db.prepare('REPLACE INTO fact (name, value) VALUES (?, ?)');
  const decode = columnDecoder(db.name, `the fact "${UNCONFIRMED}"`, orNull(json(list(whole))));
  return {
    find: () => decode(find.get(UNCONFIRMED) ?? null) ?? [],
    keep: (ids) => void write.run(UNCONFIRMED, JSON.stringify([...new Set(ids)])),
  };
}

function editionDropper(db: Sqlite): (edition: number, told: readonly number[]) => void {
  const endNotice = db.prepare<[number]>('DELETE FROM mishap WHERE id = ? AND told_in IS NULL');
  const mailed = db.prepare<{ edition: number }>(
    `UPDATE queue SET mailed = (SELECT closed FROM edition WHERE id = @edition)
     WHERE name IN (SELECT queue FROM edition WHERE id = @edition OR part_of = @edition)`,
  );
  const drop = db.prepare<{ edition: number }>(
    'DELETE FROM edition WHERE id = @edition OR part_of = @edition',
  );
  return (edition, told) => {
    for (const notice of told) endNotice.run(notice);
    mailed.run({ edition });
    drop.run({ edition });
  };
}
