import { closeSync, openSync, readdirSync, readlinkSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { expect, it, onTestFinished } from 'vitest';
import { openSqliteStore, readSqliteStore } from '../../../src/store/sqlite/sqlite-store.js';
import type { Store } from '../../../src/store/store.js';
import { collectGarbage } from '../../support/collect-garbage.js';
import { temporaryFolder } from '../../support/temporary-folder.js';
import { NOTHING } from './nothing.js';

/** The files of a folder that this process has open, under the names that they have or had. */
function openFiles(folder: string): string[] {
  const paths = readdirSync('/proc/self/fd').flatMap((fd) => {
    try {
      return [readlinkSync(`/proc/self/fd/${fd}`)];
    } catch {
      return []; // it was that of the listing
    }
  });
  return paths.filter((path) => path.startsWith(folder)).map((path) => path.slice(folder.length + 1));
}

/** V8 tells what it has collected in a later turn, and of what that has held in the next. */
async function collectAll(): Promise<void> {
  for (let turn = 0; turn < 4; turn++) {
    await setImmediate();
    collectGarbage();
  }
  await setImmediate();
}

it('a state that was brought back loses nothing when V8 collects what was open before', async () => {
  const folder = temporaryFolder();
  const file = join(folder, 'tayori.db');
  const opened = openSqliteStore(file);
  if (!opened.ok) throw new Error(opened.reason);
  const { store } = opened;
  onTestFinished(() => store.end());
  store.commit({ ...NOTHING, counters: new Map([['lines', 1]]) });
  const journal = (): number => statSync(`${file}-wal`).ino;
  const before = journal();
  const held = openSync(`${file}-wal`, 'r'); // so that its number is not used again
  rmSync(file);
  expect(opened.restore()).toBe(true);
  store.commit({ ...NOTHING, counters: new Map([['lines', 1]]) });
  const after = journal();
  expect(after).not.toBe(before);
  closeSync(held);
  await collectAll();
  expect(openFiles(folder).filter((name) => name.endsWith(' (deleted)'))).toEqual([]);
  expect(journal()).toBe(after);
  expect(opened.restore()).toBe(false);
  expect(store.counters()).toEqual(new Map([['lines', 2]]));
});

it('a state is not brought back while somebody still reads what was deleted', async () => {
  const folder = temporaryFolder();
  const file = join(folder, 'tayori.db');
  const opened = openSqliteStore(file);
  if (!opened.ok) throw new Error(opened.reason);
  const { store } = opened;
  onTestFinished(() => store.end());
  store.commit({ ...NOTHING, counters: new Map([['lines', 1]]) });
  const reader = readSqliteStore(file);
  if (!reader.ok) throw new Error(reader.reason);
  rmSync(file);
  expect(() => opened.restore()).toThrow('database is locked');
  store.commit({ ...NOTHING, counters: new Map([['lines', 1]]) });
  expect(reader.store.counters()).toEqual(new Map([['lines', 1]]));
  reader.store.end();
  await collectAll(); // the reader is another process else
  expect(opened.restore()).toBe(true);
  expect(store.counters()).toEqual(new Map([['lines', 2]]));
});

it('nothing stays open of the looks that are taken at a state before it is used', async () => {
  const folder = temporaryFolder();
  const open = (): Store => {
    const opened = openSqliteStore(join(folder, 'tayori.db'));
    if (!opened.ok) throw new Error(opened.reason);
    return opened.store;
  };
  open().end();
  await collectAll();
  expect(openFiles(folder)).toEqual([]);
  const store = open();
  onTestFinished(() => store.end());
  expect(openFiles(folder).sort()).toEqual(['tayori.db', 'tayori.db-shm', 'tayori.db-wal']);
});
