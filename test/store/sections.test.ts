import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openSqlite } from '../../src/store/sqlite/open-sqlite.js';
import { openSqliteStore } from '../../src/store/sqlite/sqlite-store.js';
import type { Store } from '../../src/store/store.js';
import { temporaryFolder } from '../support/temporary-folder.js';
import { memoryStore } from './memory-store.js';
import { NOTHING } from './sqlite/nothing.js';

const LETTER = { name: 'p', sections: ['s', 't'], evenEmpty: false };
const MARK = { schedule: '2 * * * *', dueAfter: 5 };
const MAIL = { messageId: '<1@x>', subject: 's', from: 'f', to: ['t'], mime: Buffer.from('m'), sealed: 7 };

function count(store: Store, ...queues: string[]): void {
  const tally = queues.map((queue) => ({
    ...{ queue, host: 'h', message: 'x', count: 1, how: 'add' as const, first: 1, last: 2 },
  }));
  store.commit({ ...NOTHING, tally });
}

function marked(): Store {
  const store = memoryStore();
  for (const queue of ['p', 's', 't']) store.markQueue(queue, { schedule: '2 * * * *', dueAfter: 0 });
  return store;
}

describe('the editions of a letter of several queues', () => {
  it('are closed as one, and each queue is marked', () => {
    const store = marked();
    count(store, 'p', 's', 't', 'other');
    expect(store.closeLetter(LETTER, 5, null, MARK)).toEqual([
      { queue: 'p', hosts: [] },
      { queue: 's', hosts: [] },
      { queue: 't', hosts: [] },
    ]);
    const [edition, ...more] = store.closedEditions();
    expect(more).toEqual([]);
    expect(edition).toMatchObject({ queue: 'p', closed: 5, sections: [{ queue: 's' }, { queue: 't' }] });
    for (const queue of ['p', 's', 't']) expect(store.queueMark(queue)).toEqual(MARK);
    expect(store.openEditions(9).map(({ queue }) => queue)).toEqual(['other']);
  });

  it('have one of their own queue, though that has nothing', () => {
    const store = marked();
    count(store, 't');
    expect(store.closeLetter(LETTER, 5, null, MARK).map(({ queue }) => queue)).toEqual(['p', 't']);
    const [edition] = store.closedEditions();
    expect(edition).toMatchObject({ queue: 'p', since: 0, sections: [{ queue: 't' }] });
    expect(store.slice(edition?.id ?? 0, null, 9)).toEqual([]);
    expect(store.slice(edition?.sections[0]?.id ?? 0, null, 9)).toHaveLength(1);
  });

  it('are none where nothing was counted, unless the letter comes even then', () => {
    const store = marked();
    expect(store.closeLetter(LETTER, 5, null, MARK)).toEqual([]);
    expect(store.closedEditions()).toEqual([]);
    expect(store.closeLetter({ ...LETTER, evenEmpty: true }, 6, null, MARK)).toEqual([
      { queue: 'p', hosts: [] },
    ]);
    expect(store.closedEditions()).toMatchObject([{ queue: 'p', closed: 6, sections: [] }]);
  });

  it('are gone with their letter, which is that of all of them', () => {
    const store = marked();
    count(store, 's', 't');
    store.closeLetter(LETTER, 5, null, MARK);
    count(store, 's');
    store.closeLetter(LETTER, 6, null, MARK);
    const [first, second] = store.closedEditions();
    store.seal(first?.id ?? 0, { queue: 'p', ...MAIL });
    expect(store.closedEditions()).toMatchObject([{ id: second?.id, since: 7, sections: [{ since: 7 }] }]);
    store.seal(second?.id ?? 0, null);
    expect(store.closedEditions()).toEqual([]);
    while (store.sweep(10));
    expect(store.pending()).toEqual([]);
  });

  it('begin with what was counted while another letter is made', () => {
    const store = marked();
    count(store, 's');
    store.closeLetter(LETTER, 5, null, MARK);
    count(store, 's', 's');
    expect(store.hasOpenEdition('s')).toBe(true);
    expect(store.hasOpenEdition('p')).toBe(false);
    expect(store.openEditions(9, ['p', 'u'])).toMatchObject([
      { id: 0, queue: 'p', since: 5, closed: 9 },
      { queue: 's' },
      { id: 0, queue: 'u', since: 9 },
    ]);
  });
});

it('a section whose letter is gone from a damaged state is a letter of its own, and not lost', () => {
  const file = join(temporaryFolder(), 'tayori.db');
  const open = (): Store => {
    const opened = openSqliteStore(file);
    if (!opened.ok) throw new Error(opened.reason);
    return opened.store;
  };
  const store = open();
  count(store, 's');
  store.closeLetter(LETTER, 5, null, MARK);
  store.end();
  const db = openSqlite(file);
  db.exec("DELETE FROM edition WHERE queue = 'p'");
  db.close();
  const again = open();
  expect(again.closedEditions()).toMatchObject([{ queue: 's', sections: [] }]);
  again.end();
});
