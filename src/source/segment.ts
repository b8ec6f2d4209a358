import { readSync } from 'node:fs';
import { type ByteSource, packedSource, plainSource } from './byte-source.js';
import {
  goesOnFrom,
  HEAD_BYTES,
  hashHead,
  hasSameHead,
  type Identity,
  type KnownFile,
  knownByFile,
  knownByPosition,
  readHead,
} from './identity.js';
import { joinHalves } from './join-halves.js';
import type { FilePosition, LineBatch, Stage } from './line-batch.js';
import {
  createLineSplitter,
  type LineSplitter,
  type Lines,
  LONGEST_LINE,
  NEWLINE,
  NO_LINES,
} from './split-lines.js';
import type { Packing } from './unpack.js';

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

const NOTHING = Buffer.alloc(0);

/**
 * One file (one inode), read forward: as long as its log is written, and a while after it was rotated away. Positions
 * are byte offsets behind whole lines, so a restart reads a begun one again.
 */
export class Segment {
  readonly #options: SegmentOptions;
  readonly #source: ByteSource;
  #position: FilePosition;
  #before: Before | null;
  /** Bytes read, whole lines or not. */
  #read: number;
  #splitter: LineSplitter;
  /** The beginning of the first line, while it is not known whether it goes on with that of `before`. */
  #first: Buffer = NOTHING;
  #begunAnew = false;

  constructor(options: SegmentOptions) {
    const { fd, packing, position, before } = options;
    this.#options = options;
    this.#position = position;
    this.#before = before;
    this.#read = position.offset;
    this.#splitter = createLineSplitter(options.onCut);
    this.#source = packing
      ? packedSource(
          fd,
          packing,
          () => this.#restart(),
          (chunk) => this.#take(chunk),
        )
      : plainSource(fd, this.#read, (chunk) => this.#takeIfSame(chunk));
  }

  position(): FilePosition {
    return this.#position;
  }

  known(): KnownFile {
    const { packing, fd } = this.#options;
    return packing ? knownByPosition(this.#position, this.#source.changed()) : knownByFile(fd);
  }

  /** When it was last written to (ms). */
  changed(): number {
    return this.#source.changed();
  }

  /** Bytes read, whole lines or not. */
  get read(): number {
    return this.#read;
  }

  get end(): ByteSource['end'] {
    return this.#source.end;
  }

  readToEnd(): Promise<void> {
    return this.#source.readToEnd();
  }

  /**
   * Whether it was, or may have been, truncated or written anew since it was last read; `size` is the one just seen.
   * While no whole line of it is known, it may have been another every time it grows.
   */
  isBegunAnew(size: number): boolean {
    if (this.#begunAnew || size < this.#read) return true;
    if (this.#position.offset === 0) return size > this.#read;
    return !hasSameHead(this.#options.fd, this.#position);
  }

  become(stage: Stage): void {
    this.#position = { ...this.#position, stage };
  }

  /** Takes note of more first bytes than were read. */
  learn({ head, headLength }: Identity): void {
    this.#position = { ...this.#position, head, headLength };
  }

  /** Its last line, begun and without a newline so far; the last bytes of a packed file that is not whole are none. */
  begunLine(): Buffer {
    if (this.#source.end !== 'done' && this.#options.packing) return NOTHING;
    const half = this.#before?.begunLine() ?? NOTHING;
    return half.length > 0 ? joinHalves(half, this.#first) : this.#splitter.begun();
  }

  /** Its begun last line was told with that of the next file. */
  giveAway(): void {
    if (this.begunLine().length === 0) return;
    this.#leaveBefore();
    this.#splitter = createLineSplitter(this.#options.onCut);
    this.#position = { ...this.#position, offset: this.#read };
  }

  /** Tells the begun last line as it stands: nothing will follow it. */
  finish(): void {
    const half = this.#before?.begunLine() ?? NOTHING;
    const lines = this.#splitter.push(half.length > 0 ? joinHalves(half, this.#first) : this.#first);
    this.#leaveBefore();
    this.#tell(lines);
    this.#tell(this.#splitter.end());
  }

  close(): void {
    this.#source.close();
  }

  /** What is read just after the file was emptied and filled again is not of the file that was being read. */
  #takeIfSame(chunk: Buffer): boolean {
    const head = headAfter(this.#options.fd, this.#position, chunk, this.#read);
    if (!head) {
      this.#begunAnew = true;
      return false;
    }
    this.#position = { ...this.#position, ...head };
    this.#take(chunk);
    return true;
  }

  #take(chunk: Buffer): void {
    const lines = this.#before ? this.#goOn(chunk) : this.#splitter.push(chunk);
    this.#read += chunk.length;
    this.#tell(lines);
  }

  #tell(lines: Lines): void {
    this.#position = { ...this.#position, offset: this.#read - this.#splitter.held - this.#first.length };
    if (lines.text !== '') this.#options.onLines({ lines, position: this.#position });
  }

  /** Waits for the whole first line: only then is it clear whether it is the rest of the one before. */
  #goOn(chunk: Buffer): Lines {
    this.#first = Buffer.concat([this.#first, chunk]);
    const half = this.#before?.begunLine() ?? NOTHING;
    if (half.length > 0 && !this.#first.includes(NEWLINE) && this.#first.length < LONGEST_LINE)
      return NO_LINES;
    const bytes = joinHalves(half, this.#first);
    this.#leaveBefore();
    return this.#splitter.push(bytes);
  }

  #leaveBefore(): void {
    this.#before?.giveAway();
    this.#before = null;
    this.#first = NOTHING;
  }

  #restart(): number {
    this.#splitter = createLineSplitter(this.#options.onCut);
    this.#first = NOTHING;
    this.#read = this.#position.offset;
    return this.#read;
  }
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
