import { closeSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import type { Clock } from '../../../base/time/clock.js';
import type { Loss } from '../../loss.js';
import type { SourceEvent } from '../../source-event.js';
import { COARSE, hashHead, identify } from '../fingerprint.js';
import type { FolderListings } from '../folder-listings.js';
import { type KnownFile, knownByFile, knownByPosition } from '../known-file.js';
import { type FilePosition, isUnread, type Stage } from '../line-batch.js';
import { isSameFolder, type LogPlace, placesOf } from '../log-places.js';
import type { OpenFiles } from '../open-files.js';
import { idOf, openLog } from '../open-log.js';
import type { Before, Segment, SegmentFile } from '../segment.js';
import { endOfHole } from '../start-offset.js';
import type { Candidate } from './candidate.js';
import { DrainingSegments } from './draining-segments.js';
import { hashTail, TAIL_BYTES } from './evidence.js';
import {
  findRotated,
  listRotated,
  NOTHING_FOUND,
  type Rotated,
  type RotatedFound,
  type RotatedSought,
} from './find-rotated.js';
import type { PackedFiles } from './packed-files.js';
import { createProcessedFiles, MIN_PROCESSED, type ProcessedFiles } from './processed-files.js';
import { readRotatedName } from './rotated-name.js';

export interface BacklogOptions {
  readonly path: string;
  /** Positions of this path from the last commit. */
  readonly known: readonly FilePosition[];
  readonly clock: Clock;
  readonly listings: FolderListings;
  readonly packed: PackedFiles;
  readonly openFiles: OpenFiles;
  /** Whether a file is claimed by another path. */
  isTaken(identity: string): boolean;
  /** The position of the log itself, while it is open. */
  live(): FilePosition | null;
  /** Whether a partial last line may still continue in the log. */
  mayGoOn(): boolean;
  openSegment(file: SegmentFile): Segment;
  onForget(position: FilePosition): void;
  onDone(position: FilePosition): void;
  onEvent(event: SourceEvent): void;
  onLoss(loss: Loss): void;
}

/** Rotated files that were found and opened; the owner closes them. */
export interface OpenedBacklog {
  readonly found: RotatedFound;
  readonly files: readonly (Rotated & { readonly fd: number })[];
}

/** How many unreadable files of a log are remembered as reported: names with dates are always new. */
const MAX_REPORTED = 100;

/** How many former places of a log behind a link are remembered: the target of a link changes. */
const MAX_FORMER_PLACES = 8;

/** All files of one log except the one under its path: the rotated ones, read or not. */
export class Backlog {
  readonly draining: DrainingSegments;
  readonly #options: BacklogOptions;
  readonly #done: ProcessedFiles;
  readonly #reported = new Set<string>();
  /** Known from before, and not found yet. */
  #pending: FilePosition[];
  #formerPlaces: LogPlace[] = [];
  /** The owner of the log; null: it was not there yet. */
  #owner: bigint | null = null;
  #ended = false;

  constructor(options: BacklogOptions) {
    const { clock, known, onDone, onForget, path } = options;
    this.#options = options;
    this.#pending = known.filter(({ stage }) => stage !== 'done');
    this.#done = createProcessedFiles(
      known.filter(({ stage }) => stage === 'done'),
      onDone,
      onForget,
    );
    this.draining = new DrainingSegments({
      clock,
      open: (at, identity) => quietly(() => options.openFiles.open(() => openLog(at, identity))),
      goesOn: (segment) => segment.position().stage === 'copied' && options.mayGoOn(),
      onClosed: (position, changed) => {
        onForget(position);
        if (changed !== null) this.remember(position, changed);
      },
      onUnreadable: (at, reason) => {
        if (this.#reportUnreadable(at, reason)) options.onLoss({ kind: 'unreadable', path });
      },
    });
  }

  get pending(): readonly FilePosition[] {
    return this.#pending;
  }

  get done(): ProcessedFiles {
    return this.#done;
  }

  /** Whether no file is searched for, and none is still read. */
  get isEmpty(): boolean {
    return this.#pending.length === 0 && this.draining.isEmpty;
  }

  /** The former log, if it has not been found yet. */
  get pendingLive(): FilePosition | null {
    return this.#pending.findLast(({ stage }) => stage === 'live') ?? null;
  }

  /** Whether a path is in the folder of the log, or of what a link leads to. */
  isBeside(path: string): boolean {
    return placesOf(this.#options.path).some(({ folder }) => isSameFolder(folder, dirname(path)));
  }

  /** Whether a path has the name of a rotated file of the log. */
  isRotatedName(path: string): boolean {
    return placesOf(this.#options.path).some(({ base }) => readRotatedName(base, basename(path)) !== null);
  }

  positions(): FilePosition[] {
    return [...this.#pending, ...this.draining.positions()];
  }

  /** Adds positions whose files are searched for like those from the last commit. */
  addPending(positions: readonly FilePosition[]): void {
    this.#pending.push(...positions);
  }

  /** Takes over positions of the log from another path. */
  adopt(positions: readonly FilePosition[]): void {
    const { path } = this.#options;
    for (const one of positions)
      if (one.stage === 'done') this.#done.keep({ ...one, path });
      else this.#pending.push({ ...one, path });
  }

  /** Hands all positions over to another path. */
  surrenderAll(): FilePosition[] {
    const { onForget } = this.#options;
    const read = this.positions();
    for (const one of read) onForget(one);
    this.#pending = [];
    this.draining.clear();
    return [...read, ...this.#done.clear()];
  }

  /** Hands over one rotated file that turned out to be the log of another path. */
  surrenderOne(identity: string, isIt: (position: FilePosition) => boolean): FilePosition[] {
    const found = this.positions().find((one) => idOf(one) === identity && isIt(one));
    if (!found) return [];
    this.#pending = this.#pending.filter((one) => one !== found);
    this.draining.clear((one) => one === found);
    this.#options.onForget(found);
    return [{ ...found, stage: 'live' }];
  }

  /** `changed`: when it was last written to. */
  remember(position: FilePosition, changed: number): void {
    this.#done.add(position, changed, this.#oldestKnown() ?? changed);
  }

  /** Files with an older mtime (ms) were rotated before this path was followed; null: nothing is known of the path. */
  oldestUnseen(): number | null {
    return this.#oldestKnown() ?? this.#done.latest;
  }

  /** A new path: the rotated files around it are not to be read. Returns the mtime (ms) from which on files are new. */
  async firstSight(fd: number): Promise<number> {
    const { mtime } = this.#noteOwner(fd);
    const others = (await listRotated({ ...this.#around(), since: mtime })).sort((a, b) => b.mtime - a.mtime);
    for (const one of others.slice(0, MIN_PROCESSED).reverse()) {
      const position = await this.#positionOf(one);
      if (this.#ended) return mtime;
      this.remember(position, one.mtime);
    }
    const older = others[MIN_PROCESSED];
    return older ? Math.max(mtime, older.mtime + COARSE + 1) : mtime;
  }

  /**
   * Searches for files that were not read to their end and, unless the log is still the same (`same`), for files that
   * were never seen. `emptied`: the position of the log before it was truncated. `live`: the log, open; null: it is not
   * there.
   */
  async find(
    same: FilePosition | null,
    emptied: FilePosition | null,
    live: { readonly fd: number; known(): KnownFile } | null,
  ): Promise<RotatedFound> {
    if (live) this.#noteOwner(live.fd);
    const sought = [...this.#pending, ...(emptied ? [emptied] : [])].filter(
      (one) => one !== same && !isUnread(one),
    );
    const since = same ? null : this.oldestUnseen();
    if (sought.length === 0 && since === null) return NOTHING_FOUND;
    return await findRotated({
      ...this.#around(),
      sought,
      since,
      known: () => [
        ...this.draining.known(),
        ...this.#done.all.map((one) => knownByPosition(one, one.since)),
        ...(live ? [live.known()] : []),
      ],
      isTaken: this.#options.isTaken,
    });
  }

  /** Opens the files that were found; null when one was renamed meanwhile. */
  open(found: RotatedFound): OpenedBacklog | null {
    const files: (Rotated & { fd: number })[] = [];
    for (const one of found.files) {
      const fd = quietly(() => this.#options.openFiles.open(() => one.open()));
      if (fd === null) {
        for (const { fd } of files) closeSync(fd);
        return null;
      }
      files.push({ ...one, fd });
    }
    return { found, files };
  }

  /**
   * Reads the files that were found from now on, oldest first, and forgets the others. Returns the last copy: its
   * partial line may continue in the log. `same`: the position at which the log itself continues.
   */
  takeUp({ files }: OpenedBacklog, stage: Stage, same: FilePosition | null): Before | null {
    const { path, openSegment, onForget } = this.#options;
    const since = this.oldestUnseen() ?? 0;
    for (const one of this.#pending) if (one !== same) onForget(one);
    this.#pending = [];
    let before = this.draining.lastCopy();
    for (const { at, fd, packing, place, sought } of files) {
      const isCopy = (sought && sought.stage !== 'live' ? sought.stage : stage) === 'copied';
      const offset = sought || packing ? place.offset : endOfHole(fd, identify(fd).size);
      const left = isCopy ? 'copied' : 'rotated';
      const position = { since, ...sought, path, ...place, offset, stage: left } as const;
      const segment = openSegment({
        fd,
        packing,
        position,
        isFresh: sought === null,
        before: isCopy ? before : null,
      });
      this.draining.add(segment, at);
      before = isCopy ? segment : null;
    }
    return before;
  }

  /**
   * Emits what was found and what is lost. `moved`: the position at which the log continues. `how`: how others were
   * lost.
   */
  report(found: RotatedFound, moved: FilePosition | null, how: Loss['kind']): void {
    const { path, onEvent, onLoss } = this.#options;
    for (const { at, place } of found.files) onEvent({ kind: 'backlog', path, at, offset: place.offset });
    for (const { path: at, reason } of found.unreadable) this.#reportUnreadable(at, reason);
    for (const one of found.lost) {
      if (one === moved || !this.#pending.includes(one) || one.stage !== 'live') continue;
      onEvent({ kind: 'lost', path, bytes: null });
      onLoss({ kind: how, path, read: one.offset });
    }
  }

  /** Whether a file without a name is not there packed either; `unknown`: names change. `live`: what has its place. */
  async isGone(position: FilePosition, live: number | null): Promise<boolean | 'unknown'> {
    if (isUnread(position)) return false;
    const found = await findRotated({
      ...this.#around(),
      sought: [position],
      since: null,
      known: () => [...this.draining.known(), ...(live === null ? [] : [knownByFile(live)])],
      isTaken: this.#options.isTaken,
    });
    return found.isStable && !this.#ended ? found.lost.length > 0 : 'unknown';
  }

  /** Closes all files. */
  end(): void {
    this.#ended = true;
    this.draining.end();
  }

  #around(): Pick<RotatedSought, 'path' | 'places' | 'owner' | 'listings' | 'packed'> {
    const { path, listings, packed } = this.#options;
    const now = placesOf(path);
    const isNow = ({ folder, base }: LogPlace): boolean =>
      now.some((one) => one.folder === folder && one.base === base);
    const former = this.#formerPlaces.filter((place) => !isNow(place));
    this.#formerPlaces = [...former, ...now].slice(-MAX_FORMER_PLACES);
    return { path, places: [...now, ...former], owner: this.#owner, listings, packed };
  }

  /** Records the owner of the log. */
  #noteOwner(fd: number): ReturnType<typeof identify> {
    const seen = identify(fd);
    this.#owner = seen.owner;
    return seen;
  }

  #oldestKnown(): number | null {
    const live = this.#options.live();
    const known = [...this.positions(), ...(live ? [live] : [])].map(({ since }) => since);
    return known.length > 0 ? Math.min(...known) : null;
  }

  /** What is remembered of a file that was there before its log was seen. Unpacking all of it would cost too much. */
  async #positionOf(one: Candidate): Promise<FilePosition> {
    const { device, inode, head } = one;
    const place = {
      path: this.#options.path,
      device,
      inode,
      ...hashHead(head),
      stage: 'done',
      since: 0,
    } as const;
    if (one.packing) return { ...place, offset: 0 };
    const { bytes, end } = await one.endAt(one.size, TAIL_BYTES);
    return { ...place, offset: end, tail: hashTail(bytes) };
  }

  /** Emits it the first time; whether this is the first time. */
  #reportUnreadable(at: string, reason: string): boolean {
    if (this.#reported.has(`${at}\n${reason}`)) return false;
    if (this.#reported.size >= MAX_REPORTED) this.#reported.clear();
    this.#reported.add(`${at}\n${reason}`);
    this.#options.onEvent({ kind: 'unreadable', path: at, reason, log: this.#options.path });
    return true;
  }
}

/** null: it cannot be opened any more; the next poll finds it under its new name, or reports why. */
function quietly(open: () => number | null): number | null {
  try {
    return open();
  } catch {
    return null;
  }
}
