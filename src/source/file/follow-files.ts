import { closeSync, constants, openSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type { JoinLines } from '../../base/text/joiner.js';
import { type Clock, systemClock } from '../../base/time/clock.js';
import { singleFlight } from '../../base/time/single-flight.js';
import { within } from '../../base/time/within.js';
import type { Loss } from '../loss.js';
import type { SourceEvent } from '../source-event.js';
import { expandGlob, isGlob, matchesGlob } from './expand-glob.js';
import { FolderListings } from './folder-listings.js';
import { FileFollower, type FollowFileOptions } from './follow-file.js';
import type { FilePosition, LineBatch } from './line-batch.js';
import type { FileState } from './log-status.js';
import { OpenFiles } from './open-files.js';
import { Claims } from './rotation/claims.js';
import { PackedFiles } from './rotation/packed-files.js';
import { possibleBases, readRotatedName } from './rotation/rotated-name.js';
import type { Start } from './segment.js';
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
  /** How the lines of a path are joined to entries; null or unset: each line is one. */
  joinerOf?(path: string): JoinLines | null;
  /** How many files may be open at once; unset: any number. */
  readonly maxOpen?: number;
  /** How many files that globs find are followed. */
  readonly maxFollowed?: number;
  onLines(batch: LineBatch): void;
  /** A rotated file was read to its end and closed: its position is no longer needed. */
  onForget(position: FilePosition): void;
  /** A file was read to its end: this is remembered of it, so that it is never taken for an unread one. */
  onDone(position: FilePosition): void;
  onEvent(event: SourceEvent): void;
  /** Lines of a log are lost, or may be; called in the same step in which the position moves on. */
  onLoss?(loss: Loss): void;
}

export interface Follower {
  /** Polls all files once; resolves when all lines that were in the files at the call have been handed on. */
  poll(): Promise<void>;
  /** Resolves when it is known of each file from where it is read; lines written later are not missed. */
  seen(): Promise<void>;
  state(): FileState[];
  /** How many files are open at once, if there are more; null: all are open. */
  turns(): number | null;
  positions(): FilePosition[];
  close(): void;
}

/** Bytes of one file that are read before others have their turn: some tenths of a second. */
const SLICE = 8 * 1024 * 1024;

/** How many files are detected together: they share listings of folders. */
const MAX_TOGETHER = 256;

/** How long to wait (ms) for all of them, and how long at the first poll, after which no line may be missed. */
const MAX_DETECTION = 5000;
const MAX_FIRST_DETECTION = 30_000;

/** How many files are followed: whoever can create files that a glob matches must not fill the memory. */
const MAX_FOLLOWED = 20_000;

/** Follows files and globs: watched for speed, polled for certainty. Nothing is read before the first poll. */
export function followFiles(options: FollowOptions): Follower {
  return new FilesFollower(options);
}

