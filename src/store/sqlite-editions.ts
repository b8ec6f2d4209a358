import type { StormNote } from '../queue/fold.js';
import type { Sqlite } from './open-sqlite.js';
import { ledgerWriter } from './sqlite-ledger.js';
import { letterWriter } from './sqlite-letters.js';
import { pastWriter } from './sqlite-past.js';
import { rowReader } from './sqlite-rows.js';
import { storms } from './sqlite-storm.js';
import type { Edition, PendingQueue, QueueMark, Store } from './store.js';

interface EditionRow {
  readonly id: number;
  readonly queue: string;
  readonly closed: number;
  readonly status: string | null;
  readonly opened: number;
  readonly mailed: number | null;
  readonly counters: string;
  readonly storm: string | null;
}

interface OpenRow extends Pick<EditionRow, 'id' | 'queue' | 'opened' | 'mailed'> {
  readonly told: string | null;
  /** When the edition before it was closed, whose letter is not sealed yet. */
  readonly before: number | null;
}
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
  | 'closedEditions'
  | 'openEditions'
  | 'slice'
  | 'page'
  | 'seal'
  | 'sweep'
  | 'pending'
> {
  const close = closer(db);
  const pending = db.prepare<[], PendingQueue>(
    `SELECT queue, count(*) AS messages, sum(count) AS lines FROM edition JOIN tally ON tally.edition = edition.id
     GROUP BY queue ORDER BY queue`,
  );
  return {
    ...marks(db),
    closeEdition: (queue, at, status, mark) => close(queue, at, status, mark),
    ...storms(db, close),
    ...editionReader(db),
    ...rowReader(db),
    seal: sealer(db),
    sweep: sweeper(db),
    pending: () => pending.all(),
  };
}

/** All counters as one JSON object. */
const COUNTERS = 'SELECT json_group_object(name, value) FROM counter';

function marks(db: Sqlite): Pick<Store, 'queueMark' | 'markQueue'> {
  const read = db.prepare<[string], QueueMark>(
    'SELECT schedule, due_after AS dueAfter FROM queue WHERE name = ?',
  );
  const write = db.prepare(
    `INSERT INTO queue (name, schedule, due_after, mailed, counters)
       VALUES (@name, @schedule, @dueAfter, @dueAfter, (${COUNTERS}))
     ON CONFLICT DO UPDATE SET schedule = @schedule, due_after = @dueAfter`,
  );
  return {
    queueMark: (queue) => read.get(queue) ?? null,
    markQueue: (queue, mark) => void write.run({ name: queue, ...mark }),
  };
}

/** Ends the open edition of a queue, and with it what was counted for escalations; says which hosts are in it. */
function closer(db: Sqlite): Store['closeEdition'] {
  const { markQueue } = marks(db);
  const findOpen = db.prepare<[string], { id: number }>(
    'SELECT id FROM edition WHERE queue = ? AND closed IS NULL',
  );
  const end = db.prepare('UPDATE edition SET closed = ?, status = ?, counters = ? WHERE id = ?');
  const told = db.prepare<[string], string>('SELECT counters FROM queue WHERE name = ?').pluck();
  const counted = db.prepare<[], string>(COUNTERS).pluck();
  const tell = db.prepare('UPDATE queue SET counters = ? WHERE name = ?');
  // From host to host through the index: an edition may have millions of rows, and this holds up everything.
  const hostsOf = db
    .prepare<{ edition: number }, string>(
      `WITH RECURSIVE each (host) AS (
         SELECT min(host) FROM tally WHERE edition = @edition
         UNION ALL
         SELECT (SELECT min(host) FROM tally WHERE edition = @edition AND host > each.host) FROM each
           WHERE each.host IS NOT NULL
       ) SELECT host FROM each WHERE host IS NOT NULL`,
    )
    .pluck();
  const endEscalations = db.prepare(
    `DELETE FROM hits WHERE leftmost = ?
       AND EXISTS (SELECT 1 FROM tally WHERE edition = ? AND tally.host = hits.host)`,
  );
  return db.transaction(
    (queue: string, at: number, status: string | null, mark: QueueMark | null): string[] | null => {
      if (mark) markQueue(queue, mark);
      const edition = findOpen.get(queue);
      if (!edition) return null;
      const now = counted.get() ?? '{}';
      end.run(at, status, growth(told.get(queue) ?? now, now), edition.id);
      tell.run(now, queue);
      endEscalations.run(queue, edition.id);
      return hostsOf.all({ edition: edition.id });
    },
  );
}

function editionReader(db: Sqlite): Pick<Store, 'closedEditions' | 'openEditions'> {
  const closed = db.prepare<[], EditionRow>(
    `SELECT edition.id, edition.queue, closed, status, opened, edition.counters, edition.storm, queue.mailed FROM edition LEFT JOIN queue ON queue.name = edition.queue
     WHERE closed IS NOT NULL ORDER BY id`,
  );
  const opened = db.prepare<[], OpenRow>(
    `SELECT edition.id, edition.queue, opened, queue.mailed, queue.counters AS told,
       (SELECT max(earlier.closed) FROM edition AS earlier WHERE earlier.queue = edition.queue) AS before
     FROM edition LEFT JOIN queue ON queue.name = edition.queue WHERE closed IS NULL ORDER BY edition.queue`,
  );
  const counted = db.prepare<[], string>(COUNTERS).pluck();
  return {
    closedEditions: () =>
      closed.all().map(({ mailed, opened, counters, storm, ...edition }): Edition => {
        const grown = Object.entries(JSON.parse(counters) as Record<string, number>);
        const note = storm === null ? null : (JSON.parse(storm) as StormNote);
        return { ...edition, since: mailed ?? opened, counters: new Map(grown), storm: note };
      }),
    openEditions(at) {
      const now = counted.get() ?? '{}';
      return opened.all().map(({ id, queue, told, ...times }): Edition => {
        const since = times.before ?? times.mailed ?? times.opened;
        const grown = Object.entries(JSON.parse(growth(told ?? now, now)) as Record<string, number>);
        return { id, queue, closed: at, status: null, since, counters: new Map(grown), storm: null };
      });
    },
  };
}

/** How much each counter grew between two states of them (JSON). */
function growth(before: string, after: string): string {
  const old = JSON.parse(before) as Record<string, number>;
  const grown = Object.entries(JSON.parse(after) as Record<string, number>).map(
    ([name, value]) => [name, value - (old[name] ?? 0)] as const,
  );
  return JSON.stringify(Object.fromEntries(grown));
}

function sealer(db: Sqlite): Store['seal'] {
  const write = letterWriter(db);
  const mailed = db.prepare('UPDATE queue SET mailed = ? WHERE name = ?');
  const dropEdition = db.prepare('DELETE FROM edition WHERE id = ?');
  const tell = db.prepare('UPDATE mishap SET told_in = ? WHERE id = ? AND told_in IS NULL');
  const enter = ledgerWriter(db);
  const keep = pastWriter(db);
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
