import type { QueueMark, QueueMarks } from '../ports/queue-marks.js';
import { COUNTERS } from './counters.js';
import { rowDecoder, text, time } from './decode.js';
import type { Sqlite } from './open-sqlite.js';

/** The columns `schedule` and `due_after` of the table `queue`; the first mark of a queue makes its row. */
export function queueMarks(db: Sqlite): QueueMarks {
  const read = db.prepare<[string]>('SELECT schedule, due_after AS dueAfter FROM queue WHERE name = ?');
  const decode = rowDecoder(db.name, 'queue', { schedule: text, dueAfter: time });
  const write = db.prepare(
    `INSERT INTO queue (name, schedule, due_after, mailed, counters)
       VALUES (@name, @schedule, @dueAfter, @dueAfter, (${COUNTERS}))
     ON CONFLICT DO UPDATE SET schedule = @schedule, due_after = @dueAfter`,
  );
  return {
    queueMark(queue): QueueMark | null {
      const row = read.get(queue);
      return row === undefined ? null : decode(row);
    },
    markQueue: (queue, mark) => void write.run({ name: queue, ...mark }),
  };
}
