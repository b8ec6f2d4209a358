import { type BigIntStats, lstatSync } from 'node:fs';
import { basename, join, parse } from 'node:path';
import { fileIdOf } from '../../../base/file-id.js';
import type { FolderListings, Listing } from '../folder-listings.js';
import type { LogPlace } from '../log-places.js';
import { type RotatedName, readRotatedName } from './rotated-name.js';
import { Trust } from './trust.js';

/** A file in the folders of a log. */
export interface Neighbour {
  readonly at: string;
  /** Its name as that of a rotated log; null: its name only begins like the log, or it was found by its inode. */
  readonly name: RotatedName | null;
  readonly stats: BigIntStats;
  /** Why it is not read as a part of the log, or null. */
  readonly refusal: string | null;
}

export interface Surroundings {
  readonly neighbours: readonly Neighbour[];
  /** All names with their inodes, to be compared with a later listing. */
  readonly names: string;
}

/** What is sought, and where. */
export interface Sought {
  readonly places: readonly LogPlace[];
  readonly listings: FolderListings;
  /** The owner of the log; null if the log is not there. */
  readonly owner: bigint | null;
  /** The path of the log itself. */
  readonly path: string;
  /** Files (device and inode) that are sought under any name. */
  readonly inodes: readonly string[];
}

/** Lists the files around a log: beside it, in the subfolders, and beside the targets of a link. */
export async function listNeighbours(wanted: Sought): Promise<Surroundings> {
  const found = new Map<string, Neighbour>();
  for (const place of wanted.places) {
    const trust = new Trust(wanted.owner, place.folder);
    for (const listing of await listingsAt(place, wanted, trust)) {
      for (const at of namesIn(listing, place.base)) add(at, place, wanted, trust, found);
      for (const inode of wanted.inodes.filter((one) => !found.has(one))) {
        const at = listing.findInode(inode);
        if (at !== null) add(at, place, wanted, trust, found);
      }
    }
  }
  const neighbours = [...found.values()];
  return { neighbours, names: neighbours.map(({ at, stats }) => `${at} ${stats.ino}`).join('\n') };
}

async function listingsAt({ folder }: LogPlace, { listings }: Sought, trust: Trust): Promise<Listing[]> {
  const here = await listings.list(folder);
  const inside = here.folders().filter(({ stats }) => trust.maySearch(stats));
  return [here, ...(await Promise.all(inside.map(({ path }) => listings.list(path))))];
}

/** Names that begin like the log, with or without its ending: `x.log.1`, `x-20261121.log`. */
function namesIn(listing: Listing, base: string): string[] {
  const { name: stem, ext } = parse(base);
  return listing
    .startingWith(ext === '' ? base : stem)
    .filter((at) => basename(at).startsWith(base) || readRotatedName(base, basename(at)));
}

/** A file with two names counts once; the name of a rotated log is preferred. */
function add(
  at: string,
  { base }: LogPlace,
  { path, places }: Sought,
  trust: Trust,
  found: Map<string, Neighbour>,
): void {
  if (at === path || places.some((one) => at === join(one.folder, one.base))) return;
  const stats = statsOf(at);
  if (!stats?.isFile()) return; // gone again, or a link now
  const name = readRotatedName(base, basename(at));
  const key = fileIdOf(stats);
  const other = found.get(key);
  if (!other || (name && !other.name)) found.set(key, { at, name, stats, refusal: trust.refuse(stats) });
}

function statsOf(path: string): BigIntStats | null {
  try {
    return lstatSync(path, { bigint: true });
  } catch {
    return null;
  }
}
