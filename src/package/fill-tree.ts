import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, readdirSync, readFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { copyrightOf } from './copyright.js';
import { debianChangelog } from './debian-changelog.js';
import { type Binary, placeModules } from './place-modules.js';
import { type Project, ROOT } from './project.js';
import { copyFiles, place } from './tree.js';

const LIBRARY = 'usr/lib/tayori';

/** Puts all files of the package into a tree, as they are to lie under /. */
export function fillTree(tree: string, project: Project): { readonly binaries: readonly Binary[] } {
  const at = (path: string): string => join(tree, path);
  placeProgram(at, project);
  const { modules, binaries } = placeModules(ROOT, at(LIBRARY));
  placeConfig(at);
  placeSystem(at);
  placeDocuments(at, project, copyrightOf(ROOT, modules, LIBRARY));
  return { binaries };
}

type At = (path: string) => string;

/** The program, with what it finds beside itself (`src/base/package.ts`). */
function placeProgram(at: At, { version }: Project): void {
  copyFiles(`${ROOT}dist`, at(`${LIBRARY}/dist`), (path) => !/^(?:man|package)\/|\.map$/.test(path));
  copyFiles(`${ROOT}conf`, at(`${LIBRARY}/conf`), (path) => !/^(?:debian|systemd)\//.test(path));
  copyFiles(`${ROOT}includes-active`, at(`${LIBRARY}/includes-active`));
  const own = JSON.parse(read('package.json')) as Record<string, unknown>;
  const { name, description, license, type, engines } = own;
  const text = JSON.stringify({ name, version, description, license, type, engines }, null, 2);
  place(at(`${LIBRARY}/package.json`), `${text}\n`);
  const main = at(`${LIBRARY}/dist/main.js`);
  place(main, replaceOnce(readFileSync(main, 'utf8'), '#!/usr/bin/env node', '#!/usr/bin/node'));
  chmodSync(main, 0o755);
  mkdirSync(at('usr/bin'), { recursive: true });
  symlinkSync('../lib/tayori/dist/main.js', at('usr/bin/tayori'));
}

/** The sample config, for where it lies in the package, and the account that the package makes. */
function placeConfig(at: At): void {
  const changes = [
    ['\n#set uid tayori', '\nset uid tayori'],
    ['includedir ../includes-active', 'includedir includes-active'],
    [' templates/letter.hbs', ` /${LIBRARY}/conf/templates/letter.hbs`],
  ] as const;
  const text = changes.reduce((text, [from, to]) => replaceOnce(text, from, to), read('conf/tenshi.conf'));
  place(at('etc/tayori/tenshi.conf'), text);
  copyFiles(`${ROOT}includes-active`, at('etc/tayori/includes-active'));
}

/** What systemd, man and shells look for. */
function placeSystem(at: At): void {
  place(at('usr/lib/systemd/system/tayori.service'), read('conf/systemd/tayori.service'));
  for (const page of ['tayori.8', 'tenshi.conf.5', 'tayori-fleet.7'])
    place(at(`usr/share/man/man${page.at(-1)}/${page}.gz`), gzip(read(`dist/man/${page}`)));
  place(at('usr/share/bash-completion/completions/tayori'), completionFor('bash'));
  place(at('usr/share/zsh/vendor-completions/_tayori'), completionFor('zsh'));
  place(at('usr/share/lintian/overrides/tayori'), read('conf/debian/lintian-overrides'));
}

function placeDocuments(at: At, project: Project, copyright: string): void {
  const folder = 'usr/share/doc/tayori';
  place(at(`${folder}/copyright`), copyright);
  place(at(`${folder}/changelog.gz`), gzip(debianChangelog(read('CHANGELOG.md'), project)));
  place(at(`${folder}/README.md.gz`), gzip(read('README.md')));
  for (const name of ['sendmail.conf', 'nft.conf'])
    place(at(`${folder}/examples/${name}`), read(`conf/systemd/${name}`));
  for (const name of readdirSync(`${ROOT}conf/examples`))
    place(at(`${folder}/examples/${name}`), read(`conf/examples/${name}`));
}

function completionFor(shell: string): string {
  return execFileSync(process.execPath, [`${ROOT}dist/main.js`, 'completion', shell], { encoding: 'utf8' });
}

function read(path: string): string {
  return readFileSync(`${ROOT}${path}`, 'utf8');
}

/** The same text in the same bytes, whenever it is packed: Node.js writes no time. */
function gzip(text: string): Buffer {
  return gzipSync(text, { level: 9 });
}

/** A text that has changed must not go out half adapted. */
function replaceOnce(text: string, from: string, to: string): string {
  const [before, behind, ...others] = text.split(from);
  if (behind === undefined || others.length > 0) throw new Error(`not there exactly once: ${from}`);
  return `${before}${to}${behind}`;
}
