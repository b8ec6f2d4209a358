import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { openSqlite } from '../../../src/store/sqlite/open-sqlite.js';
import { APPLICATION_ID, MIGRATIONS } from '../../../src/store/sqlite/schema.js';
import { openSqliteStore } from '../../../src/store/sqlite/sqlite-store.js';
import type { Store } from '../../../src/store/store.js';
import { temporaryFolder } from '../../support/temporary-folder.js';
import { memoryStore } from '../memory-store.js';
import { NOTHING } from './nothing.js';

const row = (message: string, count = 1, host = 'h') =>
  ({ queue: 'q', host, message, count, how: 'add', first: 1, last: 2 }) as const;

function messages(store: Store): Record<string, number> {
  const [edition] = store.openEditions(9);
  const rows = store.slice(edition?.id ?? 0, null, 99);
  return Object.fromEntries(rows.map(({ message, count }) => [message, count]));
}

describe('messages that hold a NUL', () => {
  it('come back whole, and are told from each other behind it', () => {
    const store = memoryStore();
    for (const message of ['x\0a', 'x\0b', 'x', 'x\0a', '\0', 'x\0é\0'])
      store.commit({ ...NOTHING, tally: [row(message)] });
    expect(messages(store)).toEqual({ '\0': 1, x: 1, 'x\0a': 2, 'x\0b': 1, 'x\0é\0': 1 });
  });

  it('come one by one, in both orders, from hosts that hold one, too', () => {
    const store = memoryStore();
    const rows = ['h', 'h\0', 'h\0i', 'i'].flatMap((host) =>
      ['x', 'x\0a', 'y'].map((text) => row(text, 1, host)),
    );
    store.commit({ ...NOTHING, tally: rows });
    const [edition] = store.openEditions(9);
    for (const read of [store.slice, store.page]) {
      const found: string[] = [];
      let part = read(edition?.id ?? 0, null, 1);
      while (part[0] && found.length < 99) {
        found.push(`${part[0].host}:${part[0].message}`);
        part = read(edition?.id ?? 0, part[0], 1);
      }
      expect(found.sort()).toEqual(rows.map(({ host, message }) => `${host}:${message}`).sort());
    }
    const hits = ['h', 'h\0', 'h\0i', 'j'].map((host) => ({ rule: 'r', host, leftmost: 'q', count: 1 }));
    store.commit({ ...NOTHING, ruleState: { last: new Map(), hits } });
    expect([...(store.closeEdition('q', 5, null, null) ?? [])].sort()).toEqual(['h', 'h\0', 'h\0i']);
  });

  it('are remembered as the last of their host, for storms and by escalations', () => {
    const store = memoryStore();
    const match = { message: 'x\0a', queues: ['q'] };
    const hits = [{ rule: '^x\0', host: 'h\0', leftmost: 'q', count: 7 }];
    store.commit({ ...NOTHING, tally: [row('x\0a')], ruleState: { last: new Map([['h\0', match]]), hits } });
    expect(store.ruleState()).toEqual({ last: [['h\0', match]], hits });
    expect(store.waiting('q', 9)).toMatchObject({ texts: ['x\0a'], hosts: ['h'] });
  });
});

it('an address that holds one hinders no look at the letters of the past', () => {
  const store = memoryStore();
  store.commit({ ...NOTHING, tally: [row('x')] });
  store.closeEdition('q', 5, null, null);
  const letter = { queue: 'q', messageId: '<1@x>', subject: 's', from: 'f', to: ['t\0'], sealed: 7 };
  store.seal(store.closedEditions()[0]?.id ?? 0, { ...letter, mime: Buffer.from('m') });
  store.recordRejected(1, 't\0', 'no', 9);
  expect(store.archivedLetters()).toMatchObject([{ id: 1, to: ['t\0'] }]);
});

