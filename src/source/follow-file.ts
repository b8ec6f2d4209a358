import type { BigIntStats } from 'node:fs';
import { stat } from 'node:fs/promises';
import type { Clock } from '../clock.js';
import { findMissed, findNewest, findRotated } from './find-rotated.js';
import type { FilePosition, LineBatch } from './line-batch.js';
import { AnotherFile, createSegment, isFileOf, type Segment, type Start } from './segment.js';
import type { SourceEvent } from './source-event.js';

export interface FollowFileOptions {
  readonly path: string;
  /** Positions of this path from the last commit. */
  readonly known: readonly FilePosition[];
  /** For a file that is there at the first look; one that comes later is read from its beginning. */
  readonly start: Start;
  readonly clock: Clock;
  readonly waitForMissing: boolean;
  /** Claims a file (device and inode) for this path; false when another path has it. */
  claim(identity: string): string | null;
  onLines(batch: LineBatch): void;
  onForget(position: FilePosition): void;
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
  end(): void;
}

/** A rotated file that is still read. `from`: the position it was taken up at, when it was found after a restart. */
interface Retired {
  readonly segment: Segment;
  readonly from: FilePosition | null;
  read: number;
  since: number;
}

/** What stands under the path at one moment. */
interface Seen {
  readonly stats: BigIntStats;
  readonly identity: string;
  readonly size: number;
}

/** How long a rotated file is kept open after its last byte: daemons may go on writing into it until they are told. */
const LINGER = 60_000;

