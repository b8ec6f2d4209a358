import { statSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import type { Config } from '../../config/config.js';
import { expandGlob, matchesLog } from '../../source/file/expand-glob.js';
import { FolderListings } from '../../source/file/folder-listings.js';
import { placesOf } from '../../source/file/log-places.js';
import {
  compareAge,
  possibleBases,
  type RotatedName,
  readRotatedName,
} from '../../source/file/rotation/rotated-name.js';
import { listNeighbours } from '../../source/file/rotation/surroundings.js';

/** The configs that read a log, or an entry of it. */
export type Sides = 'both' | 'old' | 'new';

/** A log with its rotated files. */
export interface RehearsedLog {
  /** The path by which configs choose how it is read; `-` is standard input. */
  readonly path: string;
  /** The oldest first. */
  readonly files: readonly string[];
  readonly sides: Sides;
}

type Followed = Pick<Config, 'logfiles'>;

/**
 * The logs that two configs follow, with their rotated files; a file that was last written to before `since` (ms) is left
 * out, since it holds no later line.
 */
export async function logsOfConfigs(now: Followed, next: Followed, since: number): Promise<RehearsedLog[]> {
  const [followedNow, followedNext] = [followedBy(now), followedBy(next)];
  const listings = new FolderListings();
  const paths = [...new Set([...followedNow, ...followedNext])];
  const found = await Promise.all(
    paths.map(async (path) => ({ path, rotated: await rotatedOf(path, listings) })),
  );
  const rotatedOnes = new Set(found.flatMap(({ rotated }) => rotated)); // a glob may match these, too
  return found
    .filter(({ path }) => !rotatedOnes.has(path))
    .map(({ path, rotated }) => ({
      path,
      files: [...rotated, path].filter((file) => isSince(file, since)),
      sides: sidesOf(followedNow.has(path), followedNext.has(path)),
    }));
}

function followedBy({ logfiles }: Followed): Set<string> {
  return new Set(logfiles.flatMap(({ value }) => expandGlob(value)));
}

function sidesOf(isNow: boolean, isNext: boolean): Sides {
  return isNow && isNext ? 'both' : isNow ? 'old' : 'new';
}

function isSince(file: string, since: number): boolean {
  const stats = statSync(file, { throwIfNoEntry: false });
  return stats === undefined || stats.mtimeMs >= since;
}

interface RotatedFile {
  readonly at: string;
  readonly name: RotatedName;
  /** When it was last written to (ms). */
  readonly mtime: number;
}

/** The rotated files of a log, the oldest first; those that another user has put beside it are none. */
async function rotatedOf(path: string, listings: FolderListings): Promise<string[]> {
  const owner = statSync(path, { throwIfNoEntry: false, bigint: true })?.uid ?? null;
  const { neighbours } = await listNeighbours({ places: placesOf(path), listings, owner, path, inodes: [] });
  const rotated = neighbours.flatMap(({ at, name, stats, refusal }) =>
    name?.sure && refusal === null ? [{ at, name, mtime: Number(stats.mtimeMs) }] : [],
  );
  return byAge(rotated);
}

/** A file that is being packed is there twice: the packed one is left out. */
function byAge(files: readonly RotatedFile[]): string[] {
  const plain = new Set(files.filter(({ name }) => !name.packing).map(({ at }) => at));
  const kept = files.filter(({ at, name }) => !name.packing || !plain.has(at.replace(/\.[^.]+$/, '')));
  const isOneKind = new Set(kept.map(({ name }) => name.age.kind)).size === 1;
  return [...kept]
    .sort((a, b) => (isOneKind ? compareAge(a.name, b.name) : 0) || a.mtime - b.mtime)
    .map(({ at }) => at);
}

/**
 * Logs that were named: files of one log are put together, by their names, if a config follows that log or it was named
 * as well.
 */
export function namedLogs(named: readonly string[], configs: readonly Followed[]): RehearsedLog[] {
  const paths = [...new Set(named.map((file) => (file === '-' ? file : resolve(file))))];
  const isLog = (path: string): boolean =>
    paths.includes(path) ||
    configs.some(({ logfiles }) => logfiles.some(({ value }) => matchesLog(value, path)));
  const logs = new Map<string, string[]>();
  for (const path of paths) {
    const log = logOf(path, isLog);
    logs.set(log, [...(logs.get(log) ?? []), path]);
  }
  return [...logs].map(([path, files]) => ({ path, files: inOrder(path, files), sides: 'both' }));
}

/** The log of which a file is a rotated one, by its name; itself where it is none. */
function logOf(path: string, isLog: (path: string) => boolean): string {
  const bases = possibleBases(basename(path)).filter((base) => readRotatedName(base, basename(path)));
  return bases.map((base) => join(dirname(path), base)).find(isLog) ?? path;
}

function inOrder(log: string, files: readonly string[]): string[] {
  const rotated = files.flatMap((at) => {
    const name = at === log ? null : readRotatedName(basename(log), basename(at));
    return name ? [{ at, name, mtime: statSync(at, { throwIfNoEntry: false })?.mtimeMs ?? 0 }] : [];
  });
  return [...byAge(rotated), ...files.filter((file) => file === log)];
}
