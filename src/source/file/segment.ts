import { lstatSync, readlinkSync } from 'node:fs';
import { fileIdOf } from '../../base/file-id.js';
import type { JoinLines } from '../../base/text/joiner.js';
import type { Clock } from '../../base/time/clock.js';
import { joinHalves } from '../join-halves.js';
import { createSplitter, type HoldingSplitter } from '../joining-splitter.js';
import { type Lines, MAX_LINE_BYTES, NEWLINE, NO_LINES } from '../split-lines.js';
import { type ByteSource, PackedSource, PlainSource } from './byte-source.js';
import { type Fingerprint, hashHead, hasSameHead, headAfter, identify, readHead } from './fingerprint.js';
import { type KnownFile, knownByFile, knownByPosition } from './known-file.js';
import { bytesTo, hasTail, lastOf, withTail } from './last-bytes.js';
import type { FilePosition, LineBatch, Stage } from './line-batch.js';
import type { OpenFiles } from './open-files.js';
import { idOf } from './open-log.js';
import { commonLength, readBefore, TAIL_BYTES } from './rotation/evidence.js';
import type { Packing } from './rotation/unpack.js';

/** Where to begin in a file that has no position yet. `last`: at the first line within so many last bytes. */
export type Start =
  | { readonly kind: 'end' }
  | { readonly kind: 'beginning' }
  | { readonly kind: 'last'; readonly bytes: number };

/** A segment whose partial last line may continue at the beginning of the next file. */
export type Before = Pick<Segment, 'partialLine' | 'releasePartialLine'>;

export interface SegmentOptions {
  /** The open file; it is closed with the segment. */
  readonly fd: number;
  readonly packing: Packing | null;
  /** Where reading begins; offsets count unpacked bytes. */
  readonly position: FilePosition;
  /** Whether nothing of it was read before. */
  readonly isFresh: boolean;
  /** A copy that was read to its end and whose partial last line may continue at the beginning of this file. */
  readonly before: Before | null;
  readonly clock: Clock;
  readonly openFiles: OpenFiles;
  /** Joins lines to entries; null: each line is one. */
  readonly join: JoinLines | null;
  onLines(batch: LineBatch): void;
  onCut(bytes: number): void;
  onEntryCut(entries: number): void;
}

/** What makes a segment, beside what all segments of a log share. */
export type SegmentFile = Pick<SegmentOptions, 'fd' | 'packing' | 'position' | 'isFresh' | 'before'>;

const NOTHING = Buffer.alloc(0);

/**
 * Held lines of a log to which nothing is added are handed on after this time (ms): programs write the lines of a
 * message together, and a page should not be late.
 */
export const MAX_HOLD_TIME = 5000;

/**
 * One file (one inode), read forward: while its log is written, and for a while after it was rotated. Positions are
 * byte offsets after whole lines, so a restart reads a partial line again.
 */
export class Segment {
  readonly #options: SegmentOptions;
  #fd: number;
  #source: ByteSource;
  #position: FilePosition;
  #before: Before | null;
  /** Bytes read, whole lines or not. */
  #read: number;
  /** The first bytes of a plain file, and the last bytes that were read: they show whether it is still the same. */
  #head: Buffer;
  #last: Buffer;
  #splitter: HoldingSplitter;
  /** When something was read last (ms). */
  #lastRead: number;
  /** The beginning of the first line, while it is not known whether it continues that of `before`. */
  #first: Buffer = NOTHING;
  #isRewritten = false;
  #hasEmitted = false;

  constructor(options: SegmentOptions) {
    const { fd, packing, position, before } = options;
    this.#options = options;
    this.#fd = fd;
    this.#before = before;
    this.#read = position.offset;
    this.#splitter = createSplitter(options.join, options);
    this.#lastRead = options.clock.now();
    this.#head = packing ? NOTHING : readHead(fd, position.headLength);
    this.#last = packing ? NOTHING : readBefore(fd, position.offset, TAIL_BYTES);
    this.#position = packing || position.tail !== undefined ? position : withTail(position, this.#last);
    // The file may have been truncated since it was compared.
    const isSame =
      this.#last.length === Math.min(position.offset, TAIL_BYTES) && hasTail(this.#last, position);
    this.#isRewritten = !packing && !isSame;
    this.#source = packing ? this.#packedSource(packing) : this.#plainSource();
    options.openFiles.add();
  }

