import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { compare } from '../../../src/base/compare.js';
import { ledgerHash, wholeId } from '../../../src/letter/entry-id.js';
import type { TallyChange, TallyRow } from '../../../src/queue/tally.js';
import { openSqlite } from '../../../src/store/sqlite/open-sqlite.js';
import { APPLICATION_ID, MIGRATIONS } from '../../../src/store/sqlite/schema.js';
import { openSqliteStore, readSqliteStore } from '../../../src/store/sqlite/sqlite-store.js';
import type { Store } from '../../../src/store/store.js';
import type { RowStats } from '../../../src/values/row-stats.js';
import { createRandom, type Random } from '../../support/random.js';
import { temporaryFolder } from '../../support/temporary-folder.js';
import { memoryStore } from '../memory-store.js';

const HOUR = 3_600_000;
const NOTHING = { at: 0, positions: [], forgotten: [], counters: new Map() };
const NO_RULES = { last: new Map(), hits: [] };

function commit(store: Store, tally: readonly TallyChange[]): void {
  store.commit({ ...NOTHING, tally, ruleState: NO_RULES });
}

function change(message: string, fields: Partial<TallyChange> = {}): TallyChange {
  return { queue: 'q', host: 'h', message, count: 1, how: 'add', first: HOUR, last: HOUR, ...fields };
}

/** So many different messages, in the order of their keys. */
function many(count: number, fields: Partial<TallyChange> = {}): TallyChange[] {
  return Array.from({ length: count }, (_, at) => change(`m ${String(at).padStart(6, '0')}`, fields));
}

function inOrder(changes: readonly TallyChange[]): TallyChange[] {
  return [...changes].sort(
    (a, b) => compare(a.queue, b.queue) || compare(a.host, b.host) || compare(a.message, b.message),
  );
}

/** What a commit of a backlog may hold: most of it in one queue and new, some of it again, some of it replaced. */
function someCommit(random: Random, rows: number): TallyChange[] {
  const made = new Map<string, TallyChange>();
  for (let row = 0; row < rows; row++) {
    const queue = random.pick(['q', 'q', 'q', 'other']);
    const host = random.pick(['h', 'web1', '\ud83d\ude00', 'nul\0host']);
    const message = random.pick([
      `m ${random.below(30_000)}`,
      `m ${random.below(50)}`,
      `\ud800 ${random.below(9)}\0`,
      // SQLite orders these by bytes of UTF-8, the tally by UTF-16 units; half a pair becomes U+FFFD.
      random.pick(['\u{1f600}', '\uff5e', '\ud800', '\ufffd', '\ue000']) + random.below(200),
    ]);
    const first = random.chance(0.1) ? null : random.below(5 * HOUR);
    const last = first === null ? null : first + random.pick([0, 0, random.below(HOUR)]);
    const how = queue === 'other' && message.startsWith('m') && random.chance(0.01) ? 'set' : 'add';
    const hours =
      first === null ? 'implied' : random.pick<RowStats['hours']>(['implied', 'unknown', [1, 2, 3, 4]]);
    const stats: RowStats = { hours: how === 'set' ? 'unknown' : hours, masked: null };
    made.set(`${queue} ${host} ${message}`, {
      queue,
      host,
      message,
      count: 1 + random.below(9),
      how,
      first,
      last,
      stats,
    });
  }
  return inOrder([...made.values()]);
}

function read(store: Store): TallyRow[][] {
  return store.openEditions(9).map(({ id }) => {
    const rows: TallyRow[] = [];
    for (
      let part = store.slice(id, null, 5000);
      part.length > 0;
      part = store.slice(id, part.at(-1) ?? null, 5000)
    )
      rows.push(...part);
    return rows;
  });
}

/** How many runs wait in a file. */
function waiting(file: string): number {
  const db = openSqlite(file, { readonly: true });
  const count = Number(db.single('SELECT count(*) AS value FROM sorted_run'));
  db.close();
  return count;
}

function fileStore(): { readonly store: Store; readonly file: string } {
  const file = join(temporaryFolder(), 'tayori.db');
  const opened = openSqliteStore(file);
  if (!opened.ok) throw new Error(opened.reason);
  onTestFinished(() => opened.store.end());
  return { store: opened.store, file };
}

