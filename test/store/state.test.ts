import { mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { openState } from '../../src/store/folder/open-state.js';
import { openSqlite } from '../../src/store/sqlite/open-sqlite.js';
import { APPLICATION_ID, MIGRATIONS } from '../../src/store/sqlite/schema.js';
import { openSqliteStore } from '../../src/store/sqlite/sqlite-store.js';
import type { Store } from '../../src/store/store.js';
import { temporaryFolder } from '../support/temporary-folder.js';
import { memoryStore } from './memory-store.js';
import { NOTHING } from './sqlite/nothing.js';

function row(queue: string, message: string, count: number, how: 'add' | 'set' = 'add') {
  return { queue, host: 'h', message, count, how, first: 1, last: 2 };
}

const SENT = { at: 9, queueId: null, late: null };

it('what is only written is on the disk with the next synced commit, even with one of nothing', () => {
  const file = join(temporaryFolder(), 'tayori.db');
  const opened = openSqliteStore(file);
  if (!opened.ok) throw new Error(opened.reason);
  const { store } = opened;
  onTestFinished(() => store.end());
  // SQLite syncs its log of changes when it writes to it.
  const written = (): number => statSync(`${file}-wal`).size;
  const after = (durability?: 'written'): number => {
    const before = written();
    store.commit({ ...NOTHING, tally: durability ? [row('a', 'x', 1)] : [] }, durability);
    return written() - before;
  };
  expect(after('written')).toBeGreaterThan(0);
  expect(after()).toBeGreaterThan(0);
  expect(after()).toBe(0);
});

describe('tallies', () => {
  it('add up over commits, and an escalation replaces', () => {
    const store = memoryStore();
    store.commit({ ...NOTHING, tally: [row('a', 'x', 2), row('b', 'x', 10, 'set')] });
    store.commit({ ...NOTHING, tally: [row('a', 'x', 3), row('b', 'x', 60, 'set')] });
    expect(store.pending()).toEqual([
      { queue: 'a', messages: 1, lines: 5 },
      { queue: 'b', messages: 1, lines: 60 },
    ]);
  });

  it('counted after the closing belong to the next letter', () => {
    const store = memoryStore();
    store.commit({ ...NOTHING, tally: [row('a', 'x', 2)] });
    expect(store.closeEdition('a', 5, null, null)).toEqual([]);
    store.commit({ ...NOTHING, tally: [row('a', 'x', 3)] });
    const [edition] = store.closedEditions();
    expect(store.slice(edition?.id ?? 0, null, 10).map(({ count }) => count)).toEqual([2]);
    store.seal(edition?.id ?? 0, null);
    expect(store.pending()).toEqual([{ queue: 'a', messages: 1, lines: 3 }]);
  });

  it('tell how much the counters grew since the last letter of the queue', () => {
    const store = memoryStore();
    store.markQueue('a', { schedule: 'x', dueAfter: 0 });
    const grow = (n: number) =>
      store.commit({ ...NOTHING, tally: [row('a', 'x', 1)], counters: new Map([['unprefixed', n]]) });
    grow(2);
    store.closeEdition('a', 5, null, null);
    grow(3);
    store.closeEdition('a', 6, null, null);
    expect(store.closedEditions().map(({ counters }) => counters.get('unprefixed'))).toEqual([2, 3]);
  });
});

describe('escalations', () => {
  it('end with the letter of their leftmost queue, on its hosts, in the step that closes it', () => {
    const store = memoryStore();
    const hits = (rule: string, host: string, leftmost: string) => ({ rule, host, leftmost, count: 7 });
    const all = [hits('r', 'h', 'a'), hits('r', 'other', 'a'), hits('s', 'h', 'b')];
    store.commit({ ...NOTHING, tally: [row('a', 'x', 2)], ruleState: { last: new Map(), hits: all } });
    expect(store.closeEdition('b', 5, null, null)).toBeNull();
    expect(store.ruleState().hits).toHaveLength(3);
    expect(store.closeEdition('a', 5, null, null)).toEqual(['h']);
    expect(store.ruleState().hits).toEqual(all.slice(1));
  });
});

describe('positions', () => {
  it('of a file are kept when its inode is forgotten for another in the same step', () => {
    const store = memoryStore();
    const before = {
      path: '/x.log',
      device: '1',
      inode: '2',
      head: 'a',
      headLength: 9,
      offset: 9,
      since: 1.5,
    } as const;
    const after = { ...before, head: 'b', offset: 3, stage: 'live', since: 2.25 } as const;
    const done = { ...before, device: 'done', inode: 'a', stage: 'done' } as const;
    store.commit({ ...NOTHING, positions: [{ ...before, stage: 'live' }] });
    store.commit({ ...NOTHING, positions: [done, after], forgotten: [{ ...before, stage: 'rotated' }] });
    expect(store.positions()).toEqual([done, after]);
    store.commit({ ...NOTHING, forgotten: [done] });
    expect(store.positions()).toEqual([after]);
  });
});

describe('definitions of queues', () => {
  const definition = {
    kind: 'letter',
    from: 'f',
    to: ['t'],
    pager: false,
    subject: 's',
    filter: null,
  } as const;

  it('are kept for the queues that have marks, the last one of each', () => {
    const store = memoryStore();
    store.markQueue('a', { schedule: 'x', dueAfter: 0 });
    store.define(
      new Map([
        ['a', definition],
        ['unmarked', definition],
      ]),
    );
    expect(store.definition('a')).toEqual(definition);
    expect(store.definition('unmarked')).toBeNull();
    const csv = { kind: 'csv', command: '/bin/cat' } as const;
    store.define(new Map([['a', csv]]));
    store.markQueue('a', { schedule: 'y', dueAfter: 1 });
    expect(store.definition('a')).toEqual(csv);
  });
});

describe('the outbox', () => {
  it('lets go of a letter when all have it, and keeps a refused one', () => {
    const store = memoryStore();
    for (const to of [['one', 'two'], ['three']]) seal(store, 'a', to);
    const first = store.nextDue(0);
    expect(first?.recipients.map(({ address }) => address)).toEqual(['one', 'two']);
    store.recordSent(first?.id ?? 0, 'one', SENT);
    store.recordRejected(first?.id ?? 0, 'two', '550 no', 9);
    const second = store.nextDue(0);
    store.recordRetry(second?.id ?? 0, 'three', '450 later', 1000, 9);
    expect(store.nextDue(999)).toBeNull();
    store.recordSent(second?.id ?? 0, 'three', SENT);
    expect(store.outbox()).toMatchObject([
      { address: 'two', state: 'refused', lastError: '550 no', attempts: 1 },
    ]);
  });
});

/** Seals a letter of the queue with these recipients and returns its id. */
function seal(store: Store, queue: string, to: readonly string[], told: readonly number[] = []): number {
  store.commit({ ...NOTHING, tally: [row(queue, 'x', 1)] });
  store.closeEdition(queue, 5, null, null);
  const [edition] = store.closedEditions();
  const letter = {
    queue,
    subject: 's',
    messageId: '<1@x>',
    from: 'f',
    to,
    mime: Buffer.from('m'),
    sealed: 7,
  };
  store.seal(edition?.id ?? 0, letter, told);
  return store.nextDue(0)?.id ?? 0;
}

describe('delivery notices', () => {
  const ids = (store: Store): number[] => store.deliveryNotices([]).map(({ id }) => id);

  it('are told until a letter that tells them has reached somebody', () => {
    const store = memoryStore();
    store.recordRejected(seal(store, 'a', ['gone']), 'gone', '550 no', 9);
    const told = ids(store);
    expect(told).toHaveLength(1);
    const inVain = seal(store, 'a', ['gone'], told);
    expect(ids(store)).toEqual([]);
    store.recordRejected(inVain, 'gone', '550 no', 9);
    expect(ids(store)).toHaveLength(2);
    const heard = seal(store, 'b', ['gone', 'you'], ids(store));
    store.recordSent(heard, 'you', SENT);
    store.recordRejected(heard, 'gone', '550 still not', 9);
    expect(store.deliveryNotices([])).toMatchObject([
      { kind: 'refused', queue: 'b', address: 'gone', letters: 1 },
    ]);
  });

  it('add up while no letter tells them, and what comes later waits for the next letter', () => {
    const store = memoryStore();
    for (const reason of ['550 first', '550 last'])
      store.recordRejected(seal(store, 'a', ['gone']), 'gone', reason, 9);
    const [first] = store.deliveryNotices([]);
    expect(first).toMatchObject({ letters: 2, reason: '550 last' });
    store.recordRejected(seal(store, 'a', ['gone']), 'gone', '550 later', 9);
    const next = seal(store, 'b', ['you'], [first?.id ?? 0]);
    expect(store.deliveryNotices([])).toMatchObject([{ letters: 1, reason: '550 later' }]);
    store.recordSent(next, 'you', SENT);
    expect(store.deliveryNotices([])).toHaveLength(1);
  });
});

it('what has been told leaves nothing behind', () => {
  const file = join(temporaryFolder(), 'tayori.db');
  const opened = openSqliteStore(file);
  if (!opened.ok) throw new Error(opened.reason);
  const { store } = opened;
  store.recordRejected(seal(store, 'a', ['gone']), 'gone', '550 no', 9);
  store.recordSent(seal(store, 'b', ['you'], [store.deliveryNotices([])[0]?.id ?? 0]), 'you', SENT);
  store.end();
  const db = openSqlite(file);
  onTestFinished(() => void db.close());
  expect(db.prepare('SELECT * FROM mishap').all()).toEqual([]);
});

it('a state of the first version is brought to this one, with the letters in it', () => {
  const file = join(temporaryFolder(), 'tayori.db');
  const db = openSqlite(file);
  db.exec(MIGRATIONS[0] ?? '');
  db.exec(`INSERT INTO letter (queue, message_id, subject, sender, mime, sealed) VALUES ('a', '<1@x>', 's', 'f', x'6d', 7);
    INSERT INTO recipient (letter, address, next_try) VALUES (1, 'you', 0);
    INSERT INTO queue (name, schedule, due_after, mailed, counters) VALUES ('a', 'now', 0, 0, '{}');
    INSERT INTO position VALUES ('/x.log', '1', '2', 'h', 3, 4, 0), ('/x.log', '1', '5', 'i', 6, 7, 1);
    PRAGMA application_id = ${APPLICATION_ID}; PRAGMA user_version = 1`);
  db.close();
  const again = openSqliteStore(file);
  if (!again.ok) throw new Error(again.reason);
  onTestFinished(() => again.store.end());
  expect(again.store.nextDue(0)).toMatchObject({ queue: 'a', trace: null });
  expect(again.store.deliveryNotices([])).toEqual([]);
  expect(again.store.definition('a')).toBeNull();
  expect(again.store.positions()).toMatchObject([
    { path: '/x.log', inode: '2', headLength: 3, offset: 4, stage: 'live' },
    { path: '/x.log', inode: '5', headLength: 6, offset: 7, stage: 'rotated' },
  ]);
});

describe('a state folder that cannot be used is told, and left as it is', () => {
  it('while another tayori has it', () => {
    const folder = temporaryFolder();
    const first = openState(folder);
    expect(openState(folder)).toMatchObject({ ok: false, reason: expect.stringContaining('another tayori') });
    if (first.ok) {
      first.store.end();
      first.release();
    }
    const again = openState(folder);
    expect(again.ok).toBe(true);
    if (again.ok) again.release();
  });

  it.each<[string, (file: string) => void, RegExp]>([
    [
      'damaged',
      (file) => writeFileSync(file, 'this is no database, but long enough to be looked at as one'.repeat(20)),
      /not a database/,
    ],
    [
      'of a newer version',
      (file) => {
        const opened = openSqliteStore(file);
        if (opened.ok) opened.store.end();
        const db = openSqlite(file);
        db.exec('PRAGMA user_version = 99');
        db.close();
      },
      /newer tayori \(state version 99/,
    ],
    [
      'of another program',
      (file) => {
        const db = openSqlite(file);
        db.exec('CREATE TABLE bookmarks (url)');
        db.close();
      },
      /another program/,
    ],
  ])('%s', (_name, prepare, words) => {
    const folder = temporaryFolder();
    const file = join(folder, 'tayori.db');
    prepare(file);
    const before = readFileSync(file);
    expect(openState(folder)).toMatchObject({ ok: false, reason: expect.stringMatching(words) });
    expect(readFileSync(file).equals(before)).toBe(true);
  });

  it('a file where the folder should be', () => {
    const path = join(temporaryFolder(), 'state');
    writeFileSync(path, '');
    expect(openState(path)).toMatchObject({ ok: false, reason: expect.stringContaining('cannot be used') });
    mkdirSync(`${path}2`);
  });
});