  position(): FilePosition {
    return this.#position;
  }

  known(): KnownFile {
    const isOpen = !this.#options.packing && this.#source.isOpen;
    return isOpen ? knownByFile(this.#fd) : knownByPosition(this.#position, this.#source.mtime());
  }

  /** When it was last written to (ms). */
  mtime(): number {
    return this.#source.mtime();
  }

  /** Bytes read, whole lines or not. */
  get read(): number {
    return this.#read;
  }

  /** The first bytes of a plain file, as far as they are known; at most HEAD_BYTES. */
  get head(): Buffer {
    return this.#head;
  }

  get isOpen(): boolean {
    return this.#source.isOpen;
  }

  /** Whether it is a plain file without a name: it was deleted, or another file was renamed over it. */
  isDeleted(): boolean {
    return this.isOpen && identify(this.#fd).links === 0;
  }

  /** Whether reading began at its beginning, and no whole line has been read yet. */
  get isUntouched(): boolean {
    return this.#options.isFresh && !this.#hasEmitted;
  }

  get end(): ByteSource['end'] {
    return this.#source.end;
  }

  /** Sets the goal: to read what it holds now, and no more for the time being. */
  aim(): void {
    this.#source.aim();
  }

  /** Whether the goal has not been reached yet. */
  get hasMore(): boolean {
    return this.#source.hasMore;
  }

  /** Reads about so many bytes of it. */
  readSome(bytes: number): Promise<void> {
    return this.#source.readSome(bytes);
  }

  /** Reading found that it is another file now. */
  get isSuspect(): boolean {
    return this.#isRewritten;
  }

  /**
   * Whether it was, or may have been, truncated or rewritten since it was last read; `size` is the one just seen.
   * While no whole line of it is known, it may be another file each time it grows.
   */
  isRewritten(size: number): boolean {
    if (this.#isRewritten || size < this.#read) return true;
    if (this.#position.offset === 0) return size > this.#read;
    return !hasSameHead(this.#fd, this.#position) || !this.#hasLast();
  }

  become(stage: Stage): void {
    this.#position = { ...this.#position, stage };
  }

  /** Records a fingerprint of more first bytes than were read. */
  learn({ head, headLength }: Fingerprint): void {
    this.#position = { ...this.#position, head, headLength };
  }

  /** Its last line, without a newline so far. The last bytes of an incomplete packed file are not one. */
  partialLine(): Buffer {
    if (this.#source.end !== 'done' && this.#options.packing) return NOTHING;
    const half = this.#before?.partialLine() ?? NOTHING;
    return half.length > 0 ? joinHalves(half, this.#first) : this.#splitter.partial();
  }

  /** Its partial last line was handed on with the first line of the next file, or is in that file. */
  releasePartialLine(): void {
    if (this.partialLine().length === 0) return;
    this.#leaveBefore();
    this.releaseHeld('all');
    this.#splitter = createSplitter(this.#options.join, this.#options);
    this.#position = withTail({ ...this.#position, offset: this.#read }, this.#last);
  }

  /** Whether whole lines are held, and nothing has followed them for a while. */
  get isOverdue(): boolean {
    const { heldLength } = this.#splitter;
    return heldLength > 0 && this.#options.clock.now() - this.#lastRead >= MAX_HOLD_TIME;
  }

  /** Hands on held lines as they are: `overdue` ones, or all. */
  releaseHeld(which: 'overdue' | 'all'): void {
    if (this.#splitter.heldLength === 0 || (which === 'overdue' && !this.isOverdue)) return;
    this.#emit(this.#splitter.release(), NOTHING, this.#read);
  }

  /** Hands on the partial last line as it is: nothing will follow it. */
  finish(): void {
    const half = this.#before?.partialLine() ?? NOTHING;
    const lines = this.#splitter.push(half.length > 0 ? joinHalves(half, this.#first) : this.#first);
    this.#leaveBefore();
    this.#emit(lines, NOTHING, this.#read);
    this.#emit(this.#splitter.end(), NOTHING, this.#read);
  }

  close(): void {
    if (this.isOpen) this.#options.openFiles.remove();
    this.#source.close();
  }

  /** Closes a plain file for a while; `unpark` gives it back, open. */
  park(): void {
    this.close();
  }

  unpark(fd: number): void {
    this.#fd = fd;
    this.#source = this.#plainSource();
    this.#options.openFiles.add();
  }

  /** The path of a plain file now (proc(5)); null: the system does not tell, or it has none. */
  whereabouts(): string | null {
    if (this.#options.packing || !this.isOpen) return null;
    try {
      const path = readlinkSync(`/proc/self/fd/${this.#fd}`);
      return fileIdOf(lstatSync(path, { bigint: true })) === idOf(this.#position) ? path : null;
    } catch {
      return null;
    }
  }

  /**
   * How many bytes of unread whole lines are also in another file, at this offset. A partial line that is whole there
   * is not handed on here any more.
   */
  linesInCommon(fd: number, offset: number): number {
    if (!this.isOpen) return 0;
    const from = this.#position.offset;
    const { size } = identify(this.#fd);
    const common = commonLength([this.#fd, from], [fd, offset], MAX_COMPARED_BYTES);
    if (this.#read === size && common >= size - from) this.releasePartialLine();
    const end = readBefore(fd, offset + common, Math.min(common, MAX_LINE_BYTES));
    const newline = end.lastIndexOf(NEWLINE);
    return newline < 0 ? 0 : common - (end.length - newline - 1);
  }

  #plainSource(): ByteSource {
    return new PlainSource(this.#fd, this.#read, (chunk) => this.#takeIfSame(chunk));
  }

  #packedSource(packing: Packing): ByteSource {
    return new PackedSource(
      { fd: this.#fd, packing, clock: this.#options.clock },
      () => this.#restart(),
      (chunk) => this.#take(chunk),
      (chunk) => {
        this.#last = lastOf(this.#last, chunk);
      },
    );
  }

  /** Bytes that are read after the file was truncated and refilled do not belong to the file that was being read. */
  #takeIfSame(chunk: Buffer): boolean {
    const head = headAfter(this.#fd, this.#position, chunk, this.#read);
    if (this.#isRewritten || !head || !this.#hasLast()) {
      this.#isRewritten = true;
      return false;
    }
    if (head.length > this.#head.length) {
      this.#head = Buffer.from(head);
      this.#position = { ...this.#position, ...hashHead(this.#head) };
    }
    this.#take(chunk);
    return true;
  }

  /** Whether the bytes that were read last are still in their place. */
  #hasLast(): boolean {
    return readBefore(this.#fd, this.#read, this.#last.length).equals(this.#last);
  }

  #take(chunk: Buffer): void {
    const before = this.#last;
    const from = this.#read;
    const lines = this.#before ? this.#joinFirstLine(chunk) : this.#splitter.push(chunk);
    this.#read += chunk.length;
    this.#lastRead = this.#options.clock.now();
    this.#last = lastOf(before, chunk);
    this.#emit(lines, chunk, from, before);
  }

  /** `chunk`: the bytes that were read at `from`; `before`: the bytes before them. */
  #emit(lines: Lines, chunk: Buffer, from: number, before = this.#last): void {
    const offset = this.#read - this.#splitter.partialLength - this.#first.length;
    if (offset !== this.#position.offset)
      this.#position = withTail({ ...this.#position, offset }, bytesTo(offset - from, before, chunk));
    this.#hasEmitted ||= this.#splitter.heldLength > 0 || lines.text !== '';
    if (lines.text === '') return;
    this.#options.onLines({ lines, position: this.#position });
  }

  /** Waits for the whole first line: only then is it clear whether it is the rest of the partial line before. */
  #joinFirstLine(chunk: Buffer): Lines {
    this.#first = Buffer.concat([this.#first, chunk]);
    const half = this.#before?.partialLine() ?? NOTHING;
    if (half.length > 0 && !this.#first.includes(NEWLINE) && this.#first.length < MAX_LINE_BYTES)
      return NO_LINES;
    const bytes = joinHalves(half, this.#first);
    this.#leaveBefore();
    return this.#splitter.push(bytes);
  }

  #leaveBefore(): void {
    this.#before?.releasePartialLine();
    this.#before = null;
    this.#first = NOTHING;
  }

  #restart(): number {
    this.#splitter = createSplitter(this.#options.join, this.#options);
    this.#first = NOTHING;
    this.#last = NOTHING;
    this.#read = this.#position.offset;
    return this.#read;
  }
}

/** Bytes of the unread rest of a replaced log that are compared with the new one. */
const MAX_COMPARED_BYTES = 64 * 1024 * 1024;
