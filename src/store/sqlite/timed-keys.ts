import type { TimedKey, TimedKeyChanges } from '../../queue/timed/timed-keys.js';
import { json, list, object, rowDecoder, text, time, whole } from './decode.js';
import type { Sqlite } from './open-sqlite.js';

/** The form in the state (JSON). `h`: one host for all hits, or a host for each. */
const stored = json(object({ t: list(time), h: list(text) }));

/** Makes the function that writes changes of keys; for use within a transaction. */
export function timedKeyWriter(db: Sqlite): (changes: TimedKeyChanges) => void {
  const drop = db.prepare<[string]>('DELETE FROM timed_key WHERE space = ?');
  const remove = db.prepare<[string, string]>('DELETE FROM timed_key WHERE space = ? AND key = ?');
  const write = db.prepare('REPLACE INTO timed_key (space, key, place, hits) VALUES (?, ?, ?, ?)');
  return ({ dropped, written, deleted }) => {
    for (const space of dropped) drop.run(space);
    for (const { space, key } of deleted) remove.run(space, key);
    for (const { space, key, place, times, hosts } of written)
      write.run(space, key, place, JSON.stringify({ t: times, h: shortened(hosts) }));
  };
}

/** Makes the function that reads all keys, the least recent first. */
export function timedKeyReader(db: Sqlite): () => TimedKey[] {
  const all = db.prepare<[], unknown>('SELECT space, key, place, hits FROM timed_key ORDER BY place');
  const decode = rowDecoder(db.name, 'timed_key', { space: text, key: text, place: whole, hits: stored });
  return () =>
    all.all().map((row) => {
      const { hits, ...rest } = decode(row);
      return { ...rest, times: hits.t, hosts: lengthened(hits.h, hits.t.length) };
    });
}

/** Most hits of a key are of one host. */
function shortened(hosts: readonly string[]): readonly string[] {
  const [first] = hosts;
  return first !== undefined && hosts.every((host) => host === first) ? [first] : hosts;
}

function lengthened(hosts: readonly string[], length: number): readonly string[] {
  const [first] = hosts;
  return hosts.length === 1 && first !== undefined ? Array<string>(length).fill(first) : hosts;
}
