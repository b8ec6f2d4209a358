import { setImmediate } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, it } from 'vitest';
import { openSqlite } from '../../src/store/open-sqlite.js';

/** All that nobody else refers to when this returns. */
function madeAndForgotten(): WeakRef<object>[] {
  const db = openSqlite('');
  const work = db.transaction(() => db.exec('CREATE TABLE t (x)'));
  work();
  const statement = db.prepare('SELECT * FROM t');
  statement.all();
  db.close();
  return [new WeakRef(db), new WeakRef(statement)];
}

it('connections and statements are never collected, open or closed', async () => {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('globalThis.gc') as () => void;
  const refs = [...madeAndForgotten(), new WeakRef({ like: 'any other object' })];
  await setImmediate(); // a WeakRef holds what it was made of until then
  collect();
  expect(refs.map((ref) => ref.deref() !== undefined)).toEqual([true, true, false]);
});
