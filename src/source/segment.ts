import { closeSync, readSync } from 'node:fs';
import { ByteTail } from './byte-tail.js';
import {
  goesOnFrom,
  HEAD_BYTES,
  hashHead,
  hasSameHead,
  type Identity,
  identify,
  type KnownFile,
  knownByFile,
  knownByPosition,
  readHead,
} from './identity.js';
import { joinHalves } from './join-halves.js';
import type { FilePosition, LineBatch, Stage } from './line-batch.js';
import { createLineSplitter, type Lines, LONGEST_LINE, NEWLINE, NO_LINES } from './split-lines.js';
import { isTruncated, type Packing, unpack } from './unpack.js';

/** Where to begin in a file that has no position yet. `last`: at the first line within so many last bytes. */
export type Start =
  | { readonly kind: 'end' }
  | { readonly kind: 'beginning' }
  | { readonly kind: 'last'; readonly bytes: number };

/** What may go on at the beginning of a file: a copy of what stood there before, or what is left of that. */
export type Before = Pick<Segment, 'begunLine' | 'giveAway'>;

export interface SegmentOptions {
  /** The open file; it is closed with the segment. */
  readonly fd: number;
  readonly packing: Packing | null;
  /** Where it is taken up; offsets count unpacked bytes. */
  readonly position: FilePosition;
  /** A copy that was read to its end and whose begun last line may go on at this file's beginning. */
  readonly before: Before | null;
  onLines(batch: LineBatch): void;
  onCut(bytes: number): void;
}

/** One file (one inode), read forward: as long as its log is written, and a while after it was rotated away. */
export interface Segment {
  position(): FilePosition;
  known(): KnownFile;
  /** When it was last written to (ms). */
  changed(): number;
  /** Bytes read, whole lines or not. */
  readonly read: number;
  /** `done`: nothing can follow; `broken`: a packed file ended too early, so far. */
  readonly end: 'open' | 'done' | 'broken';
  readToEnd(): Promise<void>;
  /**
   * Whether it was, or may have been, truncated or written anew since it was last read; `size` is the one just seen.
   * While no whole line of it is known, it may have been another every time it grows.
   */
  isBegunAnew(size: number): boolean;
  become(stage: Stage): void;
  /** Takes note of more first bytes than were read. */
  learn(identity: Identity): void;
  /** Its last line, begun and without a newline so far. */
  begunLine(): Buffer;
  /** Its begun last line was told with that of the next file. */
  giveAway(): void;
  /** Tells the begun last line as it stands: nothing will follow it. */
  finish(): void;
  close(): void;
}

/** Where bytes come from: an open log, or a packed one. */
interface ByteSource {
  readonly end: Segment['end'];
  changed(): number;
  readToEnd(): Promise<void>;
  close(): void;
}

const NOTHING = Buffer.alloc(0);

/** Positions are byte offsets behind whole lines, so a restart reads a begun one again. */
export function createSegment(options: SegmentOptions): Segment {
  const { fd } = options;
  let { position, before } = options;
  let read = position.offset;
  let splitter = createLineSplitter(options.onCut);
  /** The beginning of the first line, while it is not known whether it goes on with that of `before`. */
  let first = NOTHING;
  let begunAnew = false;

  const source: ByteSource = options.packing
    ? packedSource(fd, options.packing, () => restart(), take)
    : plainSource(fd, read, takeIfSame);

  /** What is read just after the file was emptied and filled again is not of the file that was being read. */
  function takeIfSame(chunk: Buffer): boolean {
    const head = headAfter(fd, position, chunk, read);
    if (!head) {
      begunAnew = true;
      return false;
    }
    position = { ...position, ...head };
    take(chunk);
    return true;
  }

  function take(chunk: Buffer): void {
    const lines = before ? goOn(chunk) : splitter.push(chunk);
    read += chunk.length;
    tell(lines);
  }

  function tell(lines: Lines): void {
    position = { ...position, offset: read - splitter.held - first.length };
    if (lines.text !== '') options.onLines({ lines, position });
  }

  /** Waits for the whole first line: only then is it clear whether it is the rest of the one before. */
  function goOn(chunk: Buffer): Lines {
    first = Buffer.concat([first, chunk]);
    const half = before?.begunLine() ?? NOTHING;
    if (half.length > 0 && !first.includes(NEWLINE) && first.length < LONGEST_LINE) return NO_LINES;
    const bytes = joinHalves(half, first);
    before?.giveAway();
    before = null;
    first = NOTHING;
    return splitter.push(bytes);
  }

  function restart(): number {
    splitter = createLineSplitter(options.onCut);
    first = NOTHING;
    read = position.offset;
    return read;
  }

  /** The last bytes of a packed file that is not whole are no last line. */
  function begunLine(): Buffer {
    if (source.end !== 'done' && options.packing) return NOTHING;
    const half = before?.begunLine() ?? NOTHING;
    return half.length > 0 ? joinHalves(half, first) : splitter.begun();
  }

  function giveAway(): void {
    if (begunLine().length === 0) return;
    before?.giveAway();
    before = null;
    first = NOTHING;
    splitter = createLineSplitter(options.onCut);
    position = { ...position, offset: read };
  }

  return {
    position: () => position,
    known: () => (options.packing ? knownByPosition(position, source.changed()) : knownByFile(fd)),
    changed: () => source.changed(),
    get read() {
      return read;
    },
    get end() {
      return source.end;
    },
    readToEnd: () => source.readToEnd(),
    isBegunAnew: (size) =>
      begunAnew || size < read || (position.offset === 0 ? size > read : !hasSameHead(fd, position)),
    become(stage) {
      position = { ...position, stage };
    },
    learn({ head, headLength }) {
      position = { ...position, head, headLength };
    },
    begunLine,
    giveAway,
    finish() {
      const half = before?.begunLine() ?? NOTHING;
      const lines = splitter.push(half.length > 0 ? joinHalves(half, first) : first);
      before?.giveAway();
      before = null;
      first = NOTHING;
      tell(lines);
      tell(splitter.end());
    },
    close: () => source.close(),
  };
}