class FilesFollower implements Follower {
  readonly #options: FollowOptions;
  readonly #files = new Map<string, FileFollower>();
  readonly #claims: Claims;
  readonly #shared: Pick<FollowFileOptions, 'clock' | 'listings' | 'packed' | 'openFiles'>;
  readonly #named: ReadonlySet<string>;
  readonly #maxFollowed: number;
  /** Files that the watcher reported as changed and that were not polled since. */
  readonly #changed = new Set<FileFollower>();
  readonly #pollAll = singleFlight(() => this.#exclusively(() => this.#passAll()));
  readonly #pollChanged = singleFlight(() => this.#exclusively(() => this.#passChanged()));
  readonly #folders = watchFolders(
    (folder, name) => this.#onChange(join(folder, name)),
    (folder, reason) => this.#options.onEvent({ kind: 'unwatchable', folder, reason }),
  );
  readonly #seen: Promise<void>;
  #setDetected: () => void = () => {};
  #isDetected = false;
  #turn: Promise<void> = Promise.resolve();
  #isFirst = true;
  #isFull = false;
  #closed = false;

  constructor(options: FollowOptions) {
    const { clock, positions, patterns, maxOpen = Number.POSITIVE_INFINITY, onEvent, onForget } = options;
    this.#options = options;
    this.#maxFollowed = options.maxFollowed ?? MAX_FOLLOWED;
    this.#named = new Set(patterns.filter((pattern) => !isGlob(pattern)));
    const isNamed = (path: string): boolean => this.#named.has(path);
    this.#claims = new Claims(positions, { files: this.#files, isNamed }, onForget);
    this.#shared = {
      clock,
      listings: new FolderListings(),
      packed: new PackedFiles(systemClock),
      openFiles: new OpenFiles(maxOpen, (max) => onEvent({ kind: 'few-descriptors', max })),
    };
    this.#seen = new Promise((resolve) => {
      this.#setDetected = resolve;
    });
  }

  poll(): Promise<void> {
    return this.#pollAll();
  }

  seen(): Promise<void> {
    return this.#seen;
  }

  state(): FileState[] {
    return [...this.#files.values()].map((file) => file.state());
  }

  turns(): number | null {
    const { openFiles } = this.#shared;
    return openFiles.isShort ? openFiles.max : null;
  }

  positions(): FilePosition[] {
    return [...this.#files.values()].flatMap((file) => file.positions());
  }

  close(): void {
    this.#closed = true;
    this.#folders.close();
    for (const file of this.#files.values()) file.end();
    this.#setDetected();
  }

  #onChange(path: string): void {
    const file = this.#files.get(path);
    if (!file || this.#closed) return;
    this.#changed.add(file);
    void this.#pollChanged();
  }

  /** Passes never run beside each other: a file may go over from one path to another. */
  #exclusively(pass: () => Promise<void>): Promise<void> {
    const turn = this.#turn.then(pass);
    this.#turn = turn.catch(() => {}); // the caller gets the error
    return turn;
  }

  async #passAll(): Promise<void> {
    if (this.#closed) return;
    this.#findFiles();
    const files = [...this.#files.values()];
    this.#changed.clear();
    await this.#pass(files, () => {
      this.#isDetected = true;
      this.#setDetected();
    });
    for (const path of this.#files.keys()) this.#folders.add(dirname(path));
    this.#removeIdle();
  }

  async #passChanged(): Promise<void> {
    const files = [...this.#changed];
    this.#changed.clear();
    await this.#pass(files);
  }

  /**
   * Polls files in the order in which they are followed: paths that the config names have more right to a file with
   * several names. If not all can be open, some are read before others are opened. `onDetected`: it is known of each
   * from where it is read.
   */
  async #pass(files: readonly FileFollower[], onDetected: () => void = () => {}): Promise<void> {
    const inTurns = 2 * files.length > this.#shared.openFiles.max;
    const left: FileFollower[] = [];
    for (const group of this.#groups(files)) {
      const some = await this.#detect(group);
      if (inTurns) await this.#read(some);
      else left.push(...some);
    }
    onDetected();
    await this.#read(left);
  }

  /** As many as are detected together. */
  *#groups(files: readonly FileFollower[]): Generator<FileFollower[]> {
    const size = Math.max(1, Math.min(MAX_TOGETHER, Math.floor(this.#shared.openFiles.max / 4)));
    for (let at = 0; at < files.length && !this.#closed; at += size) yield files.slice(at, at + size);
  }

  /**
   * Detects what has become of files; returns those that may hold something new. A file that takes long continues by
   * itself and is read with a later poll: others do not wait for it.
   */
  async #detect(files: readonly FileFollower[]): Promise<FileFollower[]> {
    // Disks have their own time, whatever the daemon's clock says.
    const limit = this.#isDetected ? MAX_DETECTION : MAX_FIRST_DETECTION;
    await within(systemClock, limit, Promise.all(files.map((file) => file.peek())));
    const changed = files.filter((file) => !file.isQuiet);
    if (changed.length > 0)
      await within(systemClock, limit, Promise.all(changed.map((file) => file.detect())));
    return changed;
  }

  /** Reads what there was when the files were detected, in turns, so that no file keeps others waiting. */
  async #read(files: readonly FileFollower[]): Promise<void> {
    for (let left = files; left.length > 0 && !this.#closed; ) {
      const more: FileFollower[] = [];
      for (const file of left) if (await file.read(SLICE)) more.push(file);
      left = more;
      if (left.length > 0) await this.#readChanged(left);
    }
  }

  /** Between two turns of long files: one turn for files that have changed meanwhile. */
  async #readChanged(busy: readonly FileFollower[]): Promise<void> {
    const files = [...this.#changed].filter((file) => !busy.includes(file));
    for (const file of files) this.#changed.delete(file);
    for (const some of this.#groups(files)) {
      for (const file of await this.#detect(some)) if (await file.read(SLICE)) this.#changed.add(file);
    }
  }

  #findFiles(): void {
    const { patterns } = this.#options;
    for (const path of this.#named) this.#follow(path);
    for (const glob of patterns.filter(isGlob)) for (const path of expandGlob(glob)) this.#follow(path);
    if (this.#isFirst) for (const path of this.#rotatedAway()) this.#follow(path);
    this.#isFirst = false;
  }

  /** Known paths that globs do not find now: the files were renamed, and may be created again. */
  #rotatedAway(): string[] {
    const globs = this.#options.patterns.filter(isGlob);
    return this.#claims.dormant().filter((path) => globs.some((glob) => matchesGlob(glob, path)));
  }

  #follow(path: string): void {
    if (this.#files.has(path)) return;
    if (this.#files.size >= this.#maxFollowed && !this.#named.has(path)) return this.#reportFull();
    const file = new FileFollower({
      ...this.#options,
      ...this.#shared,
      path,
      known: this.#claims.wake(path),
      start: this.#isFirst ? this.#options.start : { kind: 'beginning' },
      join: this.#options.joinerOf?.(path) ?? null,
      claim: (identity) => this.#claim(identity, path),
      adopt: (identity, isIt) => this.#claims.adopt(identity, path, isIt),
      isTaken: (identity) => this.#claims.isTaken(identity, path),
      onLoss: (loss) => this.#options.onLoss?.(loss),
    });
    this.#files.set(path, file);
    this.#folders.add(dirname(path));
  }

  #reportFull(): void {
    if (!this.#isFull) this.#options.onEvent({ kind: 'too-many-files', max: this.#maxFollowed });
    this.#isFull = true;
  }

  /** One file, one reader: a second path to it (a link, a glob that finds rotated logs) is reported and not read. */
  #claim(identity: string, path: string): string | null {
    return this.#rotatedFrom(path) ?? this.#claims.claim(identity, path);
  }

  /** The path under which a rotated log was read before it was renamed to `path`, or null. */
  #rotatedFrom(path: string): string | null {
    for (const base of possibleBases(basename(path))) {
      const log = join(dirname(path), base);
      const file = log === path ? undefined : this.#files.get(log);
      const name = file && readRotatedName(base, basename(path));
      if (name && (name.packing || hasRead(file, path))) return log;
    }
    return null;
  }

  /** Forgets files that a glob found and that are gone, except for what is remembered of files that were read. */
  #removeIdle(): void {
    for (const [path, file] of this.#files) {
      if (this.#named.has(path) || !file.isIdle) continue;
      this.#files.delete(path);
      this.#claims.rest(file.done);
      file.end();
    }
    this.#isFull &&= this.#files.size >= this.#maxFollowed;
  }
}

/** Whether the file at a path was read to its end as the log of another path. */
function hasRead(file: FileFollower, path: string): boolean {
  let fd: number;
  try {
    fd = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  } catch {
    return false; // gone again
  }
  try {
    return file.hasDone(fd);
  } finally {
    closeSync(fd);
  }
}
