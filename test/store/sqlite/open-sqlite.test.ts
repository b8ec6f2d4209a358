import {
  closeSync,
  openSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  statSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { describe, expect, it, onTestFinished } from 'vitest';
import { SqliteError } from '../../../src/store/sqlite/error.js';
import {
  type OpenOptions,
  openAttached,
  openSqlite,
  type Sqlite,
} from '../../../src/store/sqlite/open-sqlite.js';
import { stopsAll } from '../../../src/store/stops-all.js';
import { collectGarbage } from '../../support/collect-garbage.js';
import { temporaryFolder } from '../../support/temporary-folder.js';
import { ENGINES } from './engines.js';

/** What was thrown, which must be of SQLite. */
function refusalOf(work: () => unknown): Pick<SqliteError, 'kind' | 'code' | 'message'> {
  try {
    work();
  } catch (error) {
    if (error instanceof SqliteError) return { kind: error.kind, code: error.code, message: error.message };
    throw error;
  }
  throw new Error('nothing was refused');
}

function thrownBy(work: () => unknown): unknown {
  try {
    work();
  } catch (error) {
    return error;
  }
  throw new Error('nothing was refused');
}

/** Which files in a folder this process has open. */
function openFiles(folder: string): string[] {
  return readdirSync('/proc/self/fd').flatMap((fd) => {
    try {
      const path = readlinkSync(`/proc/self/fd/${fd}`);
      return path.startsWith(folder) ? [path.slice(folder.length + 1)] : [];
    } catch {
      return []; // it was that of the listing
    }
  });
}

describe.each(ENGINES)('SQLite by %s', (_name, engine) => {
  function open(path = '', options: OpenOptions = {}): Sqlite {
    const db = openSqlite(path, options, engine);
    onTestFinished(() => db.close());
    return db;
  }

  function withTable(path = '', options: OpenOptions = {}): Sqlite {
    const db = open(path, options);
    db.exec('CREATE TABLE t (a, b)');
    return db;
  }

  /** A file of some pages, all but the first one written over. */
  function damaged(): string {
    const path = join(temporaryFolder(), 'file');
    const db = withTable(path);
    db.exec(
      "WITH n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 9000) INSERT INTO t SELECT i, 'x' FROM n",
    );
    db.close();
    const fd = openSync(path, 'r+');
    writeSync(fd, Buffer.alloc(statSync(path).size / 2, 'damage! '), 0, undefined, statSync(path).size / 2);
    closeSync(fd);
    return path;
  }

  describe('a failure is an error of ours, with the kind that its code has, extended or not:', () => {
    it('busy, at once or after the time that is set', () => {
      const path = join(temporaryFolder(), 'file');
      const first = withTable(path);
      expect(first.single('SELECT timeout AS value FROM pragma_busy_timeout')).toBe(5000);
      first.exec('BEGIN EXCLUSIVE');
      const second = open(path, { timeout: 0 });
      expect(refusalOf(() => second.exec('BEGIN IMMEDIATE'))).toMatchObject({ kind: 'busy', code: 5 });
      expect(refusalOf(() => second.prepare('SELECT * FROM t'))).toMatchObject({ kind: 'busy', code: 5 });
      const began = performance.now();
      expect(refusalOf(() => open(path, { timeout: 60 }).exec('SELECT * FROM t')).kind).toBe('busy');
      expect(performance.now() - began).toBeGreaterThan(50);
    });

    it('full', () => {
      const db = withTable();
      db.exec('PRAGMA max_page_count = 4');
      const insert = db.prepare<[string]>('INSERT INTO t (a) VALUES (?)');
      expect(refusalOf(() => insert.run('x'.repeat(100_000)))).toEqual({
        kind: 'full',
        code: 13,
        message: 'database or disk is full',
      });
    });

    it('constraint', () => {
      const db = open();
      db.exec('CREATE TABLE u (a PRIMARY KEY) WITHOUT ROWID; INSERT INTO u VALUES (1)');
      const insert = db.prepare<[number]>('INSERT INTO u VALUES (?)');
      expect(refusalOf(() => insert.run(1))).toMatchObject({ kind: 'constraint', code: 1555 });
    });

    it('readonly', () => {
      const path = join(temporaryFolder(), 'file');
      withTable(path);
      const db = open(path, { readonly: true });
      const insert = db.prepare('INSERT INTO t (a) VALUES (1)');
      expect(refusalOf(() => insert.run())).toMatchObject({ kind: 'readonly', code: 8 });
    });

    it('cantopen: a folder that is not there, a file that is only to be read, a folder in place of a file', () => {
      const folder = temporaryFolder();
      expect(refusalOf(() => open(join(folder, 'none', 'file')))).toMatchObject({ kind: 'cantopen' });
      expect(refusalOf(() => open(join(folder, 'file'), { readonly: true }))).toMatchObject({
        kind: 'cantopen',
      });
      expect(refusalOf(() => open(folder))).toMatchObject({ kind: 'cantopen' });
      expect(readdirSync(folder)).toEqual([]);
    });

    it('notadb', () => {
      const path = join(temporaryFolder(), 'file');
      writeFileSync(path, 'this is no database, but long enough to be looked at as one'.repeat(20));
      expect(refusalOf(() => open(path).exec('SELECT * FROM sqlite_schema'))).toMatchObject({
        kind: 'notadb',
        code: 26,
      });
    });

    it.each<[string, (db: Sqlite) => unknown]>([
      ['all', (db) => db.prepare('SELECT a FROM t').all()],
      ['get', (db) => db.prepare('SELECT sum(a) FROM t').get()],
      ['run', (db) => db.prepare('UPDATE t SET a = a + 1').run()],
      ['exec', (db) => db.exec('UPDATE t SET a = a + 1')],
      ['single', (db) => db.single('SELECT sum(a) AS value FROM t')],
    ])('corrupt, in %s', (_method, work) => {
      expect(refusalOf(() => work(open(damaged())))).toMatchObject({
        kind: 'corrupt',
        code: 11,
        message: 'database disk image is malformed',
      });
    });

    it('other: SQL that is none', () => {
      expect(refusalOf(() => open().exec('SELCT 1'))).toMatchObject({ kind: 'other', code: 1 });
    });
  });

  describe('a value that SQLite has no place for is refused, and nothing is written:', () => {
    const VALUES: [string, unknown][] = [
      ['undefined', undefined],
      ['a Date', new Date(0)],
      ['an object', {}],
      ['an array', [1]],
      ['true', true],
      ['a function', () => 1],
      ['a symbol', Symbol('x')],
    ];
    it.each(VALUES)('%s', (_what, value) => {
      const db = withTable();
      const insert = db.prepare('INSERT INTO t VALUES (?, ?)');
      const named = db.prepare<{ a: unknown; b: unknown }>('INSERT INTO t VALUES (@a, @b)');
      for (const given of [
        [value, 1],
        [1, value],
      ]) {
        expect(() => insert.run(...given)).toThrow(TypeError);
        expect(() => named.run({ a: given[0], b: given[1] })).toThrow(TypeError);
      }
      expect(db.prepare('SELECT * FROM t').all()).toEqual([]);
    });

    it.each([
      ['too few', [1]],
      ['too many', [1, 2, 3]],
      ['none', []],
    ])('%s values', (_what, given) => {
      const db = withTable();
      expect(() => db.prepare('INSERT INTO t VALUES (?, ?)').run(...given)).toThrow(TypeError);
      expect(() => db.prepare('SELECT a FROM t WHERE a = ? AND b = ?').get(...given)).toThrow(TypeError);
      expect(() => db.prepare('SELECT a FROM t WHERE a = ? AND b = ?').all(...given)).toThrow(TypeError);
      expect(db.prepare('SELECT * FROM t').all()).toEqual([]);
    });

    it('a name without a value', () => {
      const insert = withTable().prepare<Record<string, number>>('INSERT INTO t VALUES (@a, @b)');
      expect(() => insert.run({ a: 1 })).toThrow(TypeError);
      expect(() => insert.run({})).toThrow(TypeError);
    });
  });

  describe('values', () => {
    it.each<[string, unknown]>([
      ['null', null],
      ['text', 'a "quoted" é 漢 \u{1f600}'],
      ['empty text', ''],
      ['text with a NUL', 'a\0b\0'],
      ['a number', 1.5],
      ['a time', 1_790_000_000_123],
      ['a negative one', -3],
    ])('%s comes back as it was', (_what, value) => {
      const db = withTable();
      db.prepare('INSERT INTO t VALUES (?, ?)').run(value, 1);
      expect(db.prepare('SELECT a FROM t').get()).toEqual({ a: value });
      expect(db.prepare('SELECT a FROM t').pluck().all()).toEqual([value]);
      expect(db.prepare('SELECT b FROM t WHERE a IS ?').pluck().get(value)).toBe(1);
    });

    it('half of a surrogate pair becomes U+FFFD, with a NUL and without', () => {
      const select = open().prepare<[string, string]>('SELECT ? AS a, ? AS b');
      expect(select.get('x\ud800y', 'x\ud800y\0')).toEqual({ a: 'x\ufffdy', b: 'x\ufffdy\0' });
    });

    it('bytes come back as a Buffer of a column that is said to hold them', () => {
      const db = withTable();
      db.prepare('INSERT INTO t VALUES (?, ?)').run(Buffer.from([0, 255, 0]), null);
      const row = db.prepare<[], { a: Buffer }>('SELECT a, b FROM t', { bytes: ['a', 'b'] }).get();
      expect(row).toEqual({ a: Buffer.from([0, 255, 0]), b: null });
      expect(Buffer.isBuffer(row?.a)).toBe(true);
    });

    it.each([
      ['the largest integer', '9223372036854775807', 2 ** 63],
      ['the least', '-9223372036854775808', -(2 ** 63)],
      ['the first that no number holds', '9007199254740993', 2 ** 53],
    ])('%s comes as the nearest number', (_what, integer, number) => {
      const db = open();
      const given: unknown[] = [];
      db.function('given', (value: number) => {
        given.push(value);
        return null;
      });
      expect(db.prepare(`SELECT ${integer} AS i, given(${integer})`).get()).toMatchObject({ i: number });
      expect(db.prepare(`SELECT ${integer}`).pluck().all()).toEqual([number]);
      expect(db.single(`SELECT ${integer} AS value`)).toBe(number);
      expect(given).toEqual([number]);
    });

    it('rows are plain objects, and none is undefined', () => {
      const db = withTable();
      const select = db.prepare('SELECT a FROM t');
      expect(select.get()).toBeUndefined();
      db.exec('INSERT INTO t VALUES (1, 2)');
      for (const row of [select.get(), ...select.all()])
        expect(Object.getPrototypeOf(row)).toBe(Object.prototype);
      expect(db.single('SELECT a AS value FROM t WHERE a > 1')).toBeUndefined();
    });

    it('a name may stand several times, and in text it is none', () => {
      const select = open().prepare<{ a: number; b: number; c: number }>(
        'SELECT @a + @b + @a AS sum, \'@a ?\' AS text, "@a" FROM (SELECT 7 AS "@a") -- @a ?\n/* ? @b */',
      );
      expect(select.all({ a: 1, b: 2, c: 3 })).toEqual([{ sum: 4, text: '@a ?', '@a': 7 }]);
    });
  });

  it.each(['SELECT 1; SELECT 2', "SELECT ';'; DELETE FROM t", 'SELECT 1; -- \n SELECT 2'])(
    'a second statement is not dropped in silence: %s',
    (sql) => {
      const db = withTable();
      expect(() => db.prepare(sql)).toThrow('one statement');
      expect(db.prepare("SELECT ';x' AS a ; ").get()).toEqual({ a: ';x' });
    },
  );

  it('`changes` are those of the statement itself', () => {
    const db = withTable();
    const changes = (sql: string): number => db.prepare(sql).run().changes;
    expect(changes('INSERT INTO t VALUES (1, 1), (2, 2), (3, 3)')).toBe(3);
    expect(changes('SELECT 1')).toBe(0);
    expect(changes('CREATE TABLE u (a)')).toBe(0);
    expect(changes('BEGIN')).toBe(0);
    expect(changes('UPDATE t SET a = 9 WHERE a > 1')).toBe(2);
    expect(changes('UPDATE t SET a = 9 WHERE a > 99')).toBe(0);
    expect(changes('COMMIT')).toBe(0);
    expect(db.prepare('INSERT INTO t VALUES (1, 1)').run().lastInsertRowid).toBe(4);
    expect(changes('DELETE FROM t')).toBe(4);
  });

  describe('transactions', () => {
    function pair() {
      const db = withTable();
      const insert = db.prepare<[number]>('INSERT INTO t (a) VALUES (?)');
      const select = db.prepare('SELECT a FROM t').pluck();
      /** Fails behind even numbers. */
      function put(a: number): number {
        insert.run(a);
        if (a % 2 === 0) throw new Error('it is even');
        return a + 1;
      }
      return { db, put: db.transaction(put), all: () => select.all() };
    }

    it('give what they return, and leave nothing when they throw', () => {
      const { put, all } = pair();
      expect(put(1)).toBe(2);
      expect(() => put(2)).toThrow('it is even');
      expect(all()).toEqual([1]);
    });

    it('within another are undone alone, or with that one', () => {
      const { db, put, all } = pair();
      const several = db.transaction((...given: number[]) => given.map(put));
      db.transaction(() => {
        put(1);
        expect(() => put(2)).toThrow('it is even');
        expect(() => several(3, 5, 6)).toThrow('it is even');
        several(7, 9);
      })();
      expect(() => several(11, 12)).toThrow('it is even');
      expect(all()).toEqual([1, 7, 9]);
    });

    it('that read before they write are not refused when another process wants to write meanwhile', () => {
      const file = join(temporaryFolder(), 'x.db');
      const daemon = open(file);
      daemon.exec('PRAGMA journal_mode = WAL');
      daemon.exec('CREATE TABLE t (x)');
      const command = open(file, { timeout: 0 });
      const write = "INSERT INTO t VALUES ('x')";
      daemon.transaction(() => {
        daemon.prepare('SELECT * FROM t').all();
        expect(() => command.exec(write)).toThrow('database is locked');
        daemon.exec(write);
      })();
      command.exec(write);
      expect(daemon.prepare('SELECT * FROM t').all()).toHaveLength(2);
    });

    it('that SQLite has undone itself are told as what they failed of, and the next one works', () => {
      const { db, put, all } = pair();
      db.exec('PRAGMA max_page_count = 4');
      const large = db.prepare<[string]>('INSERT INTO t (a) VALUES (?)');
      const part = db.transaction(() => large.run('x'.repeat(100_000)));
      const whole = db.transaction(() => {
        put(1);
        part();
      });
      expect(refusalOf(whole).kind).toBe('full');
      put(3);
      expect(all()).toEqual([3]);
    });
  });

  describe('a function that SQL calls', () => {
    it('takes and gives text with NUL, and numbers', () => {
      const db = open();
      const given: unknown[] = [];
      db.function('joined', (...all: never[]) => {
        given.push(...all);
        return all.join('\0');
      });
      const select = db.prepare<[string, number, null]>('SELECT joined(?, ?, ?) AS j').pluck();
      expect(select.get('a\0', 1.5, null)).toBe('a\0\x001.5\0');
      expect(given).toEqual(['a\0', 1.5, null]);
    });

    it('throws through the statement, which leaves nothing, and hides no later failure', () => {
      const db = withTable();
      const error = new Error('on purpose');
      db.function('fails', () => {
        throw error;
      });
      db.exec('INSERT INTO t VALUES (1, 1), (2, 2); CREATE UNIQUE INDEX i ON t (a)');
      const update = db.prepare('UPDATE t SET b = iif(a = 2, fails(), 9)');
      const select = db.prepare('SELECT fails() FROM t');
      const again = db.prepare('INSERT INTO t VALUES (1, 1)');
      for (const work of [
        () => update.run(),
        () => select.get(),
        () => select.all(),
        () => db.exec('SELECT fails()'),
        () => db.single('SELECT fails() AS value'),
      ]) {
        expect(work).toThrow(error);
        expect(refusalOf(() => again.run()).kind).toBe('constraint');
      }
      expect(db.prepare('SELECT b FROM t').pluck().all()).toEqual([1, 2]);
    });

    it('lets nothing else run meanwhile', async () => {
      const db = open();
      const order: string[] = [];
      db.function('called', () => {
        process.nextTick(() => order.push('tick'));
        void Promise.resolve().then(() => order.push('microtask'));
        return order.push('called');
      });
      const select = db.prepare('SELECT called(), called()');
      const work = (): void => {
        select.get();
        order.push('returned');
      };
      work();
      await setImmediate();
      await new Promise<void>((resolve) => {
        setTimeout(() => {
          work();
          resolve();
        });
      });
      await setImmediate();
      queueMicrotask(work);
      await setImmediate();
      const once = ['called', 'called', 'returned'];
      const later = expect.toBeOneOf(['tick', 'microtask']);
      const turn = [...once, later, later, later, later];
      expect(order).toEqual([...turn, ...turn, ...turn]);
    });
  });

  describe('closing', () => {
    it('ends locks and transactions, with statements that nobody lets go of', () => {
      const path = join(temporaryFolder(), 'file');
      const first = withTable(path);
      const statements = [first.prepare('INSERT INTO t VALUES (1, 1)'), first.prepare('SELECT * FROM t')];
      first.exec('BEGIN EXCLUSIVE');
      for (const statement of statements) statement.run();
      first.close();
      const second = open(path, { timeout: 0 });
      second.exec('BEGIN EXCLUSIVE');
      expect(second.single('SELECT count(*) AS value FROM t')).toBe(0);
      expect(statements.map((statement) => refusalOf(() => statement.all()).kind)).toEqual([
        'closed',
        'closed',
      ]);
      expect(refusalOf(() => first.exec('SELECT 1')).kind).toBe('closed');
      expect(refusalOf(() => first.prepare('SELECT 1')).kind).toBe('closed');
      first.close();
      expect(first.open).toBe(false);
    });

    it('leaves all that was committed in the file itself', () => {
      const folder = temporaryFolder();
      const db = withTable(join(folder, 'file'));
      db.exec('PRAGMA journal_mode = WAL');
      const insert = db.prepare('INSERT INTO t VALUES (1, 1)');
      insert.run();
      db.close();
      const copy = join(folder, 'copy');
      writeFileSync(copy, readFileSync(join(folder, 'file')));
      expect(open(copy).single('SELECT count(*) AS value FROM t')).toBe(1);
    });

    it('closes the file and what lies beside it at the latest when V8 has collected the statements', async () => {
      const folder = temporaryFolder();
      const path = join(folder, 'file');
      const made = (): WeakRef<object>[] => {
        const db = openSqlite(path, {}, engine);
        db.exec('PRAGMA journal_mode = WAL; CREATE TABLE t (a, b)');
        db.function('f', () => (insert ? 1 : 0));
        const insert = db.prepare('INSERT INTO t VALUES (1, f())');
        db.transaction(() => insert.run())();
        db.close();
        return [new WeakRef(db), new WeakRef(insert)];
      };
      const refs = made();
      for (let turn = 0; turn < 5; turn++) {
        await setImmediate(); // V8 tells what it has collected in a later turn, and of what that has held in the next
        collectGarbage();
      }
      await setImmediate();
      expect(openFiles(folder)).toEqual([]);
      expect(readdirSync(folder)).toEqual(['file']);
      expect(refs.map((ref) => ref.deref())).toEqual([undefined, undefined]);
    });

    it('is at once where there was no statement', () => {
      const folder = temporaryFolder();
      const db = withTable(join(folder, 'file'));
      db.single('SELECT count(*) AS value FROM t');
      db.close();
      expect(openFiles(folder)).toEqual([]);
    });
  });

  describe('a look', () => {
    it('closes the file at once, whatever statements there were, and takes no lock with it', () => {
      const folder = temporaryFolder();
      const path = join(folder, "it's");
      const writer = withTable(path);
      writer.exec('PRAGMA journal_mode = WAL; INSERT INTO t VALUES (1, 2)');
      const look = openAttached(path, engine);
      const statement = look.prepare('SELECT a, b FROM t');
      expect(statement.all()).toEqual([{ a: 1, b: 2 }]);
      look.close();
      expect(refusalOf(() => statement.all()).kind).toBe('closed');
      writer.exec('PRAGMA journal_mode = MEMORY');
      writer.close();
      expect(openFiles(folder)).toEqual([]);
    });

    it('writes nothing, and makes no file', () => {
      const folder = temporaryFolder();
      const path = join(folder, 'file');
      withTable(path).close();
      const look = openAttached(path, engine);
      expect(refusalOf(() => look.exec('INSERT INTO t VALUES (1, 1)')).kind).toBe('readonly');
      look.close();
      expect(refusalOf(() => openAttached(join(folder, 'none'), engine)).kind).toBe('cantopen');
      expect(readdirSync(folder)).toEqual(['file']);
    });
  });

  it('a file that must exist is not made', () => {
    const folder = temporaryFolder();
    expect(refusalOf(() => open(join(folder, 'none'), { mustExist: true })).kind).toBe('cantopen');
    expect(readdirSync(folder)).toEqual([]);
  });

  it('an error of the connection stops all, one of the rows does not', () => {
    const db = withTable();
    db.exec('CREATE UNIQUE INDEX i ON t (a); INSERT INTO t VALUES (1, 1)');
    expect(stopsAll(thrownBy(() => db.exec('INSERT INTO t VALUES (1, 2)')))).toBe(false);
    expect(stopsAll(thrownBy(() => db.prepare('SELECT ?').get(undefined)))).toBe(false);
    const statement = db.prepare('SELECT 1');
    db.close();
    expect(stopsAll(thrownBy(() => statement.get()))).toBe(true);
    expect(stopsAll(thrownBy(() => open('', { readonly: true }).exec('CREATE TABLE t (x)')))).toBe(true);
  });

  it('bytes that are no text of ours stay bytes, so that nonsense in a state is seen', () => {
    const db = open();
    const select = db.prepare<[], { a: unknown; b: unknown }>(
      "SELECT x'01' AS a, x'00ff' AS b, x'6100' AS c",
    );
    expect(select.get()).toEqual({ a: Buffer.from([1]), b: Buffer.from([0, 255]), c: 'a\0' });
  });

  it('a path is never taken for a URI', () => {
    const folder = temporaryFolder();
    withTable(join(folder, 'file:x?mode=memory%00'));
    expect(readdirSync(folder)).toEqual(['file:x?mode=memory%00']);
  });
});