describe('rows of large commits wait in sorted runs, and', () => {
  it.each([1, 2, 3])(
    'read as rows of small commits do, which never wait (random commits, seed %i)',
    (seed) => {
      const random = createRandom(seed);
      const large = memoryStore();
      const small = memoryStore();
      for (let round = 0; round < 6; round++) {
        const rows = someCommit(random, random.pick([100, 16_000, 22_000]));
        commit(large, rows);
        for (let from = 0; from < rows.length; from += 500) commit(small, rows.slice(from, from + 500));
        if (random.chance(0.3)) large.mergeRange(null);
        if (random.chance(0.2)) expect(large.pending()).toEqual(small.pending());
      }
      expect(read(large)).toEqual(read(small));
    },
  );

  it('are merged range by range, until none is left', () => {
    const { store, file } = fileStore();
    commit(store, many(12_000));
    commit(store, many(12_000));
    expect(waiting(file)).toBe(2 * 24);
    expect(store.mergeRange(null)).toBe(true);
    expect(waiting(file)).toBe(2 * 23);
    while (store.mergeRange(null));
    expect(waiting(file)).toBe(0);
    expect(store.pending()).toEqual([{ queue: 'q', messages: 12_000, lines: 24_000 }]);
  });

  it('few of them go into the tally at once', () => {
    const { store, file } = fileStore();
    commit(store, many(999));
    expect(waiting(file)).toBe(0);
  });

  it('are read by commands, which leave the file as it is', () => {
    const { store, file } = fileStore();
    commit(store, many(10));
    commit(store, many(12_000));
    const beside = readSqliteStore(file);
    if (!beside.ok) throw new Error(beside.reason);
    expect(beside.store.pending()).toEqual([{ queue: 'q', messages: 12_000, lines: 12_010 }]);
    expect(read(beside.store)[0]).toHaveLength(12_000);
    beside.store.end();
    expect(waiting(file)).toBe(24);
  });

  it('are found by the ids of their entries, and count as lines of what is snoozed', () => {
    const store = memoryStore();
    commit(store, many(12_000));
    commit(store, many(12_000));
    const id = wholeId('q', ledgerHash('m 000007'));
    const [entry] = store.entriesOf(id);
    expect(entry?.waiting).toMatchObject([{ host: 'h', count: 2 }]);
    const other = memoryStore();
    commit(other, many(12_000));
    expect(other.snoozedLines({ queue: 'q', message: 'm 000007', host: '' })).toBe(1);
  });

  it('count as hosts of the edition that ends escalations when it is closed', () => {
    const store = memoryStore();
    const hits = ['h', 'elsewhere'].map((host) => ({ rule: 'r', host, leftmost: 'q', count: 3 }));
    store.commit({ ...NOTHING, tally: many(12_000), ruleState: { last: new Map(), hits } });
    expect(store.closeEdition('q', 5, null, null)).toEqual(['h']);
    expect(store.ruleState().hits.map(({ host }) => host)).toEqual(['elsewhere']);
  });

  it('are replaced by the count of an escalation that comes after them', () => {
    const store = memoryStore();
    commit(store, many(12_000));
    commit(store, [change('m 000001', { how: 'set', count: 50 })]);
    expect(read(store)[0]?.[1]).toMatchObject({ message: 'm 000001', count: 50 });
  });

  it('are never many in one range: where all come behind those before, commits merge them', () => {
    const { store, file } = fileStore();
    for (let round = 0; round < 8; round++)
      commit(
        store,
        many(12_000).map((row) => ({ ...row, message: `${round} ${row.message}` })),
      );
    const db = openSqlite(file, { readonly: true });
    const most = Number(
      db.single('SELECT max(n) AS value FROM (SELECT sum(count) AS n FROM sorted_run GROUP BY range)'),
    );
    db.close();
    expect(most).toBeLessThanOrEqual(20_000);
    expect(store.pending()).toEqual([{ queue: 'q', messages: 96_000, lines: 96_000 }]);
  });

  it('take few bytes in one range and in one block, however long they are', () => {
    const { store, file } = fileStore();
    for (let round = 0; round < 4; round++)
      commit(
        store,
        many(1200).map((row) => ({ ...row, message: `${round} ${row.message}${'x'.repeat(4000)}` })),
      );
    const db = openSqlite(file, { readonly: true });
    const most = (select: string): number => Number(db.single(`SELECT max(bytes) AS value FROM (${select})`));
    const range = most('SELECT sum(length(content)) AS bytes FROM sorted_run GROUP BY range');
    const block = most('SELECT length(content) AS bytes FROM sorted_run');
    db.close();
    expect(range).toBeLessThanOrEqual(4_000_000);
    expect(block).toBeLessThanOrEqual(520_000);
    expect(store.pending()).toEqual([{ queue: 'q', messages: 4800, lines: 4800 }]);
  });

  it('go with their edition', () => {
    const { store, file } = fileStore();
    commit(store, many(12_000));
    store.closeEdition('q', 5, null, null);
    store.seal(store.closedEditions()[0]?.id ?? 0, null);
    while (store.sweep(100));
    expect(waiting(file)).toBe(0);
    expect(store.mergeRange(null)).toBe(false);
  });

  it('wait as JSON in a state of the build before, and are merged with what came after', () => {
    const file = join(temporaryFolder(), 'tayori.db');
    const db = openSqlite(file);
    const before = MIGRATIONS.indexOf('');
    for (const step of MIGRATIONS.slice(0, before)) db.exec(step);
    db.exec(`INSERT INTO edition (queue, opened) VALUES ('q', 1);
      INSERT INTO tally (edition, host, message, count, first, last) VALUES (1, 'h', 'm 000001', 1, ${HOUR}, ${HOUR})`);
    const json = `[["h",["m 000000",1,${HOUR},null,null,"m 000001",2,${HOUR},${3 * HOUR},"{\\"h\\":[1,1,3,1]}"]],["i",["\\ud800",5,null,null,null]]]`;
    db.prepare(
      'INSERT INTO sorted_run (edition, range, count, hosts, content) VALUES (1, 7, 3, \'["h","i"]\', ?)',
    ).run(json);
    db.exec(`PRAGMA application_id = ${APPLICATION_ID}; PRAGMA user_version = ${before}`);
    db.close();
    const opened = openSqliteStore(file);
    if (!opened.ok) throw new Error(opened.reason);
    commit(opened.store, many(1200));
    expect(waiting(file)).toBeGreaterThan(1);
    const [rows = []] = read(opened.store);
    opened.store.end();
    expect(rows).toHaveLength(1201);
    expect(rows.slice(0, 3)).toEqual([
      { host: 'h', message: 'm 000000', count: 2, first: HOUR, last: HOUR },
      {
        ...{ host: 'h', message: 'm 000001', count: 4, first: HOUR, last: 3 * HOUR },
        detail: expect.objectContaining({
          hours: [
            [1, 3],
            [3, 1],
          ],
        }),
      },
      { host: 'h', message: 'm 000002', count: 1, first: HOUR, last: HOUR },
    ]);
    expect(rows.at(-1)).toEqual({ host: 'i', message: '\ufffd', count: 5, first: null, last: null });
  });

  it.each([
    [
      'a block with a changed byte',
      "content = CAST(substr(content, 1, 40) || x'00' || substr(content, 42) AS BLOB)",
    ],
    ['a block that ends too early', 'content = substr(content, 1, 100)'],
    ['an empty block', "content = x''"],
    ['JSON of another form', `content = '[["h", ["m", 1]]]'`],
    ['a number', 'content = 5'],
  ])('are looked at when the state is opened: %s', (_, damage) => {
    const { store, file } = fileStore();
    commit(store, many(12_000));
    store.end();
    const db = openSqlite(file);
    db.exec(`UPDATE sorted_run SET ${damage} WHERE range = 9`);
    db.close();
    expect(openSqliteStore(file)).toMatchObject({
      ok: false,
      reason: expect.stringMatching(
        /^it is damaged \(sorted_run\.content is .*, not (what tayori writes there|a text)\)$/,
      ),
    });
  });
});