it('a mail that holds one stays bytes, in the outbox and among the letters of the past', () => {
  const store = memoryStore();
  store.commit({ ...NOTHING, tally: [row('x')] });
  store.closeEdition('q', 5, null, null);
  const mime = Buffer.from('m\0é');
  const letter = { queue: 'q', messageId: '<1@x>', subject: 's', from: 'f', to: ['t'], sealed: 7 };
  store.seal(store.closedEditions()[0]?.id ?? 0, { ...letter, mime });
  expect(store.nextDue(8)?.mime).toEqual(mime);
  store.recordRejected(1, 't', 'no', 9);
  expect(store.archivedMail(1)).toEqual(mime);
});

it('a state that holds them is taken for sound when it is opened again', () => {
  const file = join(temporaryFolder(), 'tayori.db');
  const open = (): Store => {
    const opened = openSqliteStore(file);
    if (!opened.ok) throw new Error(opened.reason);
    onTestFinished(() => opened.store.end());
    return opened.store;
  };
  const first = open();
  const last = new Map([['h\0', { message: 'x\0a', queues: ['q'] }]]);
  first.commit({ ...NOTHING, tally: [row('x\0a', 1, 'h\0')], ruleState: { last, hits: [] } });
  first.end();
  expect(messages(open())).toEqual({ 'x\0a': 1 });
});

it.each([
  [
    'tally',
    "INSERT INTO tally VALUES (1, 'h', x'780061', 1, 1, 2, NULL), (1, 'i', 'm', 1, 1, 2, 'nonsense')",
    'tally.detail is "nonsense", not JSON',
  ],
  [
    'ledger',
    "INSERT INTO ledger VALUES ('q', 'a', x'6800', x'780061', 1, 2, 0, '[]'), ('q', 'b', 'h', 'x', 1, 2, 0, 'nonsense')",
    'ledger.letters is "nonsense", not JSON',
  ],
])('nonsense behind a row that holds one is found, too: %s', (_table, sql, told) => {
  const file = join(temporaryFolder(), 'tayori.db');
  const made = openSqliteStore(file);
  if (!made.ok) throw new Error(made.reason);
  made.store.end();
  const db = openSqlite(file);
  db.exec(sql);
  db.close();
  expect(openSqliteStore(file)).toMatchObject({ ok: false, reason: `it is damaged (${told})` });
});

it('a state of the build before is taken over, and what it has counted with a NUL goes on', () => {
  const file = join(temporaryFolder(), 'tayori.db');
  const before = openSqlite(file);
  for (const step of MIGRATIONS.slice(0, 10)) before.exec(step);
  const text = (hex: string): string => `CAST(x'${hex}' AS TEXT)`; // as better-sqlite3 kept it
  before.exec(`INSERT INTO edition (queue, opened) VALUES ('q', 1);
    INSERT INTO tally VALUES (1, 'h', ${text('780061')}, 5, 1, 2, NULL), (1, 'h', ${text('780062')}, 3, 1, 2, NULL),
      (1, 'h', 'x', 2, 1, 2, NULL);
    INSERT INTO last_match VALUES ('h', ${text('780061')}, '["q"]');
    INSERT INTO hits VALUES ('r', ${text('6800')}, 'q', 4);
    INSERT INTO ledger VALUES ('q', 'hash', ${text('6800')}, ${text('780061')}, 1, 2, 0, '[]');
    PRAGMA application_id = ${APPLICATION_ID}; PRAGMA user_version = 10`);
  before.close();
  const opened = openSqliteStore(file);
  if (!opened.ok) throw new Error(opened.reason);
  const { store } = opened;
  onTestFinished(() => store.end());
  store.commit({ ...NOTHING, tally: [row('x\0a'), row('x')] });
  expect(messages(store)).toEqual({ x: 3, 'x\0a': 6, 'x\0b': 3 });
  expect(store.ruleState()).toEqual({
    last: [['h', { message: 'x\0a', queues: ['q'] }]],
    hits: [{ rule: 'r', host: 'h\0', leftmost: 'q', count: 4 }],
  });
  expect(store.known('q', 'h\0', 'hash').known).toMatchObject({ first: 1, last: 2 });
});
