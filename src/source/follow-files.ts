import { basename, dirname, join } from 'node:path';
import type { Clock } from '../clock.js';
import { expandGlob, isGlob } from './expand-glob.js';
import { FileFollower, type FileState } from './follow-file.js';
import { headOf } from './identity.js';
import type { FilePosition, LineBatch } from './line-batch.js';
import { readRotatedName } from './rotated-name.js';
import type { Start } from './segment.js';
import type { SourceEvent } from './source-event.js';
import { watchFolders } from './watch-folders.js';

export interface FollowOptions {
  /** Absolute paths and globs. */
  readonly patterns: readonly string[];
  /** Known from the last commit. */
  readonly positions: readonly FilePosition[];
  readonly start: Start;
  /** `set tail_missing`: take up files that appear later. */
  readonly waitForMissing: boolean;
  readonly clock: Clock;
  onLines(batch: LineBatch): void;
  /** A rotated file was read to its end and let go: its position is of no more use. */
  onForget(position: FilePosition): void;
  /** What is kept of a file that was read to its end, so that it is never taken for an unread one. */
  onDone(position: FilePosition): void;
  onEvent(event: SourceEvent): void;
}

export interface Follower {
  /** Looks at everything once; resolves when all lines that stood in the files at the call have been handed on. */
  look(): Promise<void>;
  state(): FileState[];
  positions(): FilePosition[];
  close(): void;
}

/** Follows files and globs: watched for speed, looked at for certainty. Nothing is read before the first look. */
export function followFiles(options: FollowOptions): Follower {
  const files = new Map<string, FileFollower>();
  const claims = new Map<string, string>();
  let firstLook = true;

  const folders = watchFolders(
    (folder, name) => void files.get(join(folder, name))?.look(),
    (folder, reason) => options.onEvent({ kind: 'unwatchable', folder, reason }),
  );

  /** One file, one reader: a second path to it (a link, a glob that finds rotated logs) is told and left alone. */
  function claim(identity: string, path: string): string | null {
    const owner = ownerOf(identity, path) ?? rotatedFrom(path);
    if (owner === null) claims.set(identity, path);
    return owner;
  }

  /** The other path under which a file is read, or null. */
  function ownerOf(identity: string, path: string): string | null {
    const owner = claims.get(identity);
    return owner !== undefined && owner !== path && ownsStill(owner, identity) ? owner : null;
  }

  function ownsStill(owner: string, identity: string): boolean {
    const positions = files.get(owner)?.positions() ?? [];
    return positions.some(({ device, inode }) => `${device}:${inode}` === identity);
  }

  /** The path under which a rotated log was read before it came to lie here, or null. */
  function rotatedFrom(path: string): string | null {
    for (const [other, file] of files) {
      const name = dirname(other) === dirname(path) ? readRotatedName(basename(other), basename(path)) : null;
      if (name && other !== path && (name.packing || file.hasDone(headOf(path)))) return other;
    }
    return null;
  }

  function follow(path: string): void {
    if (files.has(path)) return;
    const file = new FileFollower({
      ...options,
      path,
      known: options.positions.filter((position) => position.path === path),
      start: firstLook ? options.start : { kind: 'beginning' },
      claim: (identity) => claim(identity, path),
      isTaken: (identity) => ownerOf(identity, path) !== null,
    });
    files.set(path, file);
    folders.add(dirname(path));
  }

  function findFiles(): void {
    for (const pattern of options.patterns)
      for (const path of isGlob(pattern) ? expandGlob(pattern) : [pattern]) follow(path);
    if (firstLook) for (const path of rotatedAway(options)) follow(path);
    firstLook = false;
  }

  return {
    async look() {
      findFiles();
      for (const file of files.values()) await file.look();
      for (const path of files.keys()) folders.add(dirname(path));
    },
    state: () => [...files.values()].map((file) => file.state()),
    positions: () => [...files.values()].flatMap((file) => file.positions()),
    close() {
      folders.close();
      for (const file of files.values()) file.end();
    },
  };
}

/** Paths known from before that a glob does not find just now: renamed away, and perhaps to be created again. */
function rotatedAway({ positions, patterns }: FollowOptions): string[] {
  const globs = patterns.filter(isGlob).map((glob) => dirname(glob));
  return positions
    .map(({ path }) => path)
    .filter((path) => globs.includes(dirname(path)) && basename(path) !== '');
}
