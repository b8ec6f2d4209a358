import { closeSync } from 'node:fs';
import type { Clock } from '../clock.js';
import { reasonOf } from '../reason-of.js';
import { createDoneFiles, type DoneFiles, FEWEST_DONE } from './done-files.js';
import { DrainingSegments } from './draining-segments.js';
import { findRotated, listRotated, type RotatedFound } from './find-rotated.js';
import {
  beginsLike,
  COARSE,
  HEAD_BYTES,
  hashHead,
  hasSameHead,
  identify,
  isSameInode,
  type KnownFile,
  knownByFile,
  knownByPosition,
  readHead,
  type Seen,
} from './identity.js';
import type { FilePosition, LineBatch, Stage } from './line-batch.js';
import { lookInTurn } from './look-in-turn.js';
import { idOf, lookAtPath, openLog, type PathLook } from './open-log.js';
import { type Before, Segment, type Start, startOffset } from './segment.js';
import type { SourceEvent } from './source-event.js';
import type { Packing } from './unpack.js';

export interface FollowFileOptions {
  readonly path: string;
  /** Positions of this path from the last commit. */
  readonly known: readonly FilePosition[];
  /** For a file that is there at the first look; one that comes later is read from its beginning. */
  readonly start: Start;
  readonly clock: Clock;
  readonly waitForMissing: boolean;
  /** Claims a file (device and inode) for this path, or names the path that has it. */
  claim(identity: string): string | null;
  /** Whether a file is claimed by another path. */
  isTaken(identity: string): boolean;
  onLines(batch: LineBatch): void;
  onForget(position: FilePosition): void;
  /** A file is done with: keep this much of it. */
  onDone(position: FilePosition): void;
  onEvent(event: SourceEvent): void;
}

export interface FileState {
  readonly path: string;
  readonly position: FilePosition | null;
  readonly size: number | null;
  /** Why nothing is read, or null. */
  readonly waiting: string | null;
}

/** The log, just opened. */
interface Opened {
  readonly fd: number;
  /** As it was when the files behind it had been looked at. */
  readonly seen: Seen;
  /** Where it was left, when it is the one that was read. */
  readonly same: FilePosition | null;
  /** For a log that is new to us: from when on (ms) what lies around it may be ours. */
  readonly since: number | null;
}

/** A log followed by its name, through rotations. `look` never rejects; what it meets is told as events. */
export class FileFollower {
  readonly #options: FollowFileOptions;
  readonly #path: string;
  readonly #draining: DrainingSegments;
  readonly #done: DoneFiles;
  readonly #told = new Set<string>();
  /** First bytes of packed files that were looked into. */
  readonly #heads = new Map<string, Buffer>();
  readonly #look: () => Promise<void>;
  #current: Segment | null = null;
  /** Known from before, and not found yet. */
  #pending: FilePosition[];
  /** Names around the log change so fast that it is not known what came before it: it is not read then. */
  #isUnsure = false;
  #firstLook = true;
  #size: number | null = null;
  #waiting: string | null = null;
  /** The log was rotated in the midst of a look. */
  #again = false;
  #skipped = false;
  #ended = false;

