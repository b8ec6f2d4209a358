import type { Snooze } from '../../queue/snooze.js';
import type { SnoozeOutcome, Snoozes } from '../ports/snoozes.js';
import { columnDecoder, count, oneOf, orNull, rowDecoder, text, time } from './decode.js';
import type { Sqlite } from './open-sqlite.js';
import type { RunMerging } from './run-merging.js';
import { SUM_OF_COUNTS } from './sql-counts.js';

/** The table `snooze`. */
export function snoozes(db: Sqlite, merging: RunMerging): Snoozes {
  const all = db.prepare<[]>(
    `SELECT id, queue, message, host, reason, began, until, usual, held, day, before, ended, why FROM snooze
     ORDER BY began, id, host`,
  );
  const decode = rowDecoder(db.name, 'snooze', {
    ...{ id: text, queue: text, message: text, host: text, reason: text, began: time, until: time },
    ...{ usual: count, held: count, day: time, before: count, ended: orNull(time) },
    why: orNull(oneOf('time', 'grown', 'hand')),
  });
  const lines = db
    .prepare<[string, string, string, string], unknown>(
      `SELECT ${SUM_OF_COUNTS} AS lines FROM tally JOIN edition ON edition.id = tally.edition
       WHERE queue = ? AND message = ? AND (? = '' OR host = ?)`,
    )
    .pluck();
  const editions = db.prepare<[string], number>('SELECT id FROM edition WHERE queue = ?').pluck();
  const decodeLines = columnDecoder(db.name, 'tally.count', orNull(count));
  const add = db.prepare(
    `REPLACE INTO snooze (id, queue, message, host, reason, began, until, usual, held, day, before, ended, why)
     VALUES (@id, @queue, @message, @host, @reason, @began, @until, @usual, @held, @day, @before, @ended, @why)`,
  );
  const beginDay = db.prepare<[number, number, string, string]>(
    'UPDATE snooze SET day = ?, before = ? WHERE id = ? AND host = ?',
  );
  const end = db.prepare<[number, string, string, string]>(
    'UPDATE snooze SET ended = ?, why = ? WHERE id = ? AND host = ? AND ended IS NULL',
  );
  const drop = dropper(db);
  return {
    snoozes: () => all.all().map(decode),
    snoozedLines({ queue, message, host }) {
      for (const edition of editions.all(queue)) merging.mergeAll(edition);
      return decodeLines(lines.get(queue, message, host, host) ?? null) ?? 0;
    },
    addSnooze: (snooze) => void add.run({ ...snooze }),
    beginSnoozeDay: ({ id, host }, day, before) => void beginDay.run(day, before, id, host),
    endSnooze: ({ id, host }, at, why) => void end.run(at, why, id, host),
    dropSnooze: drop,
  };
}

function dropper(db: Sqlite): (snooze: Snooze) => void {
  const drop = db.prepare<[string, string, number]>(
    'DELETE FROM snooze WHERE id = ? AND host = ? AND began = ?',
  );
  return ({ id, host, began }) => void drop.run(id, host, began);
}

/** Makes the function that writes what a letter did with snoozes; for use within the transaction that seals it. */
export function snoozeWriter(db: Sqlite): (outcome: SnoozeOutcome) => void {
  const hold = db.prepare<[number, string, string]>(
    'UPDATE snooze SET held = held + ? WHERE id = ? AND host = ?',
  );
  const drop = dropper(db);
  return ({ held, told }) => {
    for (const { snooze, lines } of held) hold.run(lines, snooze.id, snooze.host);
    for (const snooze of told) drop(snooze);
  };
}