/** Follows one path. `look` never rejects and never runs twice at once; what it meets is told as events. */
export function followFile(options: FollowFileOptions): FileFollower {
  const { path, clock, onEvent } = options;
  let current: Segment | null = null;
  const retired: Retired[] = [];
  const drained = new Set<FilePosition>();
  let firstLook = true;
  let size: number | null = null;
  let waiting: string | null = null;
  let running: Promise<void> | null = null;
  let again = false;
  let ended = false;

  const open = (at: string, from: Start | FilePosition): Segment =>
    createSegment({
      path,
      at,
      from,
      onLines: options.onLines,
      onCut: (bytes) => onEvent({ kind: 'line-cut', path, bytes }),
    });

  function wait(reason: string, event: SourceEvent): void {
    size = null;
    if (waiting === reason) return;
    waiting = reason;
    onEvent(event);
  }

  function retire(segment: Segment, from: FilePosition | null): void {
    segment.retire();
    retired.push({ segment, from, read: segment.read, since: clock.now() });
  }

  /** Reads what was rotated away behind the file at `last` before anybody had seen it. */
  function retireMissed(last: string): void {
    const followed = [...options.known, ...retired.map(({ segment }) => segment.position())];
    const known = new Set(followed.map((one) => (one ? `${one.device}:${one.inode}` : '')));
    for (const at of findMissed(path, last, known)) retire(open(at, { kind: 'beginning' }), null);
  }

  /** The first look at what was known from before: goes on, or drains what was rotated away meanwhile. */
  function resume(): Start | FilePosition {
    const known = [...options.known].sort((a, b) => Number(a.retired) - Number(b.retired));
    const same = known.find((position) => !position.retired && isFileOf(path, position));
    drainKnown(same ?? null);
    if (same) return same;
    return known.length > 0 ? { kind: 'beginning' } : options.start;
  }

  /** Behind the last file known, there may be some that nobody saw; unless the live one was seen itself. */
  function drainKnown(live: FilePosition | null): void {
    for (const position of options.known) if (position !== live) drainRotated(position);
    const last = live ? null : findNewest(path, options.known);
    if (last !== null) retireMissed(last);
  }

  function drainRotated(position: FilePosition): void {
    if (drained.has(position)) return;
    drained.add(position);
    const at = findRotated(path, position);
    if (at !== null) {
      retire(open(at, { ...position, retired: true }), position);
    } else {
      options.onForget(position);
      if (!position.retired) onEvent({ kind: 'lost', path, bytes: null });
    }
  }

  async function readRetired(): Promise<void> {
    for (const one of [...retired]) {
      try {
        await one.segment.readToEnd();
      } catch (error) {
        giveUp(one, reasonOf(error));
        continue;
      }
      if (one.segment.read !== one.read) Object.assign(one, { read: one.segment.read, since: clock.now() });
      if (clock.now() - one.since >= LINGER) letGo(one);
    }
  }

  function letGo(one: Retired): void {
    one.segment.end();
    retired.splice(retired.indexOf(one), 1);
    const position = one.segment.position();
    if (position) options.onForget(position);
  }

  /** One that was renamed again before it could be opened is looked for again; else there is nothing more to read. */
  function giveUp(one: Retired, reason: string): void {
    onEvent({ kind: 'unreadable', path, reason });
    letGo(one);
    if (!one.from) return;
    drained.delete(one.from);
    drainRotated(one.from);
  }

  /** What stands under the path now: decides between going on, beginning anew and another file. */
  async function settle(seen: Seen): Promise<void> {
    const position = current?.position();
    if (current && position && `${position.device}:${position.inode}` !== seen.identity) {
      retire(current, null);
      const at = findRotated(path, position);
      if (at !== null) retireMissed(at);
      current = null;
      onEvent({ kind: 'rotated', path });
    }
    if (current?.isBegunAnew(seen.size)) {
      onEvent({ kind: 'truncated', path });
      current.rewind();
    }
    if (!current) await begin(seen.identity);
  }

  async function begin(identity: string): Promise<void> {
    const other = options.claim(identity);
    if (other !== null) return wait('same-file', { kind: 'same-file', path, as: other });
    const from = firstLook ? resume() : ({ kind: 'beginning' } as const);
    await readRetired(); // older lines first
    const segment = open(path, from);
    await segment.readToEnd();
    current = segment;
    firstLook = false;
    const offset = 'path' in from ? from.offset : (current.position()?.offset ?? 0);
    onEvent({ kind: 'opened', path, offset, resumed: 'path' in from });
    waiting = null;
  }

  async function lookOnce(): Promise<void> {
    try {
      const seen = await statFile(path);
      if (!seen) {
        if (firstLook) drainKnown(null);
        if (firstLook && !options.waitForMissing) ended = true;
        wait('missing', { kind: 'missing', path, skipped: ended });
        firstLook = false;
      } else if (!seen.stats.isFile()) {
        const reason = seen.stats.isDirectory() ? 'it is a folder' : 'it is not a plain file';
        wait(reason, { kind: 'unreadable', path, reason });
      } else {
        await settle(seen);
        size = seen.size;
      }
      await readRetired();
      await current?.readToEnd();
    } catch (error) {
      if (error instanceof Error && error.cause instanceof AnotherFile) {
        again = true; // rotated between looking and opening: the next look sees what is there now
        return;
      }
      const reason = reasonOf(error);
      current?.end();
      current = null;
      wait(reason, { kind: 'unreadable', path, reason });
    }
  }

  /** A look asked for while one runs is made behind it: it may have passed what is new. */
  async function lookUntilSettled(): Promise<void> {
    do {
      again = false;
      if (!ended) await lookOnce();
    } while (again);
    running = null;
  }

  return {
    look() {
      again = running !== null;
      running ??= lookUntilSettled();
      return running;
    },
    state: () => ({ path, position: current?.position() ?? null, size, waiting }),
    positions: () =>
      [...retired.map(({ segment }) => segment.position()), current?.position() ?? null].filter(
        (position) => position !== null,
      ),
    end() {
      ended = true;
      current?.end();
      for (const { segment } of retired) segment.end();
    },
  };
}

/** One stat: a second one might see another file. */
async function statFile(path: string): Promise<Seen | null> {
  try {
    const stats = await stat(path, { bigint: true });
    return { stats, identity: `${stats.dev}:${stats.ino}`, size: Number(stats.size) };
  } catch (error) {
    if (error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR'))
      return null;
    throw error;
  }
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? error.cause.message : error.message;
}
