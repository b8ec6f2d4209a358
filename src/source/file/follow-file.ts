import { closeSync } from 'node:fs';
import { reasonOf } from '../../base/errors.js';
import type { Clock } from '../../base/time/clock.js';
import type { Loss } from '../loss.js';
import type { SourceEvent } from '../source-event.js';
import { CurrentLog } from './current-log.js';
import type { FolderListings } from './folder-listings.js';
import type { FilePosition, LineBatch } from './line-batch.js';
import type { OpenFiles } from './open-files.js';
import { type FileStatus, idOf, openLog, type PathStatus, statPath } from './open-log.js';
import { Backlog } from './rotation/backlog.js';
import { DRAIN_GRACE } from './rotation/draining-segments.js';
import type { PackedFiles } from './rotation/packed-files.js';
import { Segment, type SegmentFile, type Start } from './segment.js';

/** What all files that are followed share. */
export interface Shared {
  readonly clock: Clock;
  readonly listings: FolderListings;
  readonly packed: PackedFiles;
  readonly openFiles: OpenFiles;
}

export interface FollowFileOptions extends Shared {
  readonly path: string;
  /** Positions of this path from the last commit. */
  readonly known: readonly FilePosition[];
  /** For a file that is there at the first look; one that comes later is read from its beginning. */
  readonly start: Start;
  readonly waitForMissing: boolean;
  /** Claims a file (device and inode) for this path, or names the path that has it. */
  claim(identity: string): string | null;
  /** Takes over what is known of a file under another path, when `isIt` says that it is that file. */
  adopt(identity: string, isIt: (position: FilePosition) => boolean): readonly FilePosition[];
  /** Whether a file is claimed by another path. */
  isTaken(identity: string): boolean;
  onLines(batch: LineBatch): void;
  onForget(position: FilePosition): void;
  /** A file is done with: keep this much of it. */
  onDone(position: FilePosition): void;
  onEvent(event: SourceEvent): void;
  onLoss(loss: Loss): void;
}

export interface FileState {
  readonly path: string;
  readonly position: FilePosition | null;
  readonly size: number | null;
  /** Why nothing is read, or null. */
  readonly waiting: string | null;
}

/** How often it is looked again when the log is rotated in the midst of a look. */
const MAX_LOOKS = 5;

/**
 * Files behind a log hold it up until so much of them was read (bytes), or so long (ms): some seconds. What is longer
 * is read beside it.
 */
const MAX_HELD_UP = 1024 * 1024 * 1024;
const LONGEST_HELD_UP = 30_000;

/**
 * A log followed by its name, through rotations. A look has three steps, so that many logs can take each of them
 * together: `peek` sees what lies under the path, `settle` finds out what that means, `read` reads. None rejects; what
 * they meet is told as events.
 */
export class FileFollower {
  readonly #options: FollowFileOptions;
  readonly #path: string;
  readonly #backlog: Backlog;
  readonly #log: CurrentLog;
  #seen: PathStatus | null = null;
  /** What the log was when nothing was left to be settled; null: something is. */
  #stamp: string | null = null;
  #size: number | null = null;
  #waiting: string | null = null;
  /** The log was rotated in the midst of a look. */
  #again = false;
  #skipped = false;
  #ended = false;
  /** The file (device and inode) of which it is being found out what it is. */
  #opening: string | null = null;
  /** It is in the midst of a step. */
  #isBusy = false;
  #missedSince: number | null = null;
  /** Since when files behind the log hold it up, and how much of them was read meanwhile. */
  #heldUp: { readonly since: number; bytes: number; isTold: boolean } | null = null;

