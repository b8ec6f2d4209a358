import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import { afterAll, describe, expect, it } from 'vitest';
import { lazily } from '../../src/base/lazily.js';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const BUILD = `${ROOT}dist/package/build-deb.js`;

const hasDpkg = spawnSync('dpkg-deb', ['--version']).status === 0;

describe.skipIf(!hasDpkg && !process.env.CI)('the Debian package', () => {
  const folder = mkdtempSync(join(tmpdir(), 'tayori-test-'));
  afterAll(() => rmSync(folder, { recursive: true }));

  function build(out: string): string {
    return execFileSync(process.execPath, [BUILD, '--out', join(folder, out)], { encoding: 'utf8' }).trim();
  }

  const file = lazily(() => build('first'));

  /** Its files, those that dpkg reads in DEBIAN. */
  const tree = lazily(() => {
    const path = join(folder, 'tree');
    execFileSync('dpkg-deb', ['--raw-extract', file(), path]);
    return path;
  });
  const read = (path: string): string => readFileSync(join(tree(), path), 'utf8');
  const unpack = (path: string): string => gunzipSync(readFileSync(join(tree(), path))).toString();

  function tayori(...argv: readonly string[]): string {
    return execFileSync(process.execPath, [join(tree(), 'usr/lib/tayori/dist/main.js'), ...argv], {
      encoding: 'utf8',
      stdio: 'pipe',
    });
  }

  it('has the config and each file of rules as what dpkg lets nobody overwrite', () => {
    const rules = readdirSync(`${ROOT}includes-active`).map((name) => `/etc/tayori/includes-active/${name}`);
    const expected = [...rules, '/etc/tayori/tenshi.conf'].sort();
    expect(read('DEBIAN/conffiles').trim().split('\n')).toEqual(expected);
    for (const path of expected) expect(existsSync(join(tree(), path)), path).toBe(true);
  });

  /** The config, for a machine without the account that the package makes. */
  const config = lazily(() => {
    const path = join(tree(), 'etc/tayori/for-anybody.conf');
    expect(read('etc/tayori/tenshi.conf')).toContain('\nset uid tayori\n');
    writeFileSync(path, read('etc/tayori/tenshi.conf').replace('set uid tayori', 'set uid root'));
    return path;
  });

  it('has a config that is sound where it lies, and names only files of the package', () => {
    expect(tayori('check', config())).toContain(': sound. ');
    const [, template = ''] = /copy of \/(\S+\.hbs)/.exec(read('etc/tayori/tenshi.conf')) ?? [];
    expect(existsSync(join(tree(), template)), template).toBe(true);
  });

  it('has a program that needs nothing of the source tree', () => {
    const sample = join(tree(), 'usr/lib/tayori/conf/sample.log');
    expect(tayori('digest', '-c', config(), sample)).toContain('sshd: Failed password');
    for (const path of [
      'dist/package',
      'dist/man',
      'dist/main.js.map',
      'node_modules/vitest',
      'node_modules/typescript',
      'test',
    ])
      expect(existsSync(join(tree(), 'usr/lib/tayori', path)), path).toBe(false);
  });

  it('has the program on the path, run by the Node.js that the package asks for', () => {
    expect(read('DEBIAN/control')).toMatch(/^Depends: nodejs \(>= 20\.19\), /m);
    expect(read('usr/bin/tayori')).toMatch(/^#!\/usr\/bin\/node\n/);
    expect(statSync(join(tree(), 'usr/bin/tayori')).mode & 0o777).toBe(0o755);
  });

  it('has the unit, the manual, what shells complete, and the changelog', () => {
    const unit = readFileSync(`${ROOT}conf/systemd/tayori.service`, 'utf8');
    expect(read('usr/lib/systemd/system/tayori.service')).toBe(unit);
    expect(unpack('usr/share/man/man8/tayori.8.gz')).toMatch(/^\.TH TAYORI 8 /im);
    expect(unpack('usr/share/man/man5/tenshi.conf.5.gz')).toMatch(/^\.TH TENSHI\.CONF 5 /im);
    expect(unpack('usr/share/man/man7/tayori-fleet.7.gz')).toMatch(/^\.TH TAYORI\\?-FLEET 7 /im);
    expect(read('usr/share/bash-completion/completions/tayori')).toBe(tayori('completion', 'bash'));
    expect(read('usr/share/zsh/vendor-completions/_tayori')).toBe(tayori('completion', 'zsh'));
    expect(unpack('usr/share/doc/tayori/changelog.gz')).toMatch(
      /^tayori \([\d.~]+\) unstable; urgency=medium\n\n {2}\* /,
    );
  });

  it('tells the license of every module in it', () => {
    const copyright = read('usr/share/doc/tayori/copyright');
    const { dependencies, optionalDependencies } = JSON.parse(
      readFileSync(`${ROOT}package.json`, 'utf8'),
    ) as Readonly<Record<'dependencies' | 'optionalDependencies', Readonly<Record<string, string>>>>;
    for (const name of Object.keys({ ...dependencies, ...optionalDependencies })) {
      const [, part = ''] = copyright.split(`Files: usr/lib/tayori/node_modules/${name}/*\n`);
      expect(part, name).toMatch(
        /^Copyright: \S.*\n(?: .*\n)*License: [\w.-]+(?: (?:or|and|OR|AND) [\w.-]+)*\n \S/,
      );
    }
  });

  it('sums its files, and belongs to root whoever has built it', () => {
    for (const line of read('DEBIAN/md5sums').trim().split('\n'))
      expect(existsSync(join(tree(), line.slice(34))), line).toBe(true);
    execFileSync('md5sum', ['--check', '--quiet', 'DEBIAN/md5sums'], { cwd: tree() });
    const listed = execFileSync('dpkg-deb', ['--contents', file()], { encoding: 'utf8' }).trim().split('\n');
    expect(
      listed.filter((line) => !/^(?:drwxr-xr-x|-rw[x-]r-[x-]r-[x-]|lrwxrwxrwx) root\/root /.test(line)),
    ).toEqual([]);
  });

  it('is the same, byte for byte, when it is built again', () => {
    expect(readFileSync(build('second')).equals(readFileSync(file()))).toBe(true);
  });
});
