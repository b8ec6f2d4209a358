import type { Clock } from '../../base/time/clock.js';
import type { Loss } from '../loss.js';
import type { SourceEvent } from '../source-event.js';
import { hasSameHead, identify, isSameInode, type Seen } from './fingerprint.js';
import { type KnownFile, knownByFile } from './known-file.js';
import { type FilePosition, isUnread } from './line-batch.js';
import { idOf } from './open-log.js';
import { Refilling } from './refilling.js';
import type { Backlog } from './rotation/backlog.js';
import { type Match, matchFile } from './rotation/evidence.js';
import type { RotatedFound } from './rotation/find-rotated.js';
import type { Before, Segment, SegmentFile, Start } from './segment.js';
import { startOffset } from './start-offset.js';

export interface CurrentLogOptions {
  readonly path: string;
  readonly backlog: Backlog;
  readonly clock: Clock;
  /** For a file that is there at the first poll; one that appears later is read from its beginning. */
  readonly start: Start;
  /** Whether the file that is being identified may (still) be read for this path. */
  isMine(): boolean;
  /** Takes over what is known of a file under another path, when `isIt` says that it is that file. */
  adopt(identity: string, isIt: (position: FilePosition) => boolean): readonly FilePosition[];
  openSegment(file: SegmentFile): Segment;
  onForget(position: FilePosition): void;
  onEvent(event: SourceEvent): void;
  onLoss(loss: Loss): void;
}

/** The log, just opened, and how it compares with the file that was read before. */
interface Opened {
  readonly fd: number;
  readonly seen: Seen;
  /** The position of the file that was read last under this path; null: nothing was read. */
  readonly former: FilePosition | null;
  readonly match: Match;
}

/** The file under the path of a log: finds out which file it is, and from where to read it. */
export class CurrentLog {
  readonly #options: CurrentLogOptions;
  readonly #path: string;
  readonly #backlog: Backlog;
  #segment: Segment | null = null;
  /** Set while the log may be refilled with its old lines. */
  #refilling: Refilling | null = null;
  #isUnsure = false;
  #isFirst = true;

  constructor(options: CurrentLogOptions) {
    this.#options = options;
    this.#path = options.path;
    this.#backlog = options.backlog;
  }

  /** The segment that is read; null: none yet. */
  get segment(): Segment | null {
    return this.#segment;
  }

  /** Waits for the log to be refilled with its old lines. */
  get isRefilling(): boolean {
    return this.#refilling !== null;
  }

  /** It is not known yet which file this is, or what came before it; then it is not read. */
  get isUnsure(): boolean {
    return this.#isUnsure;
  }

  /** Whether the path was never polled before. */
  get isFirst(): boolean {
    return this.#isFirst;
  }

  /** There was nothing under the path: the file that appears is read from its beginning. */
  missed(): void {
    this.#isFirst = false;
  }

  /** A new poll begins. */
  beginPoll(): void {
    this.#isUnsure = false;
  }

