import type { TallyRow } from '../../queue/tally.js';
import { detailOf, rowStatsOf } from '../../values/row-stats.js';
import { count, isReadable, notText, notTime, orNull, rowDecoder, text, time } from './decode.js';
import type { Sqlite } from './open-sqlite.js';
import type { RunRow } from './run-block.js';
import { auditRuns } from './run-content.js';
import { storedDetail } from './stored-detail.js';

export const TALLY_COLUMNS = 'host, message, count, first, last, detail';

const ROW = {
  host: text,
  message: text,
  count,
  first: orNull(time),
  last: orNull(time),
  detail: orNull(storedDetail),
};

/** Makes the function that reads rows of `tally`. Most rows of a large tally say all by themselves. */
export function tallyDecoder({ name }: Sqlite): (row: unknown) => TallyRow {
  const decode = rowDecoder(name, 'tally', ROW);
  return (stored) => {
    const { detail, ...row } = decode(stored);
    return detail === null ? row : { ...row, detail: detailOf({ ...rowStatsOf(detail), ...row }) };
  };
}

/** The same with all that is known of a row, for blocks. */
export function runRowDecoder({ name }: Sqlite): (row: unknown) => RunRow {
  const decode = rowDecoder(name, 'tally', ROW);
  return (stored) => {
    const { detail, ...row } = decode(stored);
    return detail === null ? row : { ...row, stats: rowStatsOf(detail) };
  };
}

/** Whether all rows of `tally` can be read; throws `DamagedState`. In SQL where it can be: there may be millions. */
export function auditTally(db: Sqlite): void {
  db.function('is_text', isReadable(text));
  db.function('is_detail', isReadable(storedDetail));
  const odd = db
    .prepare<[], unknown>(
      `SELECT ${TALLY_COLUMNS} FROM tally
       WHERE ${notText('host')} OR ${notText('message')}
         OR typeof(count) NOT IN ('integer', 'real') OR count < 0
         OR (first IS NOT NULL AND ${notTime('first')}) OR (last IS NOT NULL AND ${notTime('last')})
         OR (detail IS NOT NULL AND NOT is_detail(detail)) LIMIT 1`,
    )
    .get();
  if (odd !== undefined) tallyDecoder(db)(odd);
  auditRuns(db);
}
