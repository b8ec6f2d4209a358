import type { Clock } from '../../../base/time/clock.js';
import { isTruncated, type Packing, unpack } from './unpack.js';

/** A packed file, open, and a stamp that shows whether it has changed. */
export interface PackedFile {
  readonly fd: number;
  readonly packing: Packing;
  /** Device, inode, size and time of its last change. */
  readonly stamp: string;
}

/** The end of unpacked bytes. */
export interface PackedEnd {
  /** The bytes before it; fewer than were asked for where the file is shorter. */
  readonly bytes: Buffer;
  /** How many unpacked bytes lie before it: fewer than was asked for if the file, or the limit, ends before. */
  readonly end: number;
}

/** Packed bytes that are read for a head: a packer gives its first bytes after one block, of 900 KB at most. */
const MAX_HEAD_INPUT = 4 * 1024 * 1024;

/** Unpacked bytes up to which a file is unpacked to identify it: a second or two. */
const MAX_END = 256 * 1024 * 1024;

/** How long (ms) a file is unpacked to identify it: it may hold gigabytes that unpack to nothing. */
const MAX_UNPACK_TIME = 10_000;

/** How many files are unpacked at once: each takes a few descriptors and some 1 MB. */
const MAX_AT_ONCE = 4;

/** How many results are remembered; then all are forgotten. */
const MAX_REMEMBERED = 10_000;

/** Unpacks parts of packed files, each part only once, because unpacking is slow. Shared by all logs. */
export class PackedFiles {
  readonly #clock: Clock;
  readonly #heads = new Map<string, Promise<Buffer>>();
  readonly #ends = new Map<string, Promise<PackedEnd>>();
  #running = 0;
  readonly #waiting: (() => void)[] = [];

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** The first unpacked bytes, at most `length`; fewer where the packed data end before, as while they are written. */
  head(file: PackedFile, length: number): Promise<Buffer> {
    return remembered(this.#heads, `${file.stamp} ${length}`, () =>
      this.#inTurn(async () => {
        let head = Buffer.alloc(0);
        await this.#through(file, MAX_HEAD_INPUT, (chunk) => {
          head = Buffer.concat([head, chunk]).subarray(0, length);
          return head.length < length;
        });
        return Buffer.from(head);
      }),
    );
  }

  /** At most `length` unpacked bytes before a place. */
  end(file: PackedFile, place: number, length: number): Promise<PackedEnd> {
    return remembered(this.#ends, `${file.stamp} ${place} ${length}`, () =>
      this.#inTurn(async () => {
        const max = Math.min(place, MAX_END);
        let [bytes, end] = [Buffer.alloc(0), 0];
        await this.#through(file, Number.POSITIVE_INFINITY, (chunk) => {
          const wanted = chunk.subarray(0, max - end);
          bytes = Buffer.concat([bytes, wanted.subarray(-length)]).subarray(-length);
          end += wanted.length;
          return end < max;
        });
        return { bytes: Buffer.from(bytes), end };
      }),
    );
  }

  /**
   * Hands on unpacked bytes until no more are wanted, the file ends, or it takes too long. Rejects when it cannot be
   * unpacked.
   */
  async #through(file: PackedFile, max: number, take: (chunk: Buffer) => boolean): Promise<void> {
    const { stream, over } = unpack(file.fd, file.packing, max);
    let isLate = false;
    const callOff = this.#clock.after(MAX_UNPACK_TIME, () => {
      isLate = true;
      stream.destroy();
    });
    try {
      for await (const chunk of stream) if (!take(chunk)) break;
    } catch (error) {
      if (!isLate && !isTruncated(error)) throw error;
    } finally {
      callOff();
      stream.destroy();
      await over;
    }
  }

  async #inTurn<T>(work: () => Promise<T>): Promise<T> {
    if (this.#running >= MAX_AT_ONCE) await new Promise<void>((resolve) => this.#waiting.push(resolve));
    this.#running += 1;
    try {
      return await work();
    } finally {
      this.#running -= 1;
      this.#waiting.shift()?.();
    }
  }
}

/** Remembers the result of `make`; a failure is not remembered. */
function remembered<T>(known: Map<string, Promise<T>>, key: string, make: () => Promise<T>): Promise<T> {
  const found = known.get(key);
  if (found) return found;
  if (known.size >= MAX_REMEMBERED) known.clear();
  const made = make();
  known.set(key, made);
  made.catch(() => known.delete(key));
  return made;
}
