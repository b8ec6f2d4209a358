import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, it } from 'vitest';
import { openSqlite } from '../../../src/store/sqlite/open-sqlite.js';
import { temporaryFolder } from '../../support/temporary-folder.js';

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

it('a transaction that reads before it writes is not refused when another process wants to write meanwhile', () => {
  const file = join(temporaryFolder(), 'x.db');
  const daemon = openSqlite(file);
  daemon.exec('PRAGMA journal_mode = WAL');
  daemon.exec('CREATE TABLE t (x)');
  const command = openSqlite(file, { timeout: 0 });
  const write = "INSERT INTO t VALUES ('x')";
  daemon.transaction(() => {
    daemon.prepare('SELECT * FROM t').all();
    expect(() => command.exec(write)).toThrow('database is locked');
    daemon.exec(write);
  })();
  command.exec(write);
  expect(daemon.prepare('SELECT * FROM t').all()).toHaveLength(2);
  daemon.close();
  command.close();
});
