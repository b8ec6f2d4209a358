import { closeSync } from 'node:fs';
import type { Clock } from '../clock.js';
import { reasonOf } from '../reason-of.js';
import { Backlog, isUnread } from './backlog.js';
import { DRAIN_GRACE } from './draining-segments.js';
import { type Match, matchFile } from './evidence.js';
import type { RotatedFound } from './find-rotated.js';
import type { FolderListings } from './folder-listings.js';
import { hasSameHead, identify, isSameInode, type Seen } from './identity.js';
import { type KnownFile, knownByFile } from './known-file.js';
import type { FilePosition, LineBatch } from './line-batch.js';
import type { Loss } from './loss.js';
import type { OpenFiles } from './open-files.js';
import { type FileLook, idOf, lookAtPath, openLog, type PathLook } from './open-log.js';
import type { PackedFiles } from './packed-files.js';
import { Refilling } from './refilling.js';
import { type Before, Segment, type SegmentFile, type Start } from './segment.js';
import type { SourceEvent } from './source-event.js';
import { startOffset } from './start-offset.js';

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

/** The log, just opened, and what it is beside the one that was read before. */
interface Opened {
  readonly fd: number;
  readonly seen: Seen;
  /** What was read last under this path, as far as something was read; null: nothing. */
  readonly former: FilePosition | null;
  readonly match: Match;
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
  #current: Segment | null = null;
  #seen: PathLook | null = null;
  /** What the log was when nothing was left to be settled; null: something is. */
  #stamp: string | null = null;
  /** Set while the log may be filled again with what it held. */
  #refilling: Refilling | null = null;
  /** It is not known yet what the log is, or what came before it: it is not read then. */
  #isUnsure = false;
  #isFirst = true;
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
      live: () => this.#current?.position() ?? null,
      mayGoOn: () => this.#current?.isUntouched ?? false,
      openSegment: (file) => this.#openSegment(file),
    });
  }

  /** Sees what lies under the path now. */
  async peek(): Promise<void> {
    if (!this.#ended && !this.#skipped) this.#seen = await lookAtPath(this.#path);
  }

  /** Finds out what that means: goes on with the log, or takes up another; afterwards it is known what there is to read. */
  async settle(): Promise<void> {
    this.#isBusy = true;
    for (let looks = 1; !this.#ended && !this.#skipped; looks++) {
      this.#again = false;
      this.#isUnsure = false;
      try {
        await this.#settle(this.#seen);
      } catch (error) {
        this.#wait(reasonOf(error), { kind: 'unreadable', path: this.#path, reason: reasonOf(error) });
      }
      if (!this.#again || looks === MAX_LOOKS) break;
      await this.peek();
    }
    this.#isBusy = false;
    if (this.#ended) return;
    this.#backlog.draining.aim();
    this.#current?.aim();
  }

  /** Reads about so many bytes of what there was at the last `settle`; whether there is more. Older lines first. */
  async read(bytes: number): Promise<boolean> {
    if (this.#ended || this.#skipped) return false;
    this.#isBusy = true;
    const isHeldUp = await this.#readBacklog(bytes);
    const hasMore = !isHeldUp && (await this.#readLog(bytes));
    this.#isBusy = false;
    return !this.#ended && (hasMore || this.#backlog.draining.busyWith !== null);
  }

  state(): FileState {
    const position = this.#current?.position() ?? null;
    return { path: this.#path, position, size: this.#size, waiting: this.#waiting };
  }

  positions(): FilePosition[] {
    const open = this.#current ? [this.#current.position()] : [];
    return [...this.#backlog.positions(), ...open];
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
    const open = [
      ...(this.#current ? [this.#current.position()] : []),
      ...this.#backlog.draining.positions(),
    ];
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
    const log = this.#current ?? null;
    const position = log?.position() ?? this.#backlog.pendingLive;
    if (!position || idOf(position) !== identity) return this.#backlog.surrenderOne(identity, isIt);
    if (!log && !isIt(position)) return [];
    log?.close();
    this.#current = null;
    this.#stamp = null;
    this.#refilling = null;
    if (log) this.#options.onForget(position);
    return [...(log ? [position] : []), ...this.#backlog.surrenderAll()];
  }

  /** Whether an open file lay here, and was read to its end. */
  hasDone(fd: number): boolean {
    return this.#backlog.done.has(fd);
  }

  /** Closes a file that is not read just now. */
  park(): boolean {
    if (this.#isBusy || this.#refilling) return false;
    if (!this.#current?.isOpen) return this.#backlog.draining.park();
    this.#current.park();
    return true;
  }

  end(): void {
    this.#ended = true;
    this.#options.openFiles.forget(this);
    this.#current?.close();
    this.#backlog.end();
  }

  async #settle(seen: PathLook | null): Promise<void> {
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
    if (this.#isFirst && !this.#options.waitForMissing) this.#skipped = true;
    this.#wait('missing', { kind: 'missing', path: this.#path, skipped: this.#skipped });
    this.#isFirst = false;
  }

  /** A log that stays away is let go of, or its space on the disk would never be free. */
  #leaveDeleted(): void {
    const current = this.#current;
    if (!current) return;
    const now = this.#options.clock.now();
    this.#missedSince ??= now;
    if (!current.isOpen) this.#unlearn(current);
    else if (now - this.#missedSince >= DRAIN_GRACE) this.#retire(current, 'quietly');
  }

  /** A log that is closed just now, and does not lie under its path any more, is looked for as after a start. */
  #unlearn(segment: Segment): void {
    this.#backlog.addPending([segment.position()]);
    this.#current = null;
  }

  async #settleFile(seen: FileLook): Promise<void> {
    this.#missedSince = null;
    if (this.#current && !this.#current.isOpen && idOf(this.#current.position()) !== seen.identity)
      this.#unlearn(this.#current);
    const current = this.#current;
    const isSame = current !== null && idOf(current.position()) === seen.identity;
    const isQuiet = isSame && !this.#refilling;
    if (isQuiet && seen.stamp === this.#stamp) return this.#read();
    if (isQuiet && !current.isOpen && !this.#reopen(current, seen)) return;
    if (isQuiet && !current.isBegunAnew(seen.size)) return this.#read(seen.stamp);
    this.#stamp = null;
    const other = this.#options.claim(seen.identity);
    if (other !== null) return this.#wait('same-file', { kind: 'same-file', path: this.#path, as: other });
    const fd = this.#open(seen.identity);
    if (fd === null) return;
    let isKept = false;
    this.#opening = seen.identity;
    try {
      isKept = await this.#begin(fd);
    } finally {
      this.#opening = null;
      if (!isKept) closeSync(fd);
    }
  }

  /** Another path with more right to the file may have taken it while it was looked around. */
  #isStillMine(): boolean {
    return !this.#ended && this.#opening !== null && this.#options.claim(this.#opening) === null;
  }

  /** Opens a log again that was closed for others, and has changed since. */
  #reopen(segment: Segment, { identity }: FileLook): boolean {
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

  /** The log is as it should be. */
  #read(stamp = this.#stamp): void {
    this.#stamp = stamp;
    this.#waiting = null;
  }

  /**
   * Finds out what a file is that lies under the path and was not known to be the one that is read: the same log,
   * written anew; one that may become that; or a new log, before which what was rotated away is to be read. Whether the
   * open file is kept.
   *
   * First counts where the old file is: if it lies under the name of a rotated log or in another folder, or a copy or
   * packed form of it has such a name, then the log is new, whatever its first lines are: programs write the same ones
   * at each start. Otherwise what was read decides: a file that holds it all, as far as it was read and not only at its
   * beginning, is the old log, written anew by rsync, an editor or `cp`, or moved. (`x.log~`, `x.log.bak` and the like
   * are no names of rotated logs.) A file that only begins with it so far is waited for: it may be filled yet.
   */
  async #begin(fd: number): Promise<boolean> {
    const opened = this.#lookInto(fd);
    const { former, match, seen } = opened;
    const current = this.#current;
    if (former && !current && isSameInode(former, seen) && match.kind === 'whole')
      return await this.#goOn(opened, former);
    if (current && !isSameInode(current.position(), seen)) {
      const isGone = current.isDeleted() || this.#isBackup(current);
      if (isGone && match.kind === 'beginning' && this.#mayBeFilled(seen.size)) return false;
      if (!isGone || match.kind === 'beginning' || match.kind === 'other') {
        this.#retire(current);
        return await this.#findOut({ ...opened, former: null });
      }
    }
    return await this.#findOut(opened);
  }

  /** Whether a file lies beside the log under a name that nobody gives to rotated logs. */
  #isBackup(segment: Segment): boolean {
    const at = segment.whereabouts();
    return at !== null && this.#backlog.isBeside(at) && !this.#backlog.isRotatedName(at);
  }

  #lookInto(fd: number): Opened {
    const seen = identify(fd);
    if (!this.#current) this.#adopt(fd, seen);
    const last = this.#current?.position() ?? this.#backlog.pendingLive;
    const former = last && !isUnread(last) ? last : null;
    const match = former && matchFile(fd, seen.size, former, this.#current?.head ?? null);
    return { fd, seen, former, match: match ?? { kind: 'other' } };
  }

  /** What was read of this file under another name is gone on with here. */
  #adopt(fd: number, seen: Seen): void {
    const isIt = (position: FilePosition): boolean =>
      isSameInode(position, seen) && matchFile(fd, seen.size, position, null).kind === 'whole';
    this.#backlog.adopt(this.#options.adopt(idOf(seen), isIt));
  }

  /** What lay here has another name now, or none: it is read to its end, and a while longer. */
  #retire(segment: Segment, how?: 'quietly'): void {
    segment.become('rotated');
    this.#backlog.draining.add(segment, this.#path);
    this.#current = null;
    if (how !== 'quietly') this.#options.onEvent({ kind: 'rotated', path: this.#path });
  }

  /** Whether the log may still be filled with what it held; it is not read meanwhile. */
  #mayBeFilled(size: number): boolean {
    const now = this.#options.clock.now();
    this.#refilling ??= new Refilling(now);
    return this.#refilling.isOpen(now, size);
  }

  /** Looks for what was read, and for what was rotated away unread, before it is said what the log is. */
  async #findOut(opened: Opened): Promise<boolean> {
    const { fd, former, match } = opened;
    const since = this.#backlog.oldestUnseen() === null ? await this.#backlog.firstSight(fd) : null;
    const emptied = this.#current?.position() ?? null;
    let { seen } = opened;
    const known = (): KnownFile => {
      seen = identify(fd);
      return knownByFile(fd);
    };
    const found = await this.#backlog.find(null, emptied, { fd, known });
    this.#isUnsure = !found.isSettled;
    if (this.#isUnsure || !this.#isStillMine()) return false; // the next look tries again
    if (emptied && isUnread(emptied) && found.files.length === 0 && hasSameHead(fd, emptied)) {
      this.#current?.learn(seen);
      return false;
    }
    const old = former && found.files.find(({ sought }) => sought === former);
    if (former && !old?.isRotated) {
      if (match.kind === 'whole' || match.kind === 'moved') return await this.#goOn(opened, former);
      if (match.kind === 'beginning' && this.#mayBeFilled(seen.size)) return this.#awaitFilling();
    }
    return this.#takeUpNew({ ...opened, seen }, found, since);
  }

  #awaitFilling(): false {
    this.#isUnsure = true;
    if (this.#refilling && this.#current) this.#tellEmptied(this.#refilling, null);
    return false;
  }

  /** Reads a log on that is the one that was read, in whatever file it lies now. */
  async #goOn({ fd, seen, match }: Opened, former: FilePosition): Promise<boolean> {
    const found = await this.#backlog.find(former, null, { fd, known: () => knownByFile(fd) });
    const behind = found.isSettled && this.#isStillMine() ? this.#backlog.open(found) : null;
    this.#isUnsure = behind === null;
    if (!behind) return false;
    const offset = match.kind === 'moved' ? match.offset : former.offset;
    const current = this.#current;
    const isReplaced = current !== null && !isSameInode(current.position(), seen);
    const common = isReplaced ? this.#leaveReplaced(current, fd, offset) : 0;
    if (!isReplaced) current?.close();
    this.#current = null;
    this.#backlog.tell(found, former, 'replaced');
    const isWrittenAnew = current !== null || match.kind === 'moved' || !isSameInode(former, seen);
    if (!current && !isSameInode(former, seen)) this.#options.onForget(former);
    this.#backlog.takeUp(behind, 'rotated', former);
    const position = goneOn({ ...former, ...placeOf(seen), offset }, common);
    this.#follow({ fd, position, isFresh: false, before: null });
    if (isWrittenAnew)
      this.#options.onEvent({ kind: 'rewritten', path: this.#path, offset: position.offset });
    else this.#options.onEvent({ kind: 'opened', path: this.#path, offset, resumed: true });
    return true;
  }

  /** The log was replaced by another file with the same lines: what of it was not read and stands in both is read once. */
  #leaveReplaced(segment: Segment, fd: number, offset: number): number {
    const common = segment.linesInCommon(fd, offset);
    segment.become('rotated');
    this.#backlog.draining.add(segment, this.#path, true);
    return common;
  }

  /** Takes up a new log and what lies behind it in one step, so that a commit at any moment tells the truth. */
  #takeUpNew({ fd, seen }: Opened, found: RotatedFound, since: number | null): boolean {
    const behind = this.#backlog.open(this.#withoutOpen(found, seen));
    this.#isUnsure = behind === null;
    if (!behind) return false;
    const emptied = this.#current;
    const last = emptied?.position() ?? this.#backlog.pendingLive;
    const isCopied = last !== null && isSameInode(last, seen);
    this.#backlog.tell(behind.found, null, 'replaced');
    const copy = this.#backlog.takeUp(behind, isCopied ? 'copied' : 'rotated', null);
    const before = emptied ? this.#leaveEmptied(emptied, behind.found, copy) : copy;
    const start = since !== null && this.#isFirst ? this.#options.start : BEGINNING;
    const offset = startOffset(fd, seen.size, start);
    const place = { path: this.#path, ...placeOf(seen), since: since ?? seen.changed, offset };
    const position = { ...place, stage: 'live' } as const;
    this.#follow({ fd, position, isFresh: true, before });
    this.#options.onEvent({ kind: 'opened', path: this.#path, offset, resumed: false });
    return true;
  }

  /** What is still open is read to its end as it is, not in its packed form. */
  #withoutOpen(found: RotatedFound, seen: Seen): RotatedFound {
    const current = this.#current;
    if (!current || isSameInode(current.position(), seen)) return found;
    const open = current.position();
    this.#retire(current);
    return { ...found, files: found.files.filter(({ sought }) => sought !== open) };
  }

  /** The log was emptied under us: what it held is in its copy, or else only its begun line is left. */
  #leaveEmptied(emptied: Segment, found: RotatedFound, copy: Before | null): Before | null {
    const position = emptied.position();
    const copied = found.files.find(({ sought }) => sought?.stage === 'live');
    if (!isUnread(position)) this.#tellEmptied(this.#refilling, copied?.at ?? null);
    if (!isUnread(position) && !copied) this.#options.onLoss({ kind: 'emptied', path: this.#path });
    this.#options.onForget(position);
    emptied.close();
    return found.files.length > 0 ? copy : emptied;
  }

  /** Once, however long it is waited for its filling. */
  #tellEmptied(refilling: Refilling | null, copy: string | null): void {
    if (refilling?.isTold && copy === null) return;
    if (refilling) refilling.isTold = true;
    this.#options.onEvent({ kind: 'truncated', path: this.#path, copy });
  }

  #follow(file: Omit<SegmentFile, 'packing'>): void {
    this.#current = this.#openSegment({ ...file, packing: null });
    this.#options.openFiles.use(this);
    this.#refilling = null;
    this.#isFirst = false;
    this.#waiting = null;
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
    const current = this.#current;
    if (!current || this.#isUnsure || current.position().headLength === 0) return false;
    try {
      if (!current.isOpen && !this.#takeTurn(current)) return false;
      await current.readSome(bytes);
      return current.hasMore;
    } catch (error) {
      this.#breakOff(reasonOf(error));
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
    this.#options.openFiles.use(this);
    return true;
  }

  /** The log cannot be read any more: it is taken up where reading stopped when it can be. */
  #breakOff(reason: string): void {
    if (this.#current) this.#backlog.addPending([this.#current.position()]);
    this.#current?.close();
    this.#current = null;
    this.#wait(reason, { kind: 'unreadable', path: this.#path, reason });
  }

  #wait(reason: string, event: SourceEvent): void {
    this.#size = null;
    if (this.#waiting === reason) return;
    this.#waiting = reason;
    this.#options.onEvent(event);
  }
}

const BEGINNING: Start = { kind: 'beginning' };

function placeOf({
  device,
  inode,
  head,
  headLength,
}: Seen): Pick<FilePosition, 'device' | 'inode' | 'head' | 'headLength'> {
  return { device, inode, head, headLength };
}

/** A position so many bytes further on; what stands there before it is not known then. */
function goneOn({ tail, ...position }: FilePosition, bytes: number): FilePosition {
  const known = tail !== undefined && bytes === 0 ? { tail } : {};
  return { ...position, ...known, offset: position.offset + bytes };
}