  /** Closes the segment; its file is searched for as after a start. */
  lose(): void {
    this.#segment?.releaseHeld('all');
    if (this.#segment) this.#backlog.addPending([this.#segment.position()]);
    this.#segment?.close();
    this.#segment = null;
  }

  /** Closes the segment: another path continues with its file. */
  surrender(): void {
    this.#segment?.close();
    this.#segment = null;
    this.#refilling = null;
  }

  close(): void {
    this.#segment?.close();
  }

  /** The file has another name now, or none: it is read to its end, and drained for a while. */
  drain(how: 'reported' | 'quietly'): void {
    const segment = this.#segment;
    if (!segment) return;
    segment.become('rotated');
    this.#backlog.draining.add(segment, this.#path);
    this.#segment = null;
    if (how === 'reported') this.#options.onEvent({ kind: 'rotated', path: this.#path });
  }

  /** The same of a file that somebody has removed. */
  drainGone(how: 'deleted' | 'replaced'): void {
    const read = this.#segment?.position().offset ?? 0;
    this.drain('quietly');
    const what = `${read} bytes of it had been read`;
    this.#options.onEvent({ kind: 'tampered', path: this.#path, how, what });
  }

  /**
   * Finds out which file lies under the path: the same log, rewritten; a file that may become the same log; or a new
   * log, before which rotated files must be read. Returns whether the open file is kept.
   *
   * The place of the old file decides first. If the old file, a copy or its packed form has the name of a rotated log
   * or lies in another folder, the log is new, whatever its first lines are: programs write the same ones at each
   * start. Otherwise the content decides: a file that holds all that was read, not only its beginning, is the old
   * log, rewritten by rsync, an editor or `cp`, or moved. (`x.log~`, `x.log.bak` and the like are not names of
   * rotated logs.) A file that only begins like the old log may still be filled: tayori waits for that.
   */
  async begin(fd: number): Promise<boolean> {
    const opened = this.#inspect(fd);
    const { former, match, seen } = opened;
    const current = this.#segment;
    if (former && !current && isSameInode(former, seen) && match.kind === 'whole')
      return await this.#continueWith(opened, former);
    if (current && !isSameInode(current.position(), seen)) {
      const isGone = current.isDeleted() || this.#isBackup(current);
      if (isGone && match.kind === 'beginning' && this.#mayBeFilled(seen.size)) return false;
      if (!isGone || match.kind === 'beginning' || match.kind === 'other') {
        const gone = current.isDeleted() && (await this.#backlog.isGone(current.position(), fd));
        if (gone === 'unknown') return this.#tryAgain();
        if (gone) this.drainGone('replaced');
        else this.drain('reported');
        return await this.#findOut({ ...opened, former: null });
      }
    }
    return await this.#findOut(opened);
  }

  #tryAgain(): false {
    this.#isUnsure = true;
    return false;
  }

  /** Whether the file lies beside the log under a name that is not one of a rotated log. */
  #isBackup(segment: Segment): boolean {
    const at = segment.whereabouts();
    return at !== null && this.#backlog.isBeside(at) && !this.#backlog.isRotatedName(at);
  }

  #inspect(fd: number): Opened {
    const seen = identify(fd);
    if (!this.#segment) this.#adopt(fd, seen);
    const last = this.#segment?.position() ?? this.#backlog.pendingLive;
    const former = last && !isUnread(last) ? last : null;
    const match = former && matchFile(fd, seen.size, former, this.#segment?.head ?? null);
    return { fd, seen, former, match: match ?? { kind: 'other' } };
  }

  /** Continues here what was read of this file under another path. */
  #adopt(fd: number, seen: Seen): void {
    const isIt = (position: FilePosition): boolean =>
      isSameInode(position, seen) && matchFile(fd, seen.size, position, null).kind === 'whole';
    this.#backlog.adopt(this.#options.adopt(idOf(seen), isIt));
  }

  /** Whether the log may still be refilled with its old lines; it is not read meanwhile. */
  #mayBeFilled(size: number): boolean {
    const now = this.#options.clock.now();
    this.#refilling ??= new Refilling(now);
    return this.#refilling.isOpen(now, size);
  }

  /** Searches for the old file and for rotated files that were not read, then decides what the log is. */
  async #findOut(opened: Opened): Promise<boolean> {
    const { fd, former, match } = opened;
    const since = this.#backlog.oldestUnseen() === null ? await this.#backlog.firstSight(fd) : null;
    const emptied = this.#segment?.position() ?? null;
    let { seen } = opened;
    const known = (): KnownFile => {
      seen = identify(fd);
      return knownByFile(fd);
    };
    const found = await this.#backlog.find(null, emptied, { fd, known });
    this.#isUnsure = !found.isStable;
    if (this.#isUnsure || !this.#options.isMine()) return false; // the next poll tries again
    if (emptied && isUnread(emptied) && found.files.length === 0 && hasSameHead(fd, emptied)) {
      this.#segment?.learn(seen);
      return false;
    }
    const old = former && found.files.find(({ sought }) => sought === former);
    if (former && !old?.isRotated) {
      if (match.kind === 'whole' || match.kind === 'moved') return await this.#continueWith(opened, former);
      if (match.kind === 'beginning' && this.#mayBeFilled(seen.size)) return this.#awaitFilling();
    }
    return this.#takeUpNew({ ...opened, seen }, found, since);
  }

  #awaitFilling(): false {
    this.#isUnsure = true;
    if (this.#refilling && this.#segment) this.#reportTruncated(this.#refilling, null);
    return false;
  }

  /** Continues with the same log, whatever file it is in now. */
  async #continueWith({ fd, seen, match }: Opened, former: FilePosition): Promise<boolean> {
    const found = await this.#backlog.find(former, null, { fd, known: () => knownByFile(fd) });
    const behind = found.isStable && this.#options.isMine() ? this.#backlog.open(found) : null;
    this.#isUnsure = behind === null;
    if (!behind) return false;
    const offset = match.kind === 'moved' ? match.offset : former.offset;
    const current = this.#segment;
    const isReplaced = current !== null && !isSameInode(current.position(), seen);
    const common = isReplaced ? this.#leaveReplaced(current, fd, offset) : 0;
    if (!isReplaced) current?.close();
    this.#segment = null;
    this.#backlog.report(found, former, 'replaced');
    const isWrittenAnew = current !== null || match.kind === 'moved' || !isSameInode(former, seen);
    if (!current && !isSameInode(former, seen)) this.#options.onForget(former);
    this.#backlog.takeUp(behind, 'rotated', former);
    const position = movedOn({ ...former, ...placeOf(seen), offset }, common);
    this.#follow({ fd, position, isFresh: false, before: null });
    if (offset < former.offset) this.#reportShortened(former.offset - offset);
    if (isWrittenAnew)
      this.#options.onEvent({ kind: 'rewritten', path: this.#path, offset: position.offset });
    else this.#options.onEvent({ kind: 'opened', path: this.#path, offset, resumed: true });
    return true;
  }

