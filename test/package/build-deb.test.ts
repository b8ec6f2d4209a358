import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { lazily } from '../../src/lazily.js';
import { temporaryFolder } from '../temporary-folder.js';

const BUILD = fileURLToPath(new URL('../../dist/package/build-deb.js', import.meta.url));
const ROOT = fileURLToPath(new URL('../../', import.meta.url));

const hasDpkg = spawnSync('dpkg-deb', ['--version']).status === 0;

function build(out: string, ...argv: readonly string[]): string {
  return execFileSync(process.execPath, [BUILD, '--out', out, ...argv], { encoding: 'utf8' }).trim();
}

/** The package, and its files below `tree`, those that dpkg reads in DEBIAN. Lasts as long as the first test. */
const unpacked = lazily(() => {
  const folder = temporaryFolder();
  const file = build(folder);
  const tree = join(folder, 'tree');
  execFileSync('dpkg-deb', ['--raw-extract', file, tree]);
  return { file, tree };
});

describe.skipIf(!hasDpkg && !process.env.CI)('the Debian package', () => {
  it('has what it says', () => {
    const { tree, file } = unpacked();
    const read = (path: string): string => readFileSync(join(tree, path), 'utf8');
    expect(file).toMatch(/\/tayori_\d+\.\d+\.\d+\S*_\w+\.deb$/);
    const rules = readdirSync(join(ROOT, 'includes-active')).map((name) => `/etc/tayori/includes-active/${name}`);
    expect(read('DEBIAN/conffiles').trim().split('\n').sort()).toEqual([...rules, '/etc/tayori/tenshi.conf'].sort());
    expect(read('DEBIAN/control')).toMatch(/^Depends: nodejs \(>= 20\.19\), /m);
    expect(read('usr/lib/systemd/system/tayori.service')).toBe(readFileSync(`${ROOT}conf/systemd/tayori.service`, 'utf8'));
    for (const path of [
      'usr/share/man/man8/tayori.8.gz',
      'usr/share/man/man5/tenshi.conf.5.gz',
      'usr/share/bash-completion/completions/tayori',
      'usr/share/zsh/vendor-completions/_tayori',
      'usr/share/doc/tayori/copyright',
      'usr/share/doc/tayori/changelog.gz',
      'usr/share/doc/tayori/examples/sendmail.conf',
    ])
      expect(existsSync(join(tree, path)), path).toBe(true);
    for (const path of ['dist/package', 'node_modules/vitest', 'node_modules/typescript'])
      expect(existsSync(join(tree, 'usr/lib/tayori', path)), path).toBe(false);
    expect(statSync(join(tree, 'usr/lib/tayori/dist/main.js')).mode & 0o777).toBe(0o755);
  });
});
