import { closeSync } from 'node:fs';
import { reasonOf } from '../../base/errors.js';
import type { Loss } from '../loss.js';
import { BacklogLimit } from './backlog-limit.js';
import { CurrentLog } from './current-log.js';
import type { FolderListings } from './folder-listings.js';
import type { FilePosition } from './line-batch.js';
import { LogOpener, type LogOpenerOptions } from './log-opener.js';
import { type FileState, LogStatus } from './log-status.js';
import { type FileStatus, idOf, type PathStatus, statPath } from './open-log.js';
import { type FollowedLog, pathChange } from './path-change.js';
import { Backlog } from './rotation/backlog.js';
import { DRAIN_GRACE } from './rotation/draining-segments.js';
import type { PackedFiles } from './rotation/packed-files.js';
import type { Segment, Start } from './segment.js';

export interface FollowFileOptions extends LogOpenerOptions {
  readonly listings: FolderListings;
  readonly packed: PackedFiles;
  /** Positions of this path from the last commit. */
  readonly known: readonly FilePosition[];
  /** For a file that is there at the first poll; one that appears later is read from its beginning. */
  readonly start: Start;
  readonly waitForMissing: boolean;
  /** Claims a file (device and inode) for this path, or names the path that has it. */
  claim(identity: string): string | null;
  /** Takes over what is known of a file under another path, when `isIt` says that it is that file. */
  adopt(identity: string, isIt: (position: FilePosition) => boolean): readonly FilePosition[];
  /** Whether a file is claimed by another path. */
  isTaken(identity: string): boolean;
  onForget(position: FilePosition): void;
  /** A file was read to its end: this is to be remembered of it. */
  onDone(position: FilePosition): void;
  onLoss(loss: Loss): void;
}

/** How often detecting starts again in one poll because the log is rotated meanwhile. */
const MAX_ATTEMPTS = 5;

/**
 * A log followed by its name, through rotations. A poll has three steps, so that many logs can take each of them
 * together: `peek` asks what lies under the path, `detect` finds out which file that is, `read` reads. None rejects;
 * trouble is emitted as events.
 */
export class FileFollower {
  readonly #options: FollowFileOptions;
  readonly #path: string;
  readonly #backlog: Backlog;
  readonly #log: CurrentLog;
  readonly #limit: BacklogLimit;
  readonly #opener: LogOpener;
  readonly #status: LogStatus;
  #seen: PathStatus | null = null;
  /** `FileStatus.stamp` of the log when it was last known to be the same; null: something has changed since. */
  #stamp: string | null = null;
  #skipped = false;
  #ended = false;
  /** The file (device and inode) that is being identified. */
  #opening: string | null = null;
  /** A step is under way. */
  #isBusy = false;
  #missedSince: number | null = null;

