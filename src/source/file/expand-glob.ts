import { readdirSync, statSync } from 'node:fs';
import { join, parse } from 'node:path';

const WILD = /[*?[]/;

/** Whether a path holds shell wildcards. */
export function isGlob(path: string): boolean {
  return WILD.test(path);
}

/**
 * The paths that an absolute glob matches now, sorted: `*`, `?` and `[...]`, within one name each (`**` is `*`).
 * Names that begin with a dot need a dot in the glob. A name that really holds such characters is taken literally.
 * Folders that cannot be read match nothing.
 */
export function expandGlob(glob: string): string[] {
  if (exists(glob)) return [glob];
  const { root } = parse(glob);
  const parts = glob.slice(root.length).split('/').filter(Boolean);
  let found = [root];
  for (const part of parts) found = found.flatMap((folder) => matchIn(folder, part));
  return found.sort();
}

/** Whether an absolute glob matches a path, whether or not the file exists. */
export function matchesGlob(glob: string, path: string): boolean {
  const [parts, names] = [glob, path].map((one) => one.split('/').filter(Boolean));
  if (parts?.length !== names?.length) return false;
  return (parts ?? []).every((part, at) => matchesPart(part, names?.[at] ?? ''));
}

/** Whether a path is meant by a glob, or is the path itself. */
export function matchesLog(glob: string, path: string): boolean {
  return glob === path || (isGlob(glob) && matchesGlob(glob, path));
}

function matchesPart(part: string, name: string): boolean {
  return globToRegex(part).test(name) && (part.startsWith('.') || !name.startsWith('.'));
}

function matchIn(folder: string, part: string): string[] {
  const path = join(folder, part);
  if (!isGlob(part)) return exists(path) ? [path] : [];
  const name = globToRegex(part);
  return list(folder)
    .filter((file) => name.test(file) && (part.startsWith('.') || !file.startsWith('.')))
    .map((file) => join(folder, file));
}

function globToRegex(part: string): RegExp {
  const source = part.replace(/\*+|\?|\[!?[^\]]+\]|[.+^${}()|\\/[\]]/g, (token) => {
    if (token.startsWith('*')) return '.*';
    if (token === '?') return '.';
    if (token.length > 1) return token.replace(/^\[!/, '[^').replace(/\\/g, '\\\\');
    return `\\${token}`;
  });
  return new RegExp(`^${source}$`, 's');
}

function list(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return []; // not there yet, not a folder, or not readable: the next poll tries again
  }
}

function exists(path: string): boolean {
  try {
    return statSync(path, { throwIfNoEntry: false }) !== undefined;
  } catch {
    return false; // behind a folder that may not be searched
  }
}