/** The head of a file of which one more chunk was read, or null when it is not the file any more that it was. */
function headAfter(
  fd: number,
  position: FilePosition,
  chunk: Buffer,
  read: number,
): Pick<FilePosition, 'head' | 'headLength'> | null {
  if (position.headLength === HEAD_BYTES) return hasSameHead(fd, position) ? position : null;
  const head =
    read === 0 ? chunk.subarray(0, HEAD_BYTES) : readHead(fd, Math.min(HEAD_BYTES, read + chunk.length));
  if (position.headLength > 0 && !goesOnFrom(head, position)) return null;
  return hashHead(head);
}

function plainSource(fd: number, position: number, onBytes: (chunk: Buffer) => boolean): ByteSource {
  const tail = new ByteTail({ fd, position, onBytes });
  return {
    end: 'open',
    changed: () => (tail.isOpen ? identify(fd).changed : 0),
    readToEnd: () => tail.readToEnd(),
    close: () => tail.end(),
  };
}

/**
 * Reads a packed file through once; one that ends too early is read again at the next call, from where `restart`
 * says. Resolves also then; rejects when it cannot be unpacked.
 */
function packedSource(
  fd: number,
  packing: Packing,
  restart: () => number,
  onBytes: (chunk: Buffer) => void,
): ByteSource {
  let end: Segment['end'] = 'open';
  let closed = false;
  let running: ReturnType<typeof unpack> | null = null;

  async function readThrough(unpacking: ReturnType<typeof unpack>): Promise<void> {
    let skip = restart();
    try {
      for await (const bytes of unpacking.stream) {
        if (closed) return;
        const chunk: Buffer = bytes;
        const wanted = chunk.subarray(Math.min(skip, chunk.length));
        skip -= chunk.length - wanted.length;
        if (wanted.length > 0) onBytes(wanted);
      }
      if (skip > 0) throw new Error(`it ends ${skip} bytes before the place where reading stopped`);
      end = 'done';
    } catch (error) {
      if (closed) return;
      if (!isTruncated(error)) throw error;
      end = 'broken';
    } finally {
      unpacking.stream.destroy();
      await unpacking.over;
    }
  }

  return {
    get end() {
      return end;
    },
    changed: () => identify(fd).changed,
    async readToEnd() {
      if (end === 'done' || closed) return;
      running = unpack(fd, packing);
      await readThrough(running).finally(() => {
        running = null;
        if (closed) closeSync(fd);
      });
    },
    close() {
      if (closed) return;
      closed = true;
      if (running) running.stream.destroy();
      else closeSync(fd);
    },
  };
}

/** Always at the start of a line: one that is being written when we come is told whole when it is done. */
export function startOffset(fd: number, size: number, start: Start): number {
  switch (start.kind) {
    case 'beginning':
      return 0;
    case 'end':
      return lineStartBefore(fd, size);
    case 'last':
      return size <= start.bytes ? 0 : lineStartAfter(fd, size - start.bytes, size);
  }
}

const SEEK_BYTES = 64 * 1024;

function lineStartBefore(fd: number, size: number): number {
  const bytes = Buffer.alloc(Math.min(size, SEEK_BYTES));
  const from = size - bytes.length;
  const got = readSync(fd, bytes, 0, bytes.length, from);
  const newline = bytes.subarray(0, got).lastIndexOf(10);
  return newline >= 0 ? from + newline + 1 : from === 0 ? 0 : size;
}

function lineStartAfter(fd: number, from: number, size: number): number {
  const bytes = Buffer.alloc(SEEK_BYTES);
  const got = readSync(fd, bytes, 0, bytes.length, from);
  const newline = bytes.subarray(0, got).indexOf(10);
  return newline >= 0 ? from + newline + 1 : size;
}
