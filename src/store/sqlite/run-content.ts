import { rowStatsOf } from '../../values/row-stats.js';
import { columnDecoder, count, json, list, Misfit, orNull, text, time } from './decode.js';
import type { Sqlite } from './open-sqlite.js';
import { decodeBlock, type RunRow } from './run-block.js';
import { storedDetail } from './stored-detail.js';

/** Makes the function that reads a block, or the JSON that versions before blocks have left; throws `DamagedState`. */
export function runDecoder({ name }: Sqlite): (content: unknown) => RunRow[] {
  return columnDecoder(name, 'sorted_run.content', (stored) =>
    Buffer.isBuffer(stored) ? decodeBlock(stored) : ofJson(stored),
  );
}

const WIDTH = 5;

const hosts = json(list(ofHost));
const detail = orNull(storedDetail);

/** Host by host: message, count, first, last (null: the same), detail, and so on with the next message. */
function ofJson(stored: unknown): RunRow[] {
  return hosts(stored).flatMap(({ host, fields }) =>
    Array.from({ length: fields.length / WIDTH }, (_, at) => {
      const [message, lines, began, ended, told] = fields.slice(at * WIDTH, (at + 1) * WIDTH);
      const first = orNull(time)(began);
      const row = {
        host,
        message: text(message),
        count: count(lines),
        first,
        last: orNull(time)(ended) ?? first,
      };
      return told === null ? row : { ...row, stats: rowStatsOf(detail(told)) };
    }),
  );
}

/** Whether all runs can be read, one at a time; throws `DamagedState`. */
export function auditRuns(db: Sqlite): void {
  const decode = runDecoder(db);
  const after = db.prepare<[number], { id: number; content: unknown }>(
    'SELECT id, content FROM sorted_run WHERE id > ? ORDER BY id LIMIT 1',
    { bytes: ['content'] },
  );
  for (let run = after.get(-1); run; run = after.get(run.id)) decode(run.content);
}

function ofHost(value: unknown): { readonly host: string; readonly fields: readonly unknown[] } {
  if (!Array.isArray(value) || !Array.isArray(value[1]) || value[1].length % WIDTH !== 0)
    throw new Misfit(value, 'a host and its messages');
  return { host: text(value[0]), fields: value[1] };
}
