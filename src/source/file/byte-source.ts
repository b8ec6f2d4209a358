import { closeSync, fstatSync } from 'node:fs';
import type { Clock } from '../../base/time/clock.js';
import { within } from '../../base/time/within.js';
import { ByteTail } from './byte-tail.js';
import { mtimeOf } from './rotation/candidate.js';
import { isTruncated, type Packing, type Unpacking, unpack } from './rotation/unpack.js';

/** Where the bytes of a segment come from: an open log, or a packed one. */
export interface ByteSource {
  /** `done`: nothing can follow; `broken`: a packed file ended too early, so far. */
  readonly end: 'open' | 'done' | 'broken';
  readonly isOpen: boolean;
  /** When the file was last written to (ms); of one that is closed, when it was closed. */
  mtime(): number;
  /** Sets the goal: to read what the file holds now, and no more for the time being. */
  aim(): void;
  /** Whether the goal has not been reached yet. */
  readonly hasMore: boolean;
  /** Reads about so many bytes of it, perhaps fewer. Rejects when it cannot be read. */
  readSome(bytes: number): Promise<void>;
  close(): void;
}

/** An open log, read from a byte position on. */
export class PlainSource implements ByteSource {
  readonly end = 'open';
  readonly #fd: number;
  readonly #tail: ByteTail;
  #aim = 0;
  #refused = false;
  #changed = 0;

  /** `take` says whether more is wanted for now. */
  constructor(fd: number, position: number, take: (chunk: Buffer) => boolean) {
    this.#fd = fd;
    const onBytes = (chunk: Buffer): boolean => {
      this.#refused = !take(chunk);
      return !this.#refused;
    };
    this.#tail = new ByteTail({ fd, position, onBytes });
  }

  get isOpen(): boolean {
    return this.#tail.isOpen;
  }

  mtime(): number {
    if (this.isOpen) this.#changed = mtimeOf(fstatSync(this.#fd, { bigint: true }));
    return this.#changed;
  }

  aim(): void {
    this.#refused = false;
    if (this.#tail.isOpen) this.#aim = fstatSync(this.#fd).size;
  }

  get hasMore(): boolean {
    return this.#tail.isOpen && !this.#refused && Number(this.#tail.pos) < this.#aim;
  }

  async readSome(bytes: number): Promise<void> {
    const at = Number(this.#tail.pos);
    const place = Math.min(this.#aim, at + bytes);
    await this.#tail.readTo(place, place < this.#aim);
    if (this.#tail.isOpen && Number(this.#tail.pos) === at) this.#aim = at; // shorter than it was
  }

  close(): void {
    this.mtime();
    this.#tail.end();
  }
}

/** How long to wait (ms) for the next bytes of a packed file: it may hold gigabytes that unpack to nothing. */
const MAX_WAIT = 1000;

/** A packed file that is being unpacked. */
interface Running {
  readonly unpacking: Unpacking;
  readonly chunks: AsyncIterator<Buffer>;
  /** The next bytes, when they have been asked for. */
  next: Promise<IteratorResult<Buffer>> | null;
  /** So many of the first bytes have been read before. */
  skip: number;
}

/** Unpacks a file from its beginning; one that ends too early is unpacked again after the next `aim`. */
export class PackedSource implements ByteSource {
  readonly #fd: number;
  readonly #packing: Packing;
  readonly #clock: Clock;
  readonly #restart: () => number;
  readonly #take: (chunk: Buffer) => void;
  readonly #pass: (chunk: Buffer) => void;
  #end: ByteSource['end'] = 'open';
  #hasMore = false;
  #changed = 0;
  #running: Running | null = null;
  #isReading = false;
  #closed = false;
  #isFileClosed = false;

  /**
   * `restart`: the offset at which reading continues when the file is unpacked from its beginning. Bytes before it go
   * to `pass`, the others to `take`.
   */
  constructor(
    file: { readonly fd: number; readonly packing: Packing; readonly clock: Clock },
    restart: () => number,
    take: (chunk: Buffer) => void,
    pass: (chunk: Buffer) => void,
  ) {
    this.#fd = file.fd;
    this.#packing = file.packing;
    this.#clock = file.clock;
    this.#restart = restart;
    this.#take = take;
    this.#pass = pass;
  }

  get end(): ByteSource['end'] {
    return this.#end;
  }

  get isOpen(): boolean {
    return !this.#closed;
  }

  mtime(): number {
    if (this.isOpen) this.#changed = mtimeOf(fstatSync(this.#fd, { bigint: true }));
    return this.#changed;
  }

  aim(): void {
    this.#hasMore = this.#end !== 'done' && !this.#closed;
  }

  get hasMore(): boolean {
    return this.#hasMore;
  }

  async readSome(bytes: number): Promise<void> {
    if (this.#closed || this.#end === 'done' || this.#isReading) return;
    this.#isReading = true;
    this.#running ??= this.#begin();
    try {
      await this.#readSome(this.#running, bytes);
    } catch (error) {
      if (this.#closed) return;
      await this.#stop();
      if (!isTruncated(error)) throw error;
      this.#end = 'broken';
    } finally {
      this.#isReading = false;
      if (this.#closed) await this.#stop();
    }
  }

  /** If bytes are on their way, the file is closed when they have arrived. */
  close(): void {
    if (this.#closed) return;
    this.mtime();
    this.#closed = true;
    this.#running?.unpacking.stream.destroy();
    if (!this.#isReading) void this.#stop();
  }

  #begin(): Running {
    const unpacking = unpack(this.#fd, this.#packing);
    const chunks: AsyncIterator<Buffer> = unpacking.stream[Symbol.asyncIterator]();
    return { unpacking, chunks, next: null, skip: this.#restart() };
  }

  async #readSome(running: Running, bytes: number): Promise<void> {
    for (let left = bytes; left > 0; ) {
      running.next ??= running.chunks.next();
      const result = await this.#nextWithin(running.next);
      if (result === null || this.#closed) return;
      running.next = null;
      if (result.done) return await this.#finish(running);
      const chunk = result.value;
      const skipped = chunk.subarray(0, running.skip);
      running.skip -= skipped.length;
      if (skipped.length > 0) this.#pass(skipped);
      if (chunk.length > skipped.length) this.#take(chunk.subarray(skipped.length));
      left -= chunk.length;
    }
  }

  /** null: they are not there yet. */
  async #nextWithin(next: Promise<IteratorResult<Buffer>>): Promise<IteratorResult<Buffer> | null> {
    let result: IteratorResult<Buffer> | null = null;
    const arrived = next.then((one) => {
      result = one;
    });
    await within(this.#clock, MAX_WAIT, arrived);
    arrived.catch(() => {}); // reported at the next call
    return result;
  }

  async #finish(running: Running): Promise<void> {
    await this.#stop();
    if (running.skip > 0)
      throw new Error(`it ends ${running.skip} bytes before the place where reading stopped`);
    this.#end = 'done';
  }

  async #stop(): Promise<void> {
    this.#hasMore = false;
    const running = this.#running;
    this.#running = null;
    running?.unpacking.stream.destroy();
    await running?.unpacking.over;
    if (this.#closed) this.#closeFile();
  }

  #closeFile(): void {
    if (this.#isFileClosed) return;
    this.#isFileClosed = true;
    closeSync(this.#fd);
  }
}