  constructor(options: FollowFileOptions) {
    const { path, clock, known, onDone, onForget } = options;
    this.#options = options;
    this.#path = path;
    this.#pending = known.filter(({ stage }) => stage !== 'done');
    this.#done = createDoneFiles(
      known.filter(({ stage }) => stage === 'done'),
      onDone,
      onForget,
    );
    this.#draining = new DrainingSegments({
      clock,
      goesOn: (segment) => segment.position().stage === 'copied' && this.#current?.position().offset === 0,
      onClosed: (position, changed) => {
        onForget(position);
        this.#remember(position, changed);
      },
      onUnreadable: (at, reason) => this.#tellUnreadable(at, reason),
    });
    this.#look = lookInTurn(() => this.#lookUntilSettled());
  }

  /** Never runs twice at once. */
  look(): Promise<void> {
    return this.#look();
  }

  state(): FileState {
    const position = this.#current?.position() ?? null;
    return { path: this.#path, position, size: this.#size, waiting: this.#waiting };
  }

  positions(): FilePosition[] {
    const open = this.#current ? [this.#current.position()] : [];
    return [...this.#pending, ...this.#draining.positions(), ...open];
  }

  /** Whether a file that begins so lay here, and was read to its end. */
  hasDone(head: Buffer): boolean {
    return this.#done.has(head);
  }

  end(): void {
    this.#ended = true;
    this.#current?.close();
    this.#draining.end();
  }

  /** Looks, and looks once more when the log was rotated in the midst of it. */
  async #lookUntilSettled(): Promise<void> {
    do {
      this.#again = false;
      if (!this.#ended && !this.#skipped) await this.#lookOnce();
    } while (this.#again && !this.#ended);
  }

  async #lookOnce(): Promise<void> {
    this.#isUnsure = false;
    try {
      await this.#lookAtPath();
    } catch (error) {
      this.#waitUnreadable(reasonOf(error));
    }
    if (this.#ended) return;
    await this.#draining.readToEnd(); // older lines first
    try {
      const current = this.#current;
      if (current && !this.#isUnsure && current.position().headLength > 0) await current.readToEnd();
    } catch (error) {
      this.#breakOff(reasonOf(error));
    }
  }

  /** The log cannot be read any more: it is taken up where reading stopped when it can be. */
  #breakOff(reason: string): void {
    if (this.#current) this.#pending.push(this.#current.position());
    this.#current?.close();
    this.#current = null;
    this.#waitUnreadable(reason);
  }

  async #lookAtPath(): Promise<void> {
    const seen = await lookAtPath(this.#path);
    if (!seen) return await this.#miss();
    if (seen.kind !== 'file')
      return this.#waitUnreadable(seen.kind === 'folder' ? 'it is a folder' : 'it is not a plain file');
    await this.#settle(seen);
    this.#size = seen.size;
  }

  /** The path leads nowhere: what lay there before is read to its end, and the log is waited for. */
  async #miss(): Promise<void> {
    if (this.#firstLook && this.#pending.length > 0) {
      const behind = await this.#findBehind(null, null);
      if (this.#ended) return closeAll(behind);
      if (!behind.isSettled) return; // the next look tries again
      this.#tellBehind(behind, null);
      this.#takeUpBehind(behind, 'rotated', null);
    }
    if (this.#firstLook && !this.#options.waitForMissing) this.#skipped = true;
    this.#wait('missing', { kind: 'missing', path: this.#path, skipped: this.#skipped });
    this.#firstLook = false;
  }

  /** What stands under the path now: goes on with it, or begins with another file. */
  async #settle(seen: PathLook): Promise<void> {
    const known = this.#current?.position();
    const isSame = known !== undefined && idOf(known) === seen.identity;
    if (isSame && !this.#current?.isBegunAnew(seen.size)) {
      this.#waiting = null;
      return;
    }
    const other = this.#options.claim(seen.identity);
    if (other !== null) return this.#wait('same-file', { kind: 'same-file', path: this.#path, as: other });
    const fd = openLog(this.#path);
    if (fd === null || idOf(identify(fd)) !== seen.identity) {
      if (fd !== null) closeSync(fd);
      this.#again = true; // rotated between looking and opening: the next look sees what is there now
      return;
    }
    if (this.#current && !isSame) {
      this.#current.become('rotated');
      this.#draining.add(this.#current, this.#path);
      this.#current = null;
      this.#options.onEvent({ kind: 'rotated', path: this.#path });
    }
    await this.#begin(fd);
  }

  /** Begins with the log that was just opened, behind what is left of those before it. */
  async #begin(fd: number): Promise<void> {
    let isKept = false;
    try {
      const same = this.#current
        ? null
        : (this.#pending.find((one) => one.stage === 'live' && isFileOf(fd, one)) ?? null);
      const since = this.#oldestUnseen() === null ? await this.#firstSight(fd) : null;
      let seen = identify(fd);
      const behind = await this.#findBehind(same, () => {
        seen = identify(fd);
        return knownByFile(fd);
      });
      if (this.#ended) return closeAll(behind);
      this.#isUnsure = !behind.isSettled;
      if (this.#isUnsure) return; // the next look tries again
      const current = this.#current;
      if (current && behind.files.length === 0 && hasOnlyGrown(fd, current.position()))
        return current.learn(seen);
      isKept = true;
      this.#takeUp({ fd, seen, same, since }, behind);
    } finally {
      if (!isKept) closeSync(fd);
    }
  }

  /** A new path: what lies around it already is none of ours. Returns from when on that is so (ms). */
  async #firstSight(fd: number): Promise<number> {
    const { changed } = identify(fd);
    const others = (await listRotated(this.#path, changed)).sort((a, b) => b.changed - a.changed);
    if (this.#ended) return changed;
    for (const { head, ...one } of others.slice(0, FEWEST_DONE).reverse())
      this.#remember(
        { path: this.#path, device: '', inode: '', ...hashHead(head), offset: 0, stage: 'done', since: 0 },
        one.changed,
      );
    const older = others[FEWEST_DONE];
    return older ? Math.max(changed, older.changed + COARSE + 1) : changed;
  }

  /** Looks for what was not read to its end and, when the log is another than it was, for what nobody has seen. */
  async #findBehind(same: FilePosition | null, live: (() => KnownFile) | null): Promise<RotatedFound> {
    const emptied = this.#current ? [this.#current.position()] : [];
    const sought = [...this.#pending, ...emptied].filter((one) => one !== same && !isUnread(one));
    const since = same ? null : this.#oldestUnseen();
    if (sought.length === 0 && since === null)
      return { files: [], lost: [], isSettled: true, unreadable: [] };
    return await findRotated({
      path: this.#path,
      sought,
      since,
      known: () => [
        ...this.#draining.known(),
        ...this.#done.all.map((one) => knownByPosition(one, one.since)),
        ...(live ? [live()] : []),
      ],
      isTaken: this.#options.isTaken,
      heads: this.#heads,
    });
  }

  /** Takes up log and what lies behind it in one step, so that a commit at any moment tells the truth. */
  #takeUp({ fd, seen, same, since }: Opened, behind: RotatedFound): void {
    const path = this.#path;
    const emptied = this.#current;
    const from = same ?? (emptied ? null : movedHere(fd, seen, behind.lost));
    const last = emptied?.position() ?? this.#pending.find(({ stage }) => stage === 'live');
    const copied = !from && last !== undefined && isSameInode(last, seen);
    this.#tellBehind(behind, from);
    const copy = this.#takeUpBehind(behind, copied ? 'copied' : 'rotated', same);
    const before = emptied ? this.#leaveEmptied(emptied, behind, copy) : copy;
    const start = since !== null && this.#firstLook ? this.#options.start : BEGINNING;
    const offset = from?.offset ?? startOffset(fd, seen.size, start);
    const { device, inode, head, headLength, changed } = seen;
    const fresh = { path, head, headLength, since: since ?? changed };
    const position = { ...fresh, ...from, device, inode, offset, stage: 'live' } as const;
    this.#current = this.#open(fd, null, position, offset === 0 ? before : null);
    this.#firstLook = false;
    this.#waiting = null;
    this.#options.onEvent({ kind: 'opened', path, offset, resumed: from !== null });
  }

  /** Opens what lies behind the log, oldest first; returns the last copy: its begun line may go on in the log. */
  #takeUpBehind(behind: RotatedFound, stage: Stage, same: FilePosition | null): Before | null {
    const since = this.#oldestUnseen() ?? 0;
    for (const one of this.#pending) if (one !== same) this.#options.onForget(one);
    this.#pending = [];
    let before = this.#draining.lastCopy();
    for (const { at, fd, packing, place, sought } of behind.files) {
      const isCopy = (sought && sought.stage !== 'live' ? sought.stage : stage) === 'copied';
      const left = isCopy ? 'copied' : 'rotated';
      const position = { path: this.#path, since, ...sought, ...place, stage: left } as const;
      const segment = this.#open(fd, packing, position, isCopy ? before : null);
      this.#draining.add(segment, at);
      before = isCopy ? segment : null;
    }
    return before;
  }

  /** The log was emptied under us: what it held is in its copy, or else only its begun line is left. */
  #leaveEmptied(emptied: Segment, behind: RotatedFound, copy: Before | null): Before | null {
    const position = emptied.position();
    const found = behind.files.find(({ sought }) => sought?.stage === 'live');
    if (!isUnread(position))
      this.#options.onEvent({ kind: 'truncated', path: this.#path, copy: found?.at ?? null });
    this.#options.onForget(position);
    emptied.close();
    return behind.files.length > 0 ? copy : emptied;
  }

  #open(fd: number, packing: Packing | null, position: FilePosition, before: Before | null): Segment {
    return new Segment({
      fd,
      packing,
      position,
      before,
      onLines: (batch) => {
        if (!this.#ended) this.#options.onLines(batch);
      },
      onCut: (bytes) => this.#options.onEvent({ kind: 'line-cut', path: this.#path, bytes }),
    });
  }

  /** A file not written to since then was rotated away before we came; null: nothing is known of this path. */
  #oldestUnseen(): number | null {
    return this.#oldestKnown() ?? this.#done.latest;
  }

  #oldestKnown(): number | null {
    const known = this.positions().map(({ since }) => since);
    return known.length > 0 ? Math.min(...known) : null;
  }

  /** `changed`: when it was last written to. */
  #remember(position: FilePosition, changed: number): void {
    this.#done.add(position, changed, this.#oldestKnown() ?? changed);
  }

  #tellBehind(behind: RotatedFound, moved: FilePosition | null): void {
    const path = this.#path;
    for (const { at, place } of behind.files)
      this.#options.onEvent({ kind: 'behind', path, at, offset: place.offset });
    for (const { path: at, reason } of behind.unreadable) this.#tellUnreadable(at, reason);
    for (const one of behind.lost)
      if (one !== moved && this.#pending.includes(one) && one.stage === 'live')
        this.#options.onEvent({ kind: 'lost', path, bytes: null });
  }

  #tellUnreadable(at: string, reason: string): void {
    if (this.#told.has(`${at}\n${reason}`)) return;
    this.#told.add(`${at}\n${reason}`);
    this.#options.onEvent({ kind: 'unreadable', path: at, reason });
  }

  #waitUnreadable(reason: string): void {
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

/** Whether an open file is the one that a position was taken of. */
function isFileOf(fd: number, position: FilePosition): boolean {
  const seen = identify(fd);
  if (isUnread(position) && seen.size > 0) return false;
  return isSameInode(seen, position) && seen.size >= position.offset && hasSameHead(fd, position);
}

/** Nothing was taken from it, and what is known of its beginning tells it from no other: it is found like unseen ones. */
function isUnread({ stage, offset }: FilePosition): boolean {
  return stage === 'live' && offset === 0;
}

function hasOnlyGrown(fd: number, position: FilePosition): boolean {
  return isUnread(position) && hasSameHead(fd, position);
}

/** A lost log that lies here with another inode: moved to another disk, or written anew by an editor. */
function movedHere(fd: number, seen: Seen, lost: readonly FilePosition[]): FilePosition | null {
  const head = readHead(fd, HEAD_BYTES);
  const fits = (one: FilePosition): boolean =>
    one.stage === 'live' && seen.size >= one.offset && !isSameInode(one, seen) && beginsLike(head, one);
  return lost.find(fits) ?? null;
}

function closeAll({ files }: RotatedFound): void {
  for (const { fd } of files) closeSync(fd);
}
