import { cpSync, mkdirSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { nodeEngine } from '../../src/store/sqlite/engine.js';
import { launch, preparePlace } from '../support/tayori.js';
import { temporaryFolder } from '../support/temporary-folder.js';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const BINARIES = `node_modules/@photostructure/sqlite/prebuilds/${process.platform}-${process.arch}`;

/** The program and what it needs, without the binaries of @photostructure/sqlite, or with what a test makes of them. */
function installed(spoil: (binaries: string) => void): string {
  const root = join(temporaryFolder(), 'tayori/');
  for (const part of ['dist', 'conf', 'package.json'])
    cpSync(join(ROOT, part), join(root, part), { recursive: true });
  const modules = join(root, 'node_modules');
  mkdirSync(join(modules, '@photostructure/sqlite'), { recursive: true });
  for (const part of ['dist', 'package.json'])
    cpSync(join(ROOT, BINARIES, '../..', part), join(root, BINARIES, '../..', part), { recursive: true });
  cpSync(join(ROOT, BINARIES), join(root, BINARIES), { recursive: true });
  for (const name of readdirSync(join(ROOT, 'node_modules')).filter(
    (name) => !/^\.|^@photostructure/.test(name),
  ))
    symlinkSync(join(ROOT, 'node_modules', name), join(modules, name));
  spoil(join(root, BINARIES));
  return root;
}

/** Without Node's own. */
const HIDDEN = nodeEngine() ? ['--no-experimental-sqlite'] : [];

describe('a machine without SQLite: neither in Node.js, nor in a package', () => {
  const corrupt = (binaries: string): void => {
    for (const name of readdirSync(binaries)) writeFileSync(join(binaries, name), 'x');
  };
  it.each([
    [
      'not installed',
      (binaries: string) => rmSync(join(binaries, '../..'), { recursive: true }),
      "Cannot find module '@photostructure/sqlite'",
    ],
    [
      'none for this machine',
      (binaries: string) => rmSync(binaries, { recursive: true }),
      'No native build was found for platform=',
    ],
    ['of another machine', corrupt, 'file too short'],
  ])('%s: is said, and what helps, however it is started', async (_, spoil, seen) => {
    const root = installed(spoil);
    const place = preparePlace('set uid root\nset queue a f@x.org t@x.org [now]\na .\n');
    const helps = `; use Node.js 22.13 or later, which brings SQLite (this is ${process.version}), or run "npm ci --include=optional" in ${root}\n`;
    for (const argv of [['-f'], [], ['digest', place.log], ['status']]) {
      mkdirSync(join(place.folder, 'state'), { recursive: true });
      writeFileSync(join(place.folder, 'state', 'tayori.db'), '');
      const { ended, err } = launch([...argv, '-c', place.conf], {
        env: { ...place.env, NODE_OPTIONS: HIDDEN.join(' ') },
        main: join(root, 'dist/main.js'),
      });
      expect(await ended).toBe(1);
      expect(err()).toMatch(/^tayori: .*\n$/);
      expect(err()).toContain(seen);
      expect(err()).toContain(helps);
    }
  });
});
