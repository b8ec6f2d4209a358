import { cpSync, existsSync, mkdirSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { launch, preparePlace } from '../support/tayori.js';
import { temporaryFolder } from '../support/temporary-folder.js';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const COMPILED = 'node_modules/better-sqlite3/build/Release/better_sqlite3.node';

/** The program and what it needs, with a better-sqlite3 whose compiled part is what the test makes of it. */
function installed(spoil: (compiled: string) => void): string {
  const root = join(temporaryFolder(), 'tayori/');
  for (const part of ['dist', 'conf', 'package.json', 'node_modules/better-sqlite3/lib', COMPILED])
    cpSync(join(ROOT, part), join(root, part), { recursive: true });
  cpSync(join(ROOT, COMPILED, '../../../package.json'), join(root, COMPILED, '../../../package.json'));
  for (const name of readdirSync(join(ROOT, 'node_modules')).filter((name) => !name.startsWith('.')))
    if (!existsSync(join(root, 'node_modules', name)))
      symlinkSync(join(ROOT, 'node_modules', name), join(root, 'node_modules', name));
  spoil(join(root, COMPILED));
  return root;
}

describe('a better-sqlite3 that cannot be loaded', () => {
  it.each([
    ['missing', (compiled: string) => rmSync(compiled), 'Could not locate the bindings file'],
    ['of another machine', (compiled: string) => writeFileSync(compiled, 'x'), `${COMPILED}: file too short`],
  ])('%s: is said, and what helps, however it is started', async (_, spoil, seen) => {
    const root = installed(spoil);
    const place = preparePlace('set uid root\nset queue a f@x.org t@x.org [now]\na .\n');
    const told = `${seen}; run "npm rebuild" in ${root} with this Node.js (${process.version})\n`;
    for (const argv of [['-f'], [], ['digest', place.log], ['status']]) {
      mkdirSync(join(place.folder, 'state'), { recursive: true });
      writeFileSync(join(place.folder, 'state', 'tayori.db'), '');
      const { ended, err } = launch([...argv, '-c', place.conf], {
        env: place.env,
        main: join(root, 'dist/main.js'),
      });
      expect(await ended).toBe(1);
      expect(err()).toMatch(/^tayori: .*\n$/);
      expect(err()).toContain(told);
    }
  });
});
