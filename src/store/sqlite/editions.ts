import type { Edition } from '../ports/editions.js';
import type { QueueMark } from '../ports/queue-marks.js';
import type { Store } from '../store.js';
import { archiveWriter } from './archive.js';
import { columnDecoder, count, json, mapOf, orNull, rowDecoder, text, time, whole } from './decode.js';
import { ledgerWriter } from './ledger.js';
import { letterWriter } from './letters.js';
import type { Sqlite } from './open-sqlite.js';
import { rowReader } from './rows.js';
import { SUM_OF_COUNTS } from './sql-counts.js';
import { stormNote, storms } from './storm.js';
import { untaken, untakenDecoder } from './untaken.js';

/** From an open tally to a sealed letter. */
export function editions(
  db: Sqlite,
): Pick<
  Store,
  | 'queueMark'
  | 'markQueue'
  | 'closeEdition'
  | 'storm'
  | 'waiting'
  | 'closePage'
  | 'keepStorms'
  | 'untaken'
  | 'closedEditions'
  | 'openEditions'
  | 'slice'
  | 'page'
  | 'seal'
  | 'sweep'
  | 'pending'
> {
  const close = closer(db);
  const { peek } = untaken(db);
  const pending = db.prepare<[], unknown>(
    `SELECT queue, count(*) AS messages, ${SUM_OF_COUNTS} AS lines FROM edition JOIN tally ON tally.edition = edition.id
     GROUP BY queue ORDER BY queue`,
  );
  const pendingQueue = rowDecoder(db.name, 'tally', { queue: text, messages: whole, lines: count });
  return {
    ...marks(db),
    closeEdition: (queue, at, status, mark) => close(queue, at, status, mark),
    ...storms(db, close),
    untaken: () => peek(''),
    ...editionReader(db),
    ...rowReader(db),
    seal: sealer(db),
    sweep: sweeper(db),
    pending: () => pending.all().map(pendingQueue),
  };
}

/** All counters as one JSON object. */
const COUNTERS = 'SELECT json_group_object(name, value) FROM counter';

function marks(db: Sqlite): Pick<Store, 'queueMark' | 'markQueue'> {
  const read = db.prepare<[string], unknown>(
    'SELECT schedule, due_after AS dueAfter FROM queue WHERE name = ?',
  );
  const decode = rowDecoder(db.name, 'queue', { schedule: text, dueAfter: time });
  const write = db.prepare(
    `INSERT INTO queue (name, schedule, due_after, mailed, counters)
       VALUES (@name, @schedule, @dueAfter, @dueAfter, (${COUNTERS}))
     ON CONFLICT DO UPDATE SET schedule = @schedule, due_after = @dueAfter`,
  );
  return {
    queueMark(queue) {
      const row = read.get(queue);
      return row === undefined ? null : decode(row);
    },
    markQueue: (queue, mark) => void write.run({ name: queue, ...mark }),
  };
}

/** Ends the open edition of a queue, and with it what was counted for escalations; says on which hosts that was. */
function closer(db: Sqlite): Store['closeEdition'] {
  const { markQueue } = marks(db);
  const findOpen = db.prepare<[string], { id: number }>(
    'SELECT id FROM edition WHERE queue = ? AND closed IS NULL',
  );
  const end = db.prepare('UPDATE edition SET closed = ?, status = ?, counters = ?, untaken = ? WHERE id = ?');
  const { take } = untaken(db);
  const told = db.prepare<[string], unknown>('SELECT counters FROM queue WHERE name = ?').pluck();
  const counted = db.prepare<[], string>(COUNTERS).pluck();
  const decode = columnDecoder(db.name, 'queue.counters', json(counters));
  const tell = db.prepare('UPDATE queue SET counters = ? WHERE name = ?');
  const endEscalations = db
    .prepare<[string, number], string>(
      `DELETE FROM hits WHERE leftmost = ?
         AND EXISTS (SELECT 1 FROM tally WHERE edition = ? AND tally.host = hits.host) RETURNING host`,
    )
    .pluck();
  return db.transaction(
    (queue: string, at: number, status: string | null, mark: QueueMark | null): string[] | null => {
      if (mark) markQueue(queue, mark);
      const edition = findOpen.get(queue);
      if (!edition) return null;
      const now = counted.get() ?? '{}';
      const grown = growth(decode(told.get(queue) ?? now), decode(now));
      end.run(at, status, JSON.stringify(Object.fromEntries(grown)), take(queue), edition.id);
      tell.run(now, queue);
      return endEscalations.all(queue, edition.id);
    },
  );
}

