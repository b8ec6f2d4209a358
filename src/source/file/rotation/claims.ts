import { statSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import { fileIdOf } from '../../../base/file-id.js';
import type { FileFollower } from '../follow-file.js';
import type { FilePosition } from '../line-batch.js';
import { isLink } from '../log-places.js';
import { idOf } from '../open-log.js';
import { readRotatedName } from './rotated-name.js';

/** What `Claims` needs to know of the paths that are followed. */
export interface Followed {
  readonly files: ReadonlyMap<string, FileFollower>;
  /** Whether the config names a path as it is, not by a glob. */
  isNamed(path: string): boolean;
}

/**
 * Decides which path reads which file: each file is read once, however many names it has. Positions follow the file: a
 * path with more right to it continues where another path stopped, whether that is followed or only known.
 */
export class Claims {
  readonly #followed: Followed;
  /** Which path has a file (device and inode), or had it. */
  readonly #owners = new Map<string, string>();
  /** Positions of paths that are not followed now. */
  readonly #dormant = new Map<string, FilePosition[]>();
  /** The path from which a path takes over the file that it claimed. */
  readonly #heirs = new Map<string, string>();
  readonly #onForget: (position: FilePosition) => void;

  constructor(
    known: readonly FilePosition[],
    followed: Followed,
    onForget: (position: FilePosition) => void,
  ) {
    this.#followed = followed;
    this.#onForget = onForget;
    for (const position of known) this.#keep(position);
  }

  /** Returns the positions of a path that is followed from now on. */
  wake(path: string): readonly FilePosition[] {
    const known = this.#dormant.get(path) ?? [];
    this.#dormant.delete(path);
    return known;
  }

  /** Keeps the positions of a path that is not followed any more; forgets the oldest paths when there are too many. */
  rest(positions: readonly FilePosition[]): void {
    for (const position of positions) this.#keep(position);
    for (const [path, known] of this.#dormant) {
      if (this.#dormant.size <= MAX_DORMANT) return;
      if (!known.every(({ stage }) => stage === 'done')) continue;
      for (const position of known) this.#onForget(position);
      this.#dormant.delete(path);
    }
  }

  /** Paths that are known and not followed. */
  dormant(): string[] {
    return [...this.#dormant.keys()];
  }

  /** Claims a file for a path; returns null, or the other path that keeps it. */
  claim(identity: string, path: string): string | null {
    const owner = this.ownerOf(identity, path);
    if (owner !== null && !this.#isHeir(path, owner, identity)) return owner;
    if (owner !== null) this.#heirs.set(path, owner);
    this.#owners.set(identity, path);
    if (this.#owners.size > MAX_OWNERS) this.#prune();
    return null;
  }

  /** What a path takes over with a file that it has claimed. */
  adopt(identity: string, path: string, isIt: (position: FilePosition) => boolean): readonly FilePosition[] {
    const from = this.#heirs.get(path);
    if (from === undefined) return [];
    this.#heirs.delete(path);
    const file = this.#followed.files.get(from);
    if (file) return file.surrender(identity, isIt);
    const known = this.#dormant.get(from) ?? [];
    if (!known.some((one) => idOf(one) === identity && isIt(one))) return [];
    for (const position of known) this.#onForget(position);
    this.#dormant.delete(from);
    return known;
  }

  /** Whether another path reads a file. */
  isTaken(identity: string, path: string): boolean {
    const owner = this.#owners.get(identity);
    if (owner === undefined || owner === path) return false;
    return this.#followed.files.get(owner)?.reads(identity) ?? false;
  }

  /** The other path that has a file, or null. */
  ownerOf(identity: string, path: string): string | null {
    const owner = this.#owners.get(identity);
    return owner !== undefined && owner !== path && this.#has(owner, identity) ? owner : null;
  }

  #has(path: string, identity: string): boolean {
    const file = this.#followed.files.get(path);
    if (file) return file.has(identity) !== null;
    return this.#dormant.get(path)?.some((one) => idOf(one) === identity) ?? false;
  }

  /**
   * Whether a path has more right to a file than its owner. A path that the config names goes before one that a glob
   * found, since others may be able to create files that a glob matches; a real name goes before a link. A renamed file
   * belongs to its new name, unless that is the name of a rotated log.
   */
  #isHeir(path: string, owner: string, identity: string): boolean {
    const file = this.#followed.files.get(owner);
    if (!file) return true;
    if (file.has(identity) === 'rotated' || !liesUnder(owner, identity)) return !isRotatedName(owner, path);
    return this.#rank(path) < this.#rank(owner);
  }

  #rank(path: string): number {
    return (this.#followed.isNamed(path) ? 0 : 2) + (isLink(path) ? 1 : 0);
  }

  #keep(position: FilePosition): void {
    const { path, stage } = position;
    const known = this.#dormant.get(path);
    if (known) known.push(position);
    else this.#dormant.set(path, [position]);
    if (stage !== 'done') this.#owners.set(idOf(position), path);
  }

  /** Forgets files that are gone: rotation makes new ones for ever. */
  #prune(): void {
    for (const [identity, path] of this.#owners)
      if (!this.#has(path, identity)) this.#owners.delete(identity);
  }
}

/** How many paths that are gone are remembered: names with container ids are always new. */
const MAX_DORMANT = 10_000;

/** How many files are claimed before those that are gone are forgotten. */
const MAX_OWNERS = 100_000;

function isRotatedName(log: string, path: string): boolean {
  return dirname(log) === dirname(path) && readRotatedName(basename(log), basename(path)) !== null;
}

function liesUnder(path: string, identity: string): boolean {
  try {
    return fileIdOf(statSync(path, { bigint: true })) === identity;
  } catch {
    return false;
  }
}
