import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { TallyChange, TallyRow } from '../../../src/queue/tally.js';
import { DamagedState } from '../../../src/store/sqlite/decode.js';
import { openSqlite, type Sqlite } from '../../../src/store/sqlite/open-sqlite.js';
import { portsOf } from '../../../src/store/sqlite/ports-of.js';
import { connectState, openSqliteStore } from '../../../src/store/sqlite/sqlite-store.js';
import type { Store } from '../../../src/store/store.js';
import { bundle, ROOT } from '../../support/bundle.js';
import { temporaryFolder } from '../../support/temporary-folder.js';

const STORE = await bundle({
  connectState: 'store/sqlite/sqlite-store.ts',
  portsOf: 'store/sqlite/ports-of.ts',
});
const ROWS = 3000;
const NOTHING = { at: 0, positions: [], forgotten: [], ruleState: { last: new Map(), hits: [] } };

/** So many rows of one queue, in the order of their keys. */
function rows(count: number): TallyChange[] {
  return Array.from({ length: count }, (_, at) => ({
    ...{ queue: 'q', host: 'h', message: `m ${String(at).padStart(6, '0')}`, how: 'add' as const },
    ...{ count: 1, first: at, last: at },
  }));
}

/** Commits rows with a counter of lines, as the daemon does with positions. */
function commit(store: Store, tally: readonly TallyChange[]): void {
  store.commit({ ...NOTHING, tally, counters: new Map([['lines', tally.length]]) });
}

/** A state in which commits wait, all of the same messages. */
function waitingState(commits = 2): string {
  const file = join(temporaryFolder(), 'tayori.db');
  const opened = openSqliteStore(file);
  if (!opened.ok) throw new Error(opened.reason);
  for (let one = 0; one < commits; one++) commit(opened.store, rows(ROWS));
  opened.store.end();
  return file;
}

function read(store: Store): TallyRow[] {
  const [edition] = store.openEditions(0);
  return store.slice(edition?.id ?? 0, null, 10 * ROWS);
}

function waitingRuns(db: Sqlite): number {
  return Number(db.single('SELECT count(*) AS value FROM sorted_run'));
}

const MERGED = rows(ROWS).map(({ queue: _, how: __, ...row }) => ({ ...row, count: 2 }));

/** What a state holds, once it is opened again. */
function reopened(file: string): { readonly lines: number | undefined; readonly rows: TallyRow[] } {
  const opened = openSqliteStore(file);
  if (!opened.ok) throw new Error(opened.reason);
  onTestFinished(() => opened.store.end());
  return { lines: opened.store.counters().get('lines'), rows: read(opened.store) };
}

/** Runs `work` with the state in a process that kills itself where `trigger` says so. */
function killed(file: string, trigger: string, work: string): void {
  const script = `${STORE}
    const db = connectState(${JSON.stringify(file)});
    db.function('die', () => process.kill(process.pid, 'SIGKILL') && null);
    db.exec(\`CREATE TEMP TRIGGER killer ${trigger} BEGIN SELECT die(); END\`);
    const store = portsOf(db);
    ${work}`;
  const { signal, stderr } = spawnSync(process.execPath, ['--input-type=module'], {
    input: script, // too long for an argument
    encoding: 'utf8',
    cwd: ROOT,
  });
  expect(stderr).not.toContain('Error');
  expect(signal).toBe('SIGKILL');
}

describe('kill -9', () => {
  it.each<[string, string]>([
    ['before the first row is merged', "BEFORE INSERT ON main.tally WHEN new.message = 'm 000000'"],
    ['between two rows of a range', "AFTER INSERT ON main.tally WHEN new.message = 'm 000123'"],
    [
      'while a row is added to one that was merged before',
      "AFTER UPDATE ON main.tally WHEN new.message = 'm 000123'",
    ],
    ['behind the last row of a range', "AFTER UPDATE ON main.tally WHEN new.message = 'm 000499'"],
    ['in the last range', "AFTER UPDATE ON main.tally WHEN new.message = 'm 002999'"],
    ['while the blocks of a range are deleted', 'AFTER DELETE ON main.sorted_run WHEN old.range = 3'],
  ])('in the middle of a merge (%s) loses nothing, and counts nothing twice', (_, trigger) => {
    const file = waitingState();
    killed(file, trigger, 'while (store.mergeRange(null));');
    expect(reopened(file)).toEqual({ lines: 2 * ROWS, rows: MERGED });
  });

  it.each([1, 3, 6])('while block %i of a run is appended leaves what was committed before', (block) => {
    const file = waitingState();
    const work = `const tally = Array.from({ length: ${ROWS} }, (_, at) => ({ queue: 'q', host: 'h', message: 'm ' + at,
        how: 'add', count: 1, first: at, last: at }));
      store.commit({ at: 0, positions: [], forgotten: [], ruleState: { last: new Map(), hits: [] }, tally,
        counters: new Map([['lines', 1]]) });`;
    killed(file, `AFTER INSERT ON main.sorted_run WHEN new.id = ${12 + block}`, work);
    expect(reopened(file)).toEqual({ lines: 2 * ROWS, rows: MERGED });
  });
});

describe('a disk that fills up', () => {
  it('in the middle of a merge leaves all rows waiting; when there is room they are merged, once', () => {
    const db = connectState(waitingState(1));
    onTestFinished(() => db.close());
    const store = portsOf(db);
    let failures = 0;
    for (let room = 0, before = waitingRuns(db); before > 0; room++) {
      if (waitingRuns(db) < before) room = 0;
      before = waitingRuns(db);
      db.exec(
        `PRAGMA max_page_count = ${Number(db.single('SELECT page_count AS value FROM pragma_page_count')) + room}`,
      );
      try {
        store.mergeRange(null);
      } catch (error) {
        expect(String(error)).toContain('database or disk is full');
        expect(waitingRuns(db)).toBe(before);
        failures += 1;
      }
    }
    expect(failures).toBeGreaterThan(6);
    db.exec('PRAGMA max_page_count = 100000');
    expect(read(store)).toEqual(MERGED.map((row) => ({ ...row, count: 1 })));
  });

  it('in the middle of a run that is appended leaves what was committed before, and takes all of it later', () => {
    const db = connectState(join(temporaryFolder(), 'tayori.db'));
    onTestFinished(() => db.close());
    const store = portsOf(db);
    const pages = Number(db.single('SELECT page_count AS value FROM pragma_page_count'));
    let failures = 0;
    for (let room = 0; store.counters().get('lines') === undefined; room++) {
      db.exec(`PRAGMA max_page_count = ${pages + room}`);
      try {
        commit(store, rows(ROWS));
      } catch (error) {
        expect(String(error)).toContain('database or disk is full');
        expect(waitingRuns(db)).toBe(0);
        failures += 1;
      }
    }
    expect(failures).toBeGreaterThan(5);
    db.exec('PRAGMA max_page_count = 100000');
    commit(store, rows(ROWS));
    expect(read(store)).toEqual(MERGED);
  });
});

it('a block that was damaged while the daemon ran is told when it is merged, and no row of it is taken', () => {
  const file = waitingState();
  const db = connectState(file);
  onTestFinished(() => db.close());
  const other = openSqlite(file);
  other.exec("UPDATE sorted_run SET content = CAST(content || x'00' AS BLOB) WHERE range = 2 AND id > 6");
  other.close();
  const store = portsOf(db);
  expect(() => {
    while (store.mergeRange(null));
  }).toThrow(DamagedState);
  const left = db.prepare<[], number>('SELECT range FROM sorted_run ORDER BY id').pluck().all();
  expect(left.filter((range) => range === 2)).toHaveLength(2);
});