  constructor(options: FollowFileOptions) {
    this.#options = options;
    this.#path = options.path;
    this.#backlog = new Backlog({
      ...options,
      live: () => this.#log.segment?.position() ?? null,
      mayGoOn: () => this.#log.segment?.isUntouched ?? false,
      openSegment: (file) => this.#openSegment(file),
    });
    this.#log = new CurrentLog({
      ...options,
      backlog: this.#backlog,
      isMine: () => this.#isMine(),
      openSegment: (file) => this.#openSegment(file),
    });
  }

  /** Sees what lies under the path now. While a step takes long the next ones do nothing. */
  async peek(): Promise<void> {
    if (this.#isBusy || this.#ended || this.#skipped) return;
    this.#isBusy = true;
    this.#seen = await statPath(this.#path);
    this.#isBusy = false;
  }

  /** Whether nothing has changed since it was read: the other steps have nothing to do. */
  get isQuiet(): boolean {
    const seen = this.#seen;
    const { segment } = this.#log;
    if (this.#isBusy || !this.#backlog.isEmpty || this.#log.isRefilling) return false;
    if (!segment) return seen?.kind === 'missing' && this.#waiting === 'missing';
    if (seen?.kind !== 'file' || seen.stamp !== this.#stamp || segment.isSuspect) return false;
    return segment.read >= seen.size && idOf(segment.position()) === seen.identity;
  }

  /** Finds out what that means: goes on with the log, or takes up another; afterwards it is known what there is to read. */
  async settle(): Promise<void> {
    if (this.#isBusy) return;
    this.#isBusy = true;
    for (let looks = 1; !this.#ended && !this.#skipped; looks++) {
      this.#again = false;
      this.#log.lookAgain();
      try {
        await this.#settle(this.#seen);
      } catch (error) {
        this.#wait(reasonOf(error), { kind: 'unreadable', path: this.#path, reason: reasonOf(error) });
      }
      if (!this.#again || looks === MAX_LOOKS) break;
      this.#seen = await statPath(this.#path);
    }
    this.#isBusy = false;
    if (this.#ended) return;
    this.#backlog.draining.aim();
    this.#log.segment?.aim();
  }

  /** Reads about so many bytes of what there was at the last `settle`; whether there is more. Older lines first. */
  async read(bytes: number): Promise<boolean> {
    if (this.#isBusy || this.#ended || this.#skipped) return false;
    this.#isBusy = true;
    const isHeldUp = await this.#readBacklog(bytes);
    const hasMore = !isHeldUp && (await this.#readLog(bytes));
    this.#isBusy = false;
    return !this.#ended && (hasMore || this.#backlog.draining.busyWith !== null);
  }

  state(): FileState {
    const position = this.#log.segment?.position() ?? null;
    return { path: this.#path, position, size: this.#size, waiting: this.#waiting };
  }

  positions(): FilePosition[] {
    return [...this.#backlog.positions(), ...this.#live()];
  }

  /** Whether this path has a file (device and inode): as its log, or as one that was rotated away. */
  has(identity: string): 'log' | 'rotated' | null {
    if (this.#opening === identity) return 'log';
    const found = this.positions().find((position) => idOf(position) === identity);
    if (!found) return null;
    return found.stage === 'live' ? 'log' : 'rotated';
  }

  /** Whether it reads a file, or is about to. What is only known from before may be another: inodes are used again. */
  reads(identity: string): boolean {
    const open = [...this.#live(), ...this.#backlog.draining.positions()];
    return this.#opening === identity || open.some((position) => idOf(position) === identity);
  }

  /** There is nothing under the path, and nothing of what lay there is still read. */
  get isIdle(): boolean {
    return this.#waiting === 'missing' && this.positions().length === 0;
  }

  /** What is kept of files that were read to their ends. */
  get done(): readonly FilePosition[] {
    return this.#backlog.done.all;
  }

  /** Lets go of a file, which another path reads on; with its log it gives away all that it knows. */
  surrender(identity: string, isIt: (position: FilePosition) => boolean): readonly FilePosition[] {
    const live = this.#live();
    const position = live[0] ?? this.#backlog.pendingLive;
    if (!position || idOf(position) !== identity) return this.#backlog.surrenderOne(identity, isIt);
    if (live.length === 0 && !isIt(position)) return [];
    this.#log.surrender();
    this.#stamp = null;
    for (const one of live) this.#options.onForget(one);
    return [...live, ...this.#backlog.surrenderAll()];
  }

  /** Whether an open file lay here, and was read to its end. */
  hasDone(fd: number): boolean {
    return this.#backlog.done.has(fd);
  }

  /** Closes a file that is not read just now. */
  park(): boolean {
    if (this.#isBusy || this.#log.isRefilling) return false;
    if (!this.#log.segment?.isOpen) return this.#backlog.draining.park();
    this.#log.segment.park();
    return true;
  }

  end(): void {
    this.#ended = true;
    this.#options.openFiles.forget(this);
    this.#log.close();
    this.#backlog.end();
  }

  /** The position of the log, while something is read of it. */
  #live(): FilePosition[] {
    const { segment } = this.#log;
    return segment ? [segment.position()] : [];
  }

  async #settle(seen: PathStatus | null): Promise<void> {
    if (seen?.kind === 'missing') return await this.#miss();
    if (seen?.kind === 'unreadable')
      return this.#wait(seen.reason, { kind: 'unreadable', path: this.#path, reason: seen.reason });
    if (seen === null) return;
    await this.#settleFile(seen);
    this.#size = seen.size;
  }

  /** The path leads nowhere: what lay there before is read to its end, and the log is waited for. */
  async #miss(): Promise<void> {
    this.#stamp = null;
    this.#leaveDeleted();
    if (this.#backlog.pending.length > 0) {
      const found = await this.#backlog.find(null, null, null);
      const opened = this.#ended || !found.isSettled ? null : this.#backlog.open(found);
      if (!opened) return; // the next look tries again
      this.#backlog.tell(found, null, 'deleted');
      this.#backlog.takeUp(opened, 'rotated', null);
    }
    if (this.#log.isFirst && !this.#options.waitForMissing) this.#skipped = true;
    this.#wait('missing', { kind: 'missing', path: this.#path, skipped: this.#skipped });
    this.#log.missed();
  }

  /** A log that stays away is let go of, or its space on the disk would never be free. */
  #leaveDeleted(): void {
    const { segment } = this.#log;
    if (!segment) return;
    const now = this.#options.clock.now();
    this.#missedSince ??= now;
    if (!segment.isOpen) this.#log.lose();
    else if (now - this.#missedSince >= DRAIN_GRACE) this.#log.retire('quietly');
  }

  async #settleFile(seen: FileStatus): Promise<void> {
    this.#missedSince = null;
    if (this.#isAsItWas(seen)) {
      this.#waiting = null;
      return;
    }
    this.#stamp = null;
    const other = this.#options.claim(seen.identity);
    if (other !== null) return this.#wait('same-file', { kind: 'same-file', path: this.#path, as: other });
    const fd = this.#open(seen.identity);
    if (fd === null) return;
    let isKept = false;
    this.#opening = seen.identity;
    try {
      isKept = await this.#log.begin(fd);
    } finally {
      this.#opening = null;
      if (!isKept) closeSync(fd);
    }
    if (!isKept) return;
    this.#waiting = null;
    this.#options.openFiles.use(this);
  }

  /** Whether the log is the one that is read, perhaps with more in it. Opens it again if it was closed for others. */
  #isAsItWas(seen: FileStatus): boolean {
    const { segment } = this.#log;
    if (!segment || this.#log.isRefilling) return false;
    if (idOf(segment.position()) !== seen.identity) {
      if (!segment.isOpen) this.#log.lose(); // it is looked for as after a start
      return false;
    }
    if (seen.stamp === this.#stamp && !segment.isSuspect) return true;
    if (!segment.isOpen && !this.#reopen(segment, seen)) return true; // rotated meanwhile: it is looked again
    if (segment.isBegunAnew(seen.size)) return false;
    this.#stamp = seen.stamp;
    return true;
  }

  /** Another path with more right to the file may have taken it while it was looked around. */
  #isMine(): boolean {
    return !this.#ended && this.#opening !== null && this.#options.claim(this.#opening) === null;
  }

  /** Opens a log again that was closed for others, and has changed since. */
  #reopen(segment: Segment, { identity }: FileStatus): boolean {
    const fd = this.#open(identity);
    if (fd !== null) segment.unpark(fd);
    this.#options.openFiles.use(this);
    return fd !== null;
  }

  /** null: it was rotated between looking and opening; the next look sees what is there now. */
  #open(identity: string): number | null {
    const fd = this.#options.openFiles.open(() => openLog(this.#path, identity));
    this.#again = fd === null;
    return fd;
  }

  #openSegment(file: SegmentFile): Segment {
    const { clock, openFiles, onLines, onEvent } = this.#options;
    return new Segment({
      ...file,
      clock,
      openFiles,
      onLines: (batch) => {
        if (!this.#ended) onLines(batch);
      },
      onCut: (bytes) => onEvent({ kind: 'line-cut', path: this.#path, bytes }),
    });
  }

  /** Reads what lies behind the log; whether the log must wait for more of it. */
  async #readBacklog(bytes: number): Promise<boolean> {
    const { draining } = this.#backlog;
    const read = await draining.readSome(bytes);
    const at = draining.busyWith;
    if (at === null || this.#ended) {
      this.#heldUp = null;
      return this.#ended;
    }
    const now = this.#options.clock.now();
    this.#heldUp ??= { since: now, bytes: 0, isTold: false };
    const heldUp = this.#heldUp;
    heldUp.bytes += read;
    if (heldUp.bytes < MAX_HELD_UP && now - heldUp.since < LONGEST_HELD_UP) return true;
    if (!heldUp.isTold) this.#options.onEvent({ kind: 'long-behind', path: this.#path, at });
    heldUp.isTold = true;
    return false;
  }

  /** Whether there is more. */
  async #readLog(bytes: number): Promise<boolean> {
    const { segment } = this.#log;
    if (!segment || this.#log.isUnsure || segment.position().headLength === 0) return false;
    try {
      if (!segment.isOpen && !this.#takeTurn(segment)) return false;
      if (segment.hasMore) this.#options.openFiles.use(this);
      await segment.readSome(bytes);
      return segment.hasMore;
    } catch (error) {
      this.#log.lose(); // it is taken up where reading stopped when it can be read
      const reason = reasonOf(error);
      this.#wait(reason, { kind: 'unreadable', path: this.#path, reason });
      return false;
    }
  }

  /** Opens a log again that was closed for others; whether there is anything to be read. */
  #takeTurn(segment: Segment): boolean {
    if ((this.#size ?? 0) <= segment.read) return false;
    const fd = this.#open(idOf(segment.position()));
    if (fd === null) return false; // rotated meanwhile: the next look finds it
    segment.unpark(fd);
    segment.aim();
    return true;
  }

  #wait(reason: string, event: SourceEvent): void {
    this.#size = null;
    if (this.#waiting === reason) return;
    this.#waiting = reason;
    this.#options.onEvent(event);
  }
}