  #reportShortened(bytes: number): void {
    const what = `${bytes} bytes were taken out of what had been read`;
    this.#options.onEvent({ kind: 'tampered', path: this.#path, how: 'replaced', what });
  }

  /** Another file with the same lines has replaced the log: unread lines that are in both are read once. */
  #leaveReplaced(segment: Segment, fd: number, offset: number): number {
    const common = segment.linesInCommon(fd, offset);
    segment.become('rotated');
    this.#backlog.draining.add(segment, this.#path, true);
    return common;
  }

  /** Begins a new log and the rotated files behind it in one step, so that a commit at any moment is consistent. */
  #takeUpNew({ fd, seen }: Opened, found: RotatedFound, since: number | null): boolean {
    const behind = this.#backlog.open(this.#withoutOpen(found, seen));
    this.#isUnsure = behind === null;
    if (!behind) return false;
    const emptied = this.#segment;
    const last = emptied?.position() ?? this.#backlog.pendingLive;
    const isCopied = last !== null && isSameInode(last, seen);
    this.#backlog.report(behind.found, null, 'replaced');
    const copy = this.#backlog.takeUp(behind, isCopied ? 'copied' : 'rotated', null);
    const before = emptied ? this.#leaveEmptied(emptied, behind.found, copy) : copy;
    const start = since !== null && this.#isFirst ? this.#options.start : BEGINNING;
    const offset = startOffset(fd, seen.size, start);
    const place = { path: this.#path, ...placeOf(seen), since: since ?? seen.mtime, offset };
    const position = { ...place, stage: 'live' } as const;
    this.#follow({ fd, position, isFresh: true, before });
    this.#options.onEvent({ kind: 'opened', path: this.#path, offset, resumed: false });
    return true;
  }

  /** A file that is still open is read to its end as it is, not in its packed form. */
  #withoutOpen(found: RotatedFound, seen: Seen): RotatedFound {
    const current = this.#segment;
    if (!current || isSameInode(current.position(), seen)) return found;
    const open = current.position();
    this.drain('reported');
    return { ...found, files: found.files.filter(({ sought }) => sought !== open) };
  }

  /** The log was truncated: its old lines are in a copy; without one, only its partial line is left. */
  #leaveEmptied(emptied: Segment, found: RotatedFound, copy: Before | null): Before | null {
    const position = emptied.position();
    const copied = found.files.find(({ sought }) => sought?.stage === 'live');
    if (!isUnread(position)) this.#reportTruncated(this.#refilling, copied?.at ?? null);
    if (!isUnread(position) && !copied)
      this.#options.onLoss({ kind: 'emptied', path: this.#path, read: position.offset });
    const isElsewhere = isUnread(position) ? found.files.length > 0 : copied !== undefined;
    if (!isElsewhere) emptied.releaseHeld('all');
    this.#options.onForget(position);
    emptied.close();
    return found.files.length > 0 ? copy : emptied;
  }

  /** Emitted once, however long the log is waited for. */
  #reportTruncated(refilling: Refilling | null, copy: string | null): void {
    if (refilling?.isReported && copy === null) return;
    if (refilling) refilling.isReported = true;
    this.#options.onEvent({ kind: 'truncated', path: this.#path, copy });
  }

  #follow(file: Omit<SegmentFile, 'packing'>): void {
    this.#segment = this.#options.openSegment({ ...file, packing: null });
    this.#refilling = null;
    this.#isFirst = false;
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

/** A position so many bytes further on; the bytes before it are not known then. */
function movedOn({ tail, ...position }: FilePosition, bytes: number): FilePosition {
  const known = tail !== undefined && bytes === 0 ? { tail } : {};
  return { ...position, ...known, offset: position.offset + bytes };
}
