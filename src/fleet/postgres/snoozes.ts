import type { Snooze } from '../../queue/snooze.js';
import { count, json, object, oneOf, orNull, text, time } from '../../store/sqlite/decode.js';
import type { Queries } from './connection.js';
import { rowReader } from './row.js';
import { storable } from './stored-text.js';

const snooze = rowReader('snooze', {
  content: json(
    object({
      ...{ id: text, queue: text, message: text, host: text, reason: text, began: time, until: time },
      ...{ usual: count, held: count, day: time, before: count, ended: orNull(time) },
      why: orNull(oneOf('time', 'grown', 'hand')),
    }),
  ),
});

/** All of them, in the order in which they began. */
export async function snoozes(queries: Queries): Promise<Snooze[]> {
  const rows = await queries.query('SELECT content FROM tayori.snooze ORDER BY id, host');
  return rows.map((row) => snooze(row).content).sort((a, b) => a.began - b.began);
}

/** Writes these, and drops others. */
export async function keepSnoozes(
  queries: Queries,
  changed: readonly Snooze[],
  dropped: readonly Pick<Snooze, 'id' | 'host'>[],
): Promise<void> {
  for (const { id, host } of [...dropped].sort(byKey))
    await queries.query('DELETE FROM tayori.snooze WHERE id = $1 AND host = $2', [
      storable(id),
      storable(host),
    ]);
  for (const snooze of [...changed].sort(byKey))
    await queries.query(
      `INSERT INTO tayori.snooze (id, host, content) VALUES ($1, $2, $3)
       ON CONFLICT (id, host) DO UPDATE SET content = excluded.content`,
      [storable(snooze.id), storable(snooze.host), JSON.stringify(snooze)],
    );
}

/** One order for all, so that nobody waits for somebody who waits for him. */
function byKey(a: Pick<Snooze, 'id' | 'host'>, b: Pick<Snooze, 'id' | 'host'>): number {
  return a.id === b.id ? (a.host < b.host ? -1 : 1) : a.id < b.id ? -1 : 1;
}