  constructor(options: FollowFileOptions) {
    this.#options = options;
    this.#path = options.path;
    this.#opener = new LogOpener(options);
    this.#status = new LogStatus(options.path, options.onEvent);
    this.#limit = new BacklogLimit((at) => options.onEvent({ kind: 'long-backlog', path: options.path, at }));
    this.#backlog = new Backlog({
      ...options,
      live: () => this.#log.segment?.position() ?? null,
      mayGoOn: () => this.#log.segment?.isUntouched ?? false,
      openSegment: (file) => this.#opener.openSegment(file),
    });
    this.#log = new CurrentLog({
      ...options,
      backlog: this.#backlog,
      isMine: () => this.#isMine(),
      openSegment: (file) => this.#opener.openSegment(file),
    });
  }

  /** Asks what lies under the path now. While a step is under way, the others do nothing. */
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
    if (this.#isBusy || !seen || !this.#backlog.isEmpty || this.#log.isRefilling) return false;
    if (!segment) return seen.kind === 'missing' && this.#status.isMissing;
    const change = pathChange(seen, this.#followed());
    return change.kind === 'unchanged' && segment.read >= change.file.size && !segment.isOverdue;
  }

  /** Finds out which file that is: the same log, or another one. Afterwards it is known what there is to read. */
  async detect(): Promise<void> {
    if (this.#isBusy) return;
    this.#isBusy = true;
    for (let attempt = 1; !this.#ended && !this.#skipped; attempt++) {
      this.#opener.beginAttempt();
      this.#log.beginPoll();
      try {
        if (this.#seen) await this.#detect(this.#seen);
      } catch (error) {
        this.#status.waitUnreadable(reasonOf(error));
      }
      if (!this.#opener.wasRotated || attempt === MAX_ATTEMPTS) break;
      this.#seen = await statPath(this.#path);
    }
    this.#isBusy = false;
    if (this.#ended) return;
    this.#backlog.draining.aim();
    this.#log.segment?.aim();
  }

  /** Reads about so many bytes of what there was at the last `detect`; whether there is more. Older lines first. */
  async read(bytes: number): Promise<boolean> {
    if (this.#isBusy || this.#ended || this.#skipped) return false;
    this.#isBusy = true;
    const mustWait = await this.#readBacklog(bytes);
    const hasMore = !mustWait && (await this.#readLog(bytes));
    this.#isBusy = false;
    return !this.#ended && (hasMore || this.#backlog.draining.busyWith !== null);
  }

  state(): FileState {
    return this.#status.state(this.#log.segment?.position() ?? null);
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
    return this.#status.isMissing && this.positions().length === 0;
  }

  /** What is remembered of files that were read to their ends. */
  get done(): readonly FilePosition[] {
    return this.#backlog.done.all;
  }

  /** Hands a file over to another path that reads on; with its log it hands over all that it knows. */
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

  /** Closes a file that is not being read. */
  park(): boolean {
    if (this.#isBusy || this.#log.isRefilling) return false;
    if (!this.#log.segment?.isOpen) return this.#backlog.draining.park();
    this.#log.segment.park();
    return true;
  }

  end(): void {
    this.#ended = true;
    this.#opener.end();
    this.#options.openFiles.forget(this);
    this.#log.close();
    this.#backlog.end();
  }

  /** The position of the log, if one is read. */
  #live(): FilePosition[] {
    const { segment } = this.#log;
    return segment ? [segment.position()] : [];
  }

  /** The log, unless it may be refilled with its old lines; then nothing is sure of it. */
  #followed(): FollowedLog | null {
    const { segment, isRefilling } = this.#log;
    if (!segment || isRefilling) return null;
    return { identity: idOf(segment.position()), stamp: this.#stamp, isSuspect: segment.isSuspect };
  }

  async #detect(seen: PathStatus): Promise<void> {
    if (seen.kind === 'file') this.#missedSince = null;
    const change = pathChange(seen, this.#followed());
    switch (change.kind) {
      case 'missing':
        return await this.#miss();
      case 'unreadable':
        return this.#status.waitUnreadable(change.reason);
      case 'unchanged':
        this.#status.ready();
        break;
      case 'changed':
        if (this.#isSameLog(change.file)) this.#status.ready();
        else await this.#begin(change.file);
        break;
      case 'other':
        // A log that was closed for others, and has another file in its place, is searched for as after a start.
        if (!this.#log.isRefilling && this.#log.segment?.isOpen === false) this.#log.lose();
        await this.#begin(change.file);
        break;
    }
    this.#status.seen(change.file.size);
  }

  /** The path leads nowhere: the former log is read to its end, and the next one is waited for. */
  async #miss(): Promise<void> {
    this.#stamp = null;
    if (!(await this.#leaveDeleted())) return; // the next poll tries again
    if (this.#backlog.pending.length > 0) {
      const found = await this.#backlog.find(null, null, null);
      const opened = this.#ended || !found.isStable ? null : this.#backlog.open(found);
      if (!opened) return; // the next poll tries again
      this.#backlog.report(found, null, 'deleted');
      this.#backlog.takeUp(opened, 'rotated', null);
    }
    if (this.#log.isFirst && !this.#options.waitForMissing) this.#skipped = true;
    this.#status.wait('missing', { kind: 'missing', path: this.#path, skipped: this.#skipped });
    this.#log.missed();
  }

  /** A log that stays away is closed, or its space on the disk would never be free. False: tried again. */
  async #leaveDeleted(): Promise<boolean> {
    const { segment } = this.#log;
    if (!segment) return true;
    const now = this.#options.clock.now();
    this.#missedSince ??= now;
    if (!segment.isOpen) this.#log.lose();
    else if (now - this.#missedSince >= DRAIN_GRACE) {
      const gone = segment.isDeleted() && (await this.#backlog.isGone(segment.position(), null));
      if (gone === 'unknown') return false;
      if (gone) this.#log.drainGone('deleted');
      else this.#log.drain('quietly');
    }
    return true;
  }

  /** Takes up the file that lies under the path, if it may be read. */
  async #begin(seen: FileStatus): Promise<void> {
    this.#stamp = null;
    const other = this.#options.claim(seen.identity);
    if (other !== null)
      return this.#status.wait('same-file', { kind: 'same-file', path: this.#path, as: other });
    const fd = this.#opener.open(seen.identity);
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
    this.#status.ready();
    this.#options.openFiles.use(this);
  }

  /** Whether a file that has changed is still the log, with more in it. Opens it again if it was closed for others. */
  #isSameLog(seen: FileStatus): boolean {
    const { segment } = this.#log;
    if (!segment) return false;
    if (!segment.isOpen) {
      const isOpen = this.#reopen(segment);
      this.#options.openFiles.use(this);
      if (!isOpen) return true; // rotated meanwhile: the next attempt sees what lies there now
    }
    if (segment.isRewritten(seen.size)) return false;
    this.#stamp = seen.stamp;
    return true;
  }

  /** Another path with more right to the file may have taken it meanwhile. */
  #isMine(): boolean {
    return !this.#ended && this.#opening !== null && this.#options.claim(this.#opening) === null;
  }

  /** Opens a log again that was closed for others; false: it was rotated meanwhile. */
  #reopen(segment: Segment): boolean {
    const fd = this.#opener.open(idOf(segment.position()));
    if (fd !== null) segment.unpark(fd);
    return fd !== null;
  }

  /** Reads the rotated files behind the log; whether the log must wait for more of them. */
  async #readBacklog(bytes: number): Promise<boolean> {
    const { draining } = this.#backlog;
    const read = await draining.readSome(bytes);
    const at = draining.busyWith;
    if (at !== null && !this.#ended) return this.#limit.mustWait(at, read, this.#options.clock.now());
    this.#limit.clear();
    return this.#ended;
  }

  /** Whether there is more. */
  async #readLog(bytes: number): Promise<boolean> {
    const { segment } = this.#log;
    if (!segment || this.#log.isUnsure || segment.position().headLength === 0) return false;
    try {
      if (!segment.isOpen && !this.#takeTurn(segment)) return false; // when rotated, the next poll finds it
      if (segment.hasMore) this.#options.openFiles.use(this);
      await segment.readSome(bytes);
      segment.releaseHeld('overdue');
      return segment.hasMore;
    } catch (error) {
      this.#log.lose(); // when it can be read again, it is read from where reading stopped
      this.#status.waitUnreadable(reasonOf(error));
      return false;
    }
  }

  /** Opens a log again that was closed for others; whether there is anything to be read. */
  #takeTurn(segment: Segment): boolean {
    segment.releaseHeld('overdue');
    if ((this.#status.size ?? 0) <= segment.read || !this.#reopen(segment)) return false;
    segment.aim();
    return true;
  }
}
