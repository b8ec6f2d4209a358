import { execFileSync, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { isForThisMachine, readBinary } from './native-binary.js';
import { filesIn, place } from './tree.js';

/** A compiled part of a module that is in the package. */
export interface Binary {
  /** Where it lies in the tree. */
  readonly path: string;
  readonly bytes: Buffer;
}

/** What Node.js loads. Types, maps, sources and documents are left out; licenses go into the copyright file. */
const LOADED = /\.(?:js|cjs|mjs|json|node|wasm)$/;

/** Modules within modules, which stand for themselves; what is hidden; what node-gyp leaves of its work. */
const LEFT_OUT = /^node_modules\/|(?:^|\/)\.|\/obj\.target\//;

/**
 * Copies the modules that the program needs in production, wherever npm has put them, with what they need themselves.
 * Of compiled parts only those are taken that this machine can load. `modules`: their paths from the root.
 */
export function placeModules(
  root: string,
  to: string,
): { readonly modules: readonly string[]; readonly binaries: readonly Binary[] } {
  const modules = productionModules(root);
  const binaries: Binary[] = [];
  for (const module of modules)
    for (const file of filesIn(join(root, module))) {
      if (!LOADED.test(file) || LEFT_OUT.test(file)) continue;
      const path = join(to, module, file);
      const bytes = readFileSync(join(root, module, file));
      if (file.endsWith('.node')) {
        if (!isForThisMachine(readBinary(bytes))) continue;
        binaries.push({ path, bytes });
      }
      place(path, bytes, bytes.subarray(0, 2).toString() === '#!' ? 0o755 : 0o644);
      if (file.endsWith('.node')) strip(path);
    }
  return { modules, binaries };
}

/** Names that only debuggers read are half of a binary. Without strip(1) it is larger, and works as well. */
function strip(path: string): void {
  spawnSync('strip', ['--strip-unneeded', path]);
}

/** By their paths from the root; those within others stand for themselves. */
function productionModules(root: string): string[] {
  const listed = execFileSync('npm', ['ls', '--omit=dev', '--all', '--parseable'], {
    cwd: root,
    encoding: 'utf8',
  });
  return listed
    .split('\n')
    .map((line) => relative(root, line))
    .filter((path) => path.startsWith('node_modules/'))
    .sort();
}
