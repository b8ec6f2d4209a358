import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { nodeEngine } from '../../../src/store/sqlite/engine.js';
import { connectState } from '../../../src/store/sqlite/sqlite-store.js';
import { bundle, ROOT } from '../../support/bundle.js';
import { temporaryFolder } from '../../support/temporary-folder.js';

const ENGINE = await bundle({ sqliteEngine: 'store/sqlite/engine.ts' });

/** Which engine is used in a process of its own, and what that says on standard error. */
function chosen(flags: readonly string[], also = ''): { readonly name: string; readonly said: string } {
  const script = `${ENGINE}
    console.log(sqliteEngine().name);
    sqliteEngine().open('', { readOnly: false }).close();
    ${also}`;
  const { stdout, stderr } = spawnSync(process.execPath, [...flags, '--input-type=module', '-e', script], {
    encoding: 'utf8',
    cwd: ROOT,
  });
  return { name: stdout.trim(), said: stderr };
}

describe('which SQLite is used', () => {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  const hasOwn = major > 22 || (major === 22 && minor >= 13);

  it("is Node's own where it has one, from 22.13 on, and else the package", () => {
    expect(chosen([])).toEqual({ name: hasOwn ? 'node:sqlite' : '@photostructure/sqlite', said: '' });
    expect(nodeEngine() !== null).toBe(hasOwn);
  });

  it.runIf(hasOwn)('is the package where Node.js is told to hide its own', () => {
    expect(chosen(['--no-experimental-sqlite'])).toEqual({ name: '@photostructure/sqlite', said: '' });
  });

  it('is nothing that users are warned of; other warnings come', () => {
    const { said } = chosen([], "process.emitWarning('something else', 'ExperimentalWarning')");
    expect(said).toContain('ExperimentalWarning: something else');
    expect(said).not.toContain('SQLite');
  });
});

it('a state is kept in WAL, and each commit is synced, whatever an engine does by itself', () => {
  const db = connectState(join(temporaryFolder(), 'tayori.db'));
  onTestFinished(() => db.close());
  const pragmas = ['journal_mode', 'synchronous', 'foreign_keys', 'cache_size', 'wal_autocheckpoint'];
  const values = pragmas.map((name) => [name, db.prepare(`PRAGMA ${name}`).pluck().get()]);
  expect(Object.fromEntries(values)).toEqual({
    journal_mode: 'wal',
    synchronous: 2, // FULL
    foreign_keys: 1,
    cache_size: -2048,
    wal_autocheckpoint: 8000,
  });
});
