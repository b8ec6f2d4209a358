import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { controlFiles } from './control-files.js';
import { fillTree } from './fill-tree.js';
import { readProject } from './project.js';
import { normalise } from './tree.js';

/**
 * `npm run deb`: makes tayori_VERSION_ARCH.deb of the built program and of the modules in node_modules that it needs.
 * Nothing is fetched, and the same tree gives the same bytes. `--out FOLDER`: where it is put, unset: here;
 * `--version VERSION`: another one than that of package.json, for a rebuild.
 */
function main(): void {
  const { values } = parseArgs({ options: { out: { type: 'string' }, version: { type: 'string' } } });
  const project = readProject(values.version);
  const out = resolve(values.out ?? '.');
  const tree = mkdtempSync(join(tmpdir(), 'tayori-deb-'));
  try {
    const { binaries } = fillTree(tree, project);
    writeControl(tree, controlFiles(tree, project, binaries));
    normalise(tree, project.time);
    mkdirSync(out, { recursive: true });
    const file = join(out, `tayori_${project.version}_${project.architecture}.deb`);
    execFileSync('dpkg-deb', ['--root-owner-group', '--build', '-Zxz', tree, file], {
      stdio: ['ignore', 'ignore', 'inherit'],
      env: { ...process.env, SOURCE_DATE_EPOCH: String(project.time) },
    });
    process.stdout.write(`${file}\n`);
  } finally {
    rmSync(tree, { recursive: true });
  }
}

function writeControl(tree: string, files: ReadonlyMap<string, string>): void {
  const folder = join(tree, 'DEBIAN');
  mkdirSync(folder);
  for (const [name, text] of files) writeFileSync(join(folder, name), text, { mode: modeOf(name) });
}

/** The others are scripts. */
function modeOf(name: string): number {
  return ['control', 'conffiles', 'md5sums'].includes(name) ? 0o644 : 0o755;
}

main();
