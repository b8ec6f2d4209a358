import {
  chmodSync,
  lstatSync,
  lutimesSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';

/** Writes a file, and the folders to it. */
export function place(path: string, content: string | Buffer, mode = 0o644): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, content, { mode });
}

/** The files and links below a folder, by their paths from it, in order. */
export function filesIn(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((path) => !lstatSync(join(folder, path)).isDirectory())
    .sort();
}

/** Copies the files of a folder whose path from there is wanted. */
export function copyFiles(from: string, to: string, isWanted: (path: string) => boolean = () => true): void {
  for (const path of filesIn(from)) if (isWanted(path)) place(join(to, path), readFileSync(join(from, path)));
}

/** Gives everything the same time (s), and modes that do not depend on the umask or on the tree that was copied. */
export function normalise(tree: string, time: number): void {
  for (const path of ['', ...readdirSync(tree, { recursive: true, encoding: 'utf8' })]) {
    const file = join(tree, path);
    const status = lstatSync(file);
    if (!status.isSymbolicLink())
      chmodSync(file, status.isDirectory() || status.mode & 0o100 ? 0o755 : 0o644);
    lutimesSync(file, time, time);
  }
}
