import { createHash } from 'node:crypto';
import { lstatSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type NativeBinary, readBinary } from './native-binary.js';
import type { Binary } from './place-modules.js';
import { type Project, ROOT } from './project.js';
import { filesIn } from './tree.js';

const SCRIPTS = ['postinst', 'prerm', 'postrm'];

/** Which package of Debian has a library. */
const PACKAGES: Readonly<Record<string, string>> = {
  'libstdc++.so.6': 'libstdc++6',
  'libgcc_s.so.1': 'libgcc-s1',
};

/** What dpkg reads of a package before it unpacks it (deb-control(5), deb-conffiles(5)), by the names of the files. */
export function controlFiles(
  tree: string,
  project: Project,
  binaries: readonly Binary[],
): ReadonlyMap<string, string> {
  const files = filesIn(tree);
  const values: Readonly<Record<string, string>> = {
    ...project,
    time: String(project.time),
    size: String(kibibytes(tree, files)),
    depends: depends(binaries.map(({ bytes }) => readBinary(bytes))).join(', '),
  };
  const template = readFileSync(`${ROOT}conf/debian/control`, 'utf8');
  return new Map([
    ['control', template.replaceAll(/\$\{(\w+)\}/g, (_, name: string) => valueNamed(values, name))],
    ['conffiles', list(files.filter((file) => file.startsWith('etc/')).map((file) => `/${file}`))],
    ['md5sums', list(files.flatMap((file) => sumOf(tree, file)))],
    ...SCRIPTS.map((name) => [name, readFileSync(`${ROOT}conf/debian/${name}`, 'utf8')] as const),
  ]);
}

/** Node.js as package.json asks for it, and what compiled parts need. */
function depends(binaries: readonly NativeBinary[]): string[] {
  const { engines } = JSON.parse(readFileSync(`${ROOT}package.json`, 'utf8')) as {
    readonly engines: { readonly node: string };
  };
  const least = engines.node.replace('>=', '');
  const [major = '0'] = process.versions.node.split('.');
  const glibc = binaries.flatMap(({ glibc }) => glibc ?? []).sort(byNumbers);
  const libraries = new Set(
    binaries.flatMap((binary) => binary.libraries.flatMap((name) => PACKAGES[name] ?? [])),
  );
  return [
    `nodejs (>= ${least})`,
    ...(binaries.every(({ isNodeApi }) => isNodeApi) ? [] : [`nodejs (<< ${Number(major) + 1}~)`]),
    'adduser',
    ...(glibc.length > 0 ? [`libc6 (>= ${glibc.at(-1)})`] : []),
    ...[...libraries].sort(),
  ];
}

function byNumbers(a: string, b: string): number {
  return a.localeCompare(b, 'en', { numeric: true });
}

function valueNamed(values: Readonly<Record<string, string>>, name: string): string {
  const value = values[name];
  if (value === undefined) throw new Error(`conf/debian/control: \${${name}} is not known`);
  return value;
}

/** As dpkg-gencontrol counts: each file in whole KiB, and one for each link. */
function kibibytes(tree: string, files: readonly string[]): number {
  return files.reduce((sum, file) => {
    const status = lstatSync(join(tree, file));
    return sum + (status.isFile() ? Math.ceil(status.size / 1024) : 1);
  }, 0);
}

/** None for links, and for what dpkg watches itself. */
function sumOf(tree: string, file: string): string[] {
  if (file.startsWith('etc/') || !lstatSync(join(tree, file)).isFile()) return [];
  return [
    `${createHash('md5')
      .update(readFileSync(join(tree, file)))
      .digest('hex')}  ${file}`,
  ];
}

function list(lines: readonly string[]): string {
  return lines.map((line) => `${line}\n`).join('');
}
