import type { Clock } from '../../../base/time/clock.js';
import { isTruncated, type Packing, unpack } from './unpack.js';

/** A packed file, open, and what tells that it has not changed. */
export interface PackedFile {
  readonly fd: number;
  readonly packing: Packing;
  /** Device, inode, size and time of its last change. */
  readonly stamp: string;
}

/** What an end of unpacked bytes looks like. */
export interface PackedEnd {
  /** The bytes before it; fewer than were asked for where the file is shorter. */
  readonly bytes: Buffer;
  /** How many unpacked bytes lie before it: less than was asked for where the file ends, or may not be read, so far. */
  readonly end: number;
}

/** So many packed bytes are read for a head: each packer gives its first bytes after a block, of 900 KB at most. */
const MAX_HEAD_INPUT = 4 * 1024 * 1024;

/** So far a file is unpacked only to see what it is (unpacked bytes): a second or two. */
const MAX_END = 256 * 1024 * 1024;

/** So long (ms) a file is unpacked only to see what it is: it may hold gigabytes that unpack to nothing. */
const MAX_UNPACK_TIME = 10_000;

/** So many are unpacked at once: each takes a few descriptors and some 1 MB. */
const MAX_AT_ONCE = 4;

/** So much is remembered of files that were looked into; then it is all forgotten. */
const MAX_REMEMBERED = 10_000;

/** Looks into packed files, into each piece only once: to unpack takes its time. Shared by all logs. */
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
   * Hands on unpacked bytes until no more are wanted, there are none, or it takes too long; rejects when it cannot be
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

/** What failed is tried again the next time. */
function remembered<T>(known: Map<string, Promise<T>>, key: string, make: () => Promise<T>): Promise<T> {
  const found = known.get(key);
  if (found) return found;
  if (known.size >= MAX_REMEMBERED) known.clear();
  const made = make();
  known.set(key, made);
  made.catch(() => known.delete(key));
  return made;
}
