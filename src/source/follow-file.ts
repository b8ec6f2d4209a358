import { closeSync, constants, openSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import type { Clock } from '../clock.js';
import { reasonOf } from '../reason-of.js';
import { createDoneFiles, FEWEST_DONE } from './done-files.js';
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
import { isMissing } from './is-missing.js';
import type { FilePosition, LineBatch, Stage } from './line-batch.js';
import { lookInTurn } from './look-in-turn.js';
import { type Before, createSegment, type Segment, type Start, startOffset } from './segment.js';
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

/** A log followed by its name, through rotations. */
export interface FileFollower {
  look(): Promise<void>;
  state(): FileState;
  positions(): FilePosition[];
  /** Whether a file that begins so lay here, and was read to its end. */
  hasDone(head: Buffer): boolean;
  end(): void;
}

/** What stands under the path at one moment. */
interface Look {
  readonly kind: 'file' | 'folder' | 'other';
  readonly identity: string;
  readonly size: number;
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

/** A rotated file that is still read. */
interface Retired {
  readonly segment: Segment;
  /** Where it was found; the log's own path for one that was open when it was renamed. */
  readonly at: string;
  read: number;
  since: number;
}

/** How long a rotated file is kept open after its last byte: daemons may go on writing into it until they are told. */
const LINGER = 60_000;

/** Follows one path. `look` never rejects and never runs twice at once; what it meets is told as events. */
export function followFile(options: FollowFileOptions): FileFollower {
  const { path, clock, onEvent } = options;
  let current: Segment | null = null;
  let retired: Retired[] = [];
  /** Known from before, and not found yet. */
  let pending = options.known.filter(({ stage }) => stage !== 'done');
  const done = createDoneFiles(
    options.known.filter(({ stage }) => stage === 'done'),
    options.onDone,
    options.onForget,
  );
  const told = new Set<string>();
  const heads = new Map<string, Buffer>();
  /** Names around the log change so fast that it is not known what came before it: it is not read then. */
  let isUnsure = false;
  let firstLook = true;
  let size: number | null = null;
  let waiting: string | null = null;
  let again = false;
  let skipped = false;
  let ended = false;

  function open(fd: number, packing: Packing | null, position: FilePosition, before: Before | null): Segment {
    return createSegment({
      fd,
      packing,
      position,
      before,
      onLines: (batch) => {
        if (!ended) options.onLines(batch);
      },
      onCut: (bytes) => onEvent({ kind: 'line-cut', path, bytes }),
    });
  }

  function wait(reason: string, event: SourceEvent): void {
    size = null;
    if (waiting === reason) return;
    waiting = reason;
    onEvent(event);
  }

  function tellUnreadable(at: string, reason: string): void {
    if (told.has(`${at}\n${reason}`)) return;
    told.add(`${at}\n${reason}`);
    onEvent({ kind: 'unreadable', path: at, reason });
  }

  function positions(): FilePosition[] {
    const open = current ? [current.position()] : [];
    return [...pending, ...retired.map(({ segment }) => segment.position()), ...open];
  }

  /** A file not written to since then was rotated away before we came; null: nothing is known of this path. */
  function oldestUnseen(): number | null {
    return oldestKnown() ?? done.latest;
  }

  function oldestKnown(): number | null {
    const known = positions().map(({ since }) => since);
    return known.length > 0 ? Math.min(...known) : null;
  }

  function retire(segment: Segment, at: string): void {
    retired.push({ segment, at, read: segment.read, since: clock.now() });
  }

  /** `changed`: when it was last written to. */
  function remember(position: FilePosition, changed: number): void {
    done.add(position, changed, oldestKnown() ?? changed);
  }

  /** What stands under the path now: goes on with it, or begins with another file. */
  async function settle(seen: Look): Promise<void> {
    const known = current?.position();
    const isSame = known !== undefined && idOf(known) === seen.identity;
    if (isSame && !current?.isBegunAnew(seen.size)) {
      waiting = null;
      return;
    }
    const other = options.claim(seen.identity);
    if (other !== null) return wait('same-file', { kind: 'same-file', path, as: other });
    const fd = openLog(path);
    if (fd === null || idOf(identify(fd)) !== seen.identity) {
      if (fd !== null) closeSync(fd);
      again = true; // rotated between looking and opening: the next look sees what is there now
      return;
    }
    if (current && !isSame) {
      current.become('rotated');
      retire(current, path);
      current = null;
      onEvent({ kind: 'rotated', path });
    }
    await begin(fd);
  }

  /** Begins with the log that was just opened, behind what is left of those before it. */
  async function begin(fd: number): Promise<void> {
    let isKept = false;
    try {
      const same = current
        ? null
        : (pending.find((one) => one.stage === 'live' && isFileOf(fd, one)) ?? null);
      const since = oldestUnseen() === null ? await firstSight(fd) : null;
      let seen = identify(fd);
      const behind = await findBehind(same, () => {
        seen = identify(fd);
        return knownByFile(fd);
      });
      if (ended) return closeAll(behind);
      isUnsure = !behind.isSettled;
      if (isUnsure) return; // the next look tries again
      if (current && behind.files.length === 0 && hasOnlyGrown(fd, current.position()))
        return current.learn(seen);
      isKept = true;
      takeUp({ fd, seen, same, since }, behind);
    } finally {
      if (!isKept) closeSync(fd);
    }
  }

  /** A new path: what lies around it already is none of ours. Returns from when on that is so (ms). */
  async function firstSight(fd: number): Promise<number> {
    const { changed } = identify(fd);
    const others = (await listRotated(path, changed)).sort((a, b) => b.changed - a.changed);
    if (ended) return changed;
    for (const { head, ...one } of others.slice(0, FEWEST_DONE).reverse())
      remember(
        { path, device: '', inode: '', ...hashHead(head), offset: 0, stage: 'done', since: 0 },
        one.changed,
      );
    const older = others[FEWEST_DONE];
    return older ? Math.max(changed, older.changed + COARSE + 1) : changed;
  }

  /** Looks for what was not read to its end and, when the log is another than it was, for what nobody has seen. */
  async function findBehind(
    same: FilePosition | null,
    live: (() => KnownFile) | null,
  ): Promise<RotatedFound> {
    const emptied = current ? [current.position()] : [];
    const sought = [...pending, ...emptied].filter((one) => one !== same && !isUnread(one));
    const since = same ? null : oldestUnseen();
    if (sought.length === 0 && since === null)
      return { files: [], lost: [], isSettled: true, unreadable: [] };
    return await findRotated({
      path,
      sought,
      since,
      known: () => [
        ...retired.map(({ segment }) => segment.known()),
        ...done.all.map((one) => knownByPosition(one, one.since)),
        ...(live ? [live()] : []),
      ],
      isTaken: options.isTaken,
      heads,
    });
  }

  /** Takes up log and what lies behind it in one step, so that a commit at any moment tells the truth. */
  function takeUp({ fd, seen, same, since }: Opened, behind: RotatedFound): void {
    const emptied = current;
    const from = same ?? (emptied ? null : movedHere(fd, seen, behind.lost));
    const last = emptied?.position() ?? pending.find(({ stage }) => stage === 'live');
    const copied = !from && last !== undefined && isSameInode(last, seen);
    tellBehind(behind, from);
    const copy = takeUpBehind(behind, copied ? 'copied' : 'rotated', same);
    const before = emptied ? leaveEmptied(emptied, behind, copy) : copy;
    const start = since !== null && firstLook ? options.start : BEGINNING;
    const offset = from?.offset ?? startOffset(fd, seen.size, start);
    const { device, inode, head, headLength, changed } = seen;
    const fresh = { path, head, headLength, since: since ?? changed };
    const position = { ...fresh, ...from, device, inode, offset, stage: 'live' } as const;
    current = open(fd, null, position, offset === 0 ? before : null);
    firstLook = false;
    waiting = null;
    onEvent({ kind: 'opened', path, offset, resumed: from !== null });
  }

  /** Opens what lies behind the log, oldest first; returns the last copy: its begun line may go on in the log. */
  function takeUpBehind(behind: RotatedFound, stage: Stage, same: FilePosition | null): Before | null {
    const since = oldestUnseen() ?? 0;
    for (const one of pending) if (one !== same) options.onForget(one);
    pending = [];
    let before = lastCopy();
    for (const { at, fd, packing, place, sought } of behind.files) {
      const isCopy = (sought && sought.stage !== 'live' ? sought.stage : stage) === 'copied';
      const position = { path, since, ...sought, ...place, stage: isCopy ? 'copied' : 'rotated' } as const;
      const segment = open(fd, packing, position, isCopy ? before : null);
      retire(segment, at);
      before = isCopy ? segment : null;
    }
    return before;
  }

  function lastCopy(): Before | null {
    const last = retired.at(-1)?.segment;
    return last?.position().stage === 'copied' ? last : null;
  }

  /** The log was emptied under us: what it held is in its copy, or else only its begun line is left. */
  function leaveEmptied(emptied: Segment, behind: RotatedFound, copy: Before | null): Before | null {
    const position = emptied.position();
    const found = behind.files.find(({ sought }) => sought?.stage === 'live');
    if (!isUnread(position)) onEvent({ kind: 'truncated', path, copy: found?.at ?? null });
    options.onForget(position);
    emptied.close();
    return behind.files.length > 0 ? copy : emptied;
  }

  function tellBehind(behind: RotatedFound, moved: FilePosition | null): void {
    for (const { at, place } of behind.files) onEvent({ kind: 'behind', path, at, offset: place.offset });
    for (const { path: at, reason } of behind.unreadable) tellUnreadable(at, reason);
    for (const one of behind.lost)
      if (one !== moved && pending.includes(one) && one.stage === 'live')
        onEvent({ kind: 'lost', path, bytes: null });
  }

  async function readRetired(): Promise<void> {
    for (const one of [...retired]) {
      try {
        await one.segment.readToEnd();
      } catch (error) {
        tellUnreadable(one.at, reasonOf(error));
        letGo(one);
        continue;
      }
      if (ended) return;
      if (one.segment.read !== one.read) Object.assign(one, { read: one.segment.read, since: clock.now() });
      if (one.segment.end === 'done' || clock.now() - one.since >= LINGER) finish(one);
    }
  }

  /** Nothing more can come: its begun last line is a line, unless it goes on in the log. */
  function finish(one: Retired): void {
    const { segment } = one;
    const goesOn = segment.position().stage === 'copied' && current?.position().offset === 0;
    if (goesOn && segment.begunLine().length > 0) return;
    if (segment.end === 'broken')
      tellUnreadable(one.at, 'its packed data end too early; what follows is lost');
    segment.finish();
    letGo(one);
  }

  function letGo(one: Retired): void {
    const { segment } = one;
    const changed = segment.changed();
    segment.close();
    retired = retired.filter((other) => other !== one);
    options.onForget(segment.position());
    remember(segment.position(), changed);
  }

  /** The path leads nowhere: what lay there before is read to its end, and the log is waited for. */
  async function miss(): Promise<void> {
    if (firstLook && pending.length > 0) {
      const behind = await findBehind(null, null);
      if (ended) return closeAll(behind);
      if (!behind.isSettled) return; // the next look tries again
      tellBehind(behind, null);
      takeUpBehind(behind, 'rotated', null);
    }
    if (firstLook && !options.waitForMissing) skipped = true;
    wait('missing', { kind: 'missing', path, skipped });
    firstLook = false;
  }

  async function lookAtPath(): Promise<void> {
    const seen = await statFile(path);
    if (!seen) return await miss();
    if (seen.kind !== 'file') {
      const reason = seen.kind === 'folder' ? 'it is a folder' : 'it is not a plain file';
      return wait(reason, { kind: 'unreadable', path, reason });
    }
    await settle(seen);
    size = seen.size;
  }

  async function lookOnce(): Promise<void> {
    isUnsure = false;
    try {
      await lookAtPath();
    } catch (error) {
      const reason = reasonOf(error);
      wait(reason, { kind: 'unreadable', path, reason });
    }
    if (ended) return;
    await readRetired(); // older lines first
    try {
      if (current && !isUnsure && current.position().headLength > 0) await current.readToEnd();
    } catch (error) {
      breakOff(reasonOf(error));
    }
  }

  /** The log cannot be read any more: it is taken up where reading stopped when it can be. */
  function breakOff(reason: string): void {
    if (current) pending.push(current.position());
    current?.close();
    current = null;
    wait(reason, { kind: 'unreadable', path, reason });
  }

  /** Looks, and looks once more when the log was rotated in the midst of it. */
  async function lookUntilSettled(): Promise<void> {
    do {
      again = false;
      if (!ended && !skipped) await lookOnce();
    } while (again && !ended);
  }

  return {
    look: lookInTurn(lookUntilSettled),
    state: () => ({ path, position: current?.position() ?? null, size, waiting }),
    positions,
    hasDone: (head) => done.has(head),
    end() {
      ended = true;
      current?.close();
      for (const { segment } of retired) segment.close();
    },
  };
}

const BEGINNING: Start = { kind: 'beginning' };

/** Opens a log; null when it is gone again. What is no plain file (any more) never holds it up. */
function openLog(path: string): number | null {
  try {
    return openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  } catch (error) {
    if (isMissing(error)) return null;
    throw error;
  }
}

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

/** One stat: a second one might see another file. */
async function statFile(path: string): Promise<Look | null> {
  try {
    const stats = await stat(path, { bigint: true });
    const kind = stats.isFile() ? 'file' : stats.isDirectory() ? 'folder' : 'other';
    return { kind, identity: `${stats.dev}:${stats.ino}`, size: Number(stats.size) };
  } catch (error) {
    if (isMissing(error)) return null;
    throw error;
  }
}

function idOf({ device, inode }: Pick<FilePosition, 'device' | 'inode'>): string {
  return `${device}:${inode}`;
}
