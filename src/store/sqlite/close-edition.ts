import type { QueueMark } from '../ports/queue-marks.js';
import type { ClosedQueue, Queues } from '../ports/queues.js';
import { COUNTERS, counters, growth } from './counters.js';
import { columnDecoder, json } from './decode.js';
import type { Sqlite } from './open-sqlite.js';
import { queueMarks } from './queue-marks.js';
import { untaken } from './untaken.js';

/** Ends the open edition of a queue, and the escalations of the queue on the hosts of the edition; returns these hosts. */
export function editionCloser(db: Sqlite): Queues['closeEdition'] {
  const { markQueue } = queueMarks(db);
  const findOpen = openEditionFinder(db);
  const end = db.prepare('UPDATE edition SET closed = ?, status = ?, counters = ?, untaken = ? WHERE id = ?');
  const { take } = untaken(db);
  const countersAtLast = db.prepare<[string]>('SELECT counters FROM queue WHERE name = ?').pluck();
  const counted = db.prepare<[], string>(COUNTERS).pluck();
  const decode = columnDecoder(db.name, 'queue.counters', json(counters));
  const writeCounters = db.prepare('UPDATE queue SET counters = ? WHERE name = ?');
  const endEscalations = db
    .prepare<{ queue: string; edition: number }, string>(
      `DELETE FROM hits WHERE leftmost = @queue
         AND (EXISTS (SELECT 1 FROM tally WHERE edition = @edition AND tally.host = hits.host)
           OR EXISTS (SELECT 1 FROM sorted_run, json_each(sorted_run.hosts) AS named
             WHERE edition = @edition AND named.value = hits.host))
       RETURNING host`,
    )
    .pluck();
  return db.transaction(
    (queue: string, at: number, status: string | null, mark: QueueMark | null): string[] | null => {
      if (mark) markQueue(queue, mark);
      const edition = findOpen(queue);
      if (edition === undefined) return null;
      const now = counted.get() ?? '{}';
      const grown = growth(decode(countersAtLast.get(queue) ?? now), decode(now));
      end.run(at, status, JSON.stringify(Object.fromEntries(grown)), take(queue), edition);
      writeCounters.run(now, queue);
      return endEscalations.all({ queue, edition });
    },
  );
}

/** Closes several queues as one letter, each by what `close` does for any queue. */
export function letterCloser(db: Sqlite, close: Queues['closeEdition']): Queues['closeLetter'] {
  const { markQueue } = queueMarks(db);
  const findOpen = openEditionFinder(db);
  const open = db.prepare('INSERT INTO edition (queue, opened) VALUES (?, ?)');
  const join = db.prepare('UPDATE edition SET part_of = ? WHERE id = ?');
  return db.transaction((...given: Parameters<Queues['closeLetter']>): ClosedQueue[] => {
    const [{ name, sections, evenEmpty }, at, status, mark] = given;
    const parts = sections.flatMap((queue) => {
      const edition = findOpen(queue);
      return edition === undefined ? [] : [{ queue, edition }];
    });
    if (mark) for (const queue of sections) markQueue(queue, mark);
    if (findOpen(name) === undefined && (parts.length > 0 || evenEmpty)) open.run(name, at);
    const lead = findOpen(name);
    const closed = [{ queue: name, hosts: close(name, at, status, mark) }];
    for (const { queue, edition } of parts) {
      closed.push({ queue, hosts: close(queue, at, status, null) });
      join.run(lead, edition);
    }
    return closed.flatMap(({ queue, hosts }) => (hosts ? [{ queue, hosts }] : []));
  });
}

/** Makes the function that finds the id of a queue's open edition. */
export function openEditionFinder(db: Sqlite): (queue: string) => number | undefined {
  const find = db
    .prepare<[string], number>('SELECT id FROM edition WHERE queue = ? AND closed IS NULL')
    .pluck();
  return (queue) => find.get(queue);
}
