import { type BigIntStats, closeSync, openSync, readdirSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { identify } from './identity.js';
import type { FilePosition } from './line-batch.js';
import { isFileOf } from './segment.js';

/** What logrotate and its kin append: `.1`, `-20261120`, `.2026-11-20T10`, `.old`. Never a live log's own name. */
const ROTATED = /^[.\-_](?:\d[\d.\-_T]*|old)$/;

/** Where a file lies that used to be at `path`: beside it, under a name that begins like it. */
export function findRotated(path: string, position: FilePosition): string | null {
  return siblings(path).find((sibling) => isFileOf(sibling, position)) ?? null;
}

/** The file that was written to last, of those that were known at `path` and can still be found. */
export function findNewest(path: string, positions: readonly FilePosition[]): string | null {
  let newest: { readonly at: string; readonly time: bigint } | null = null;
  for (const position of positions) {
    const at = findRotated(path, position);
    const time = at === null ? null : statFile(at)?.mtimeNs;
    if (at !== null && time != null && (!newest || time > newest.time)) newest = { at, time };
  }
  return newest?.at ?? null;
}

/**
 * Logs that came and went behind the one at `last`, oldest first: rotated twice or more between two looks, so that
 * nobody has read them. They were written to since `last` was, and are no copies of it. `known` are the files (as
 * `device:inode`) that somebody reads.
 */
export function findMissed(path: string, last: string, known: ReadonlySet<string>): string[] {
  const since = statFile(last);
  const live = statFile(path);
  if (!since) return [];
  const missed: { readonly sibling: string; readonly stats: BigIntStats }[] = [];
  for (const sibling of siblings(path)) {
    const stats = ROTATED.test(basename(sibling).slice(basename(path).length)) ? statFile(sibling) : null;
    if (!stats || stats.size === 0n || stats.mtimeNs < since.mtimeNs || known.has(idOf(stats))) continue;
    if (idOf(stats) === idOf(since) || (live && idOf(stats) === idOf(live))) continue;
    if (headOf(sibling) !== headOf(last)) missed.push({ sibling, stats });
  }
  missed.sort((a, b) => Number(a.stats.mtimeNs - b.stats.mtimeNs));
  return missed.map(({ sibling }) => sibling);
}

function siblings(path: string): string[] {
  const folder = dirname(path);
  try {
    const names = readdirSync(folder).filter((name) => name.startsWith(basename(path)));
    return names.map((name) => join(folder, name));
  } catch {
    return []; // the folder is gone, and the files with it
  }
}

function statFile(path: string): BigIntStats | null {
  const stats = statSync(path, { bigint: true, throwIfNoEntry: false });
  return stats?.isFile() ? stats : null;
}

function idOf({ dev, ino }: BigIntStats): string {
  return `${dev}:${ino}`;
}

function headOf(path: string): string | null {
  let fd: number;
  try {
    fd = openSync(path, 'r');
  } catch {
    return null; // gone again
  }
  try {
    return identify(fd).head;
  } finally {
    closeSync(fd);
  }
}