function editionReader(db: Sqlite): Pick<Store, 'closedEditions' | 'openEditions'> {
  const closed = db.prepare<[], unknown>(
    `SELECT edition.id, edition.queue, closed, status, opened, edition.counters, edition.storm, edition.untaken,
       queue.mailed
     FROM edition LEFT JOIN queue ON queue.name = edition.queue
     WHERE closed IS NOT NULL ORDER BY id`,
  );
  const closedEdition = rowDecoder(db.name, 'edition', {
    ...EDITION,
    closed: time,
    status: orNull(text),
    counters: json(counters),
    storm: orNull(json(stormNote)),
    untaken: untakenDecoder(db),
  });
  const { peek } = untaken(db);
  const opened = db.prepare<[], unknown>(
    `SELECT edition.id, edition.queue, opened, queue.mailed, queue.counters AS told,
       (SELECT max(earlier.closed) FROM edition AS earlier WHERE earlier.queue = edition.queue) AS before
     FROM edition LEFT JOIN queue ON queue.name = edition.queue WHERE closed IS NULL ORDER BY edition.queue`,
  );
  const openEdition = rowDecoder(db.name, 'edition', {
    ...EDITION,
    told: orNull(json(counters)),
    before: orNull(time),
  });
  const counted = db.prepare<[], unknown>(COUNTERS).pluck();
  const countersNow = columnDecoder(db.name, 'counter.value', json(counters));
  return {
    closedEditions: () =>
      closed
        .all()
        .map(closedEdition)
        .map(({ mailed, opened, ...edition }): Edition => ({ ...edition, since: mailed ?? opened })),
    openEditions(at) {
      const now = countersNow(counted.get() ?? '{}');
      return opened
        .all()
        .map(openEdition)
        .map(({ id, queue, told, ...times }): Edition => {
          const since = times.before ?? times.mailed ?? times.opened;
          const counters = growth(told ?? now, now);
          const open = { closed: at, status: null, storm: null, untaken: peek(queue) };
          return { id, queue, since, counters, ...open };
        });
    },
  };
}

/** Of every edition. `mailed`: when the queue's last letter was made. */
const EDITION = { id: whole, queue: text, opened: time, mailed: orNull(time) };

/** All counters, by their names. */
export const counters = mapOf(count);

/** How much each counter grew between two states of them. One that is less than it was is not of the same state. */
function growth(
  before: ReadonlyMap<string, number>,
  after: ReadonlyMap<string, number>,
): Map<string, number> {
  return new Map([...after].map(([name, value]) => [name, Math.max(value - (before.get(name) ?? 0), 0)]));
}

function sealer(db: Sqlite): Store['seal'] {
  const write = letterWriter(db);
  const mailed = db.prepare('UPDATE queue SET mailed = ? WHERE name = ?');
  const dropEdition = db.prepare('DELETE FROM edition WHERE id = ?');
  const tell = db.prepare('UPDATE mishap SET told_in = ? WHERE id = ? AND told_in IS NULL');
  const enter = ledgerWriter(db);
  const keep = archiveWriter(db);
  const seal: Store['seal'] = (edition, letter, told = [], entry = null, keeping = null) => {
    if (entry) enter(entry);
    if (letter) {
      const id = write(letter);
      for (const mishap of told) tell.run(id, mishap);
      mailed.run(letter.sealed, letter.queue);
      if (keeping) keep(id, letter, keeping);
    }
    dropEdition.run(edition);
  };
  return db.transaction(seal);
}

/** Rows whose edition is gone belong to nothing any more; what lies on the disk of them goes piece by piece. */
function sweeper(db: Sqlite): Store['sweep'] {
  const find = db
    .prepare<[], number>(
      `WITH RECURSIVE each (edition) AS (
         SELECT min(edition) FROM tally
         UNION ALL
         SELECT (SELECT min(edition) FROM tally WHERE edition > each.edition) FROM each
           WHERE each.edition IS NOT NULL
       ) SELECT edition FROM each WHERE edition IS NOT NULL AND edition NOT IN (SELECT id FROM edition) LIMIT 1`,
    )
    .pluck();
  const remove = db.prepare<{ edition: number; limit: number }>(
    `DELETE FROM tally WHERE edition = @edition AND (host, message) IN
       (SELECT host, message FROM tally WHERE edition = @edition ORDER BY host, message LIMIT @limit)`,
  );
  return (limit) => {
    const edition = find.get();
    if (edition !== undefined) remove.run({ edition, limit });
    return edition !== undefined;
  };
}
