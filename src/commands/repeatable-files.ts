import { statSync } from 'node:fs';
import type { Readable } from 'node:stream';
import { gunzipSync, gzipSync } from 'node:zlib';
import { openFile, readUnpacked } from '../source/read-whole.js';

/**
 * Bytes of streams that are held, packed, so that they can be read again: about 600 MB of a log. More is read once.
 */
const MAX_HELD = 64 * 1024 * 1024;

/** So many bytes are packed together. */
const PIECE = 256 * 1024;

/** Files that are read from start to end more than once, also where they can be opened once only (`-`, a pipe). */
export class RepeatableFiles {
  readonly #stdin: Readable;
  readonly #maxHeld: number;
  /** By path, what can be opened once only. */
  readonly #streams = new Map<string, HeldStream>();

  constructor(stdin: Readable, maxHeld = MAX_HELD) {
    this.#stdin = stdin;
    this.#maxHeld = maxHeld;
  }

  /** Whether a stream was too long to be held whole: reading it again ends sooner. */
  get isCut(): boolean {
    return [...this.#streams.values()].some((stream) => stream.isCut);
  }

  /** The bytes of a file, unpacked where they are gzip. Throws when it cannot be read, or is no sound gzip. */
  read(path: string, onProgress?: (bytes: number) => void): AsyncGenerator<Buffer> {
    const held = this.#streams.get(path);
    if (held) return held.readAgain();
    const raw = openFile(path, this.#stdin);
    if (path !== '-' && statSync(path).isFile()) return readUnpacked(raw, onProgress);
    const stream = new HeldStream(raw, this.#maxHeld);
    this.#streams.set(path, stream);
    return readUnpacked(stream.readFirst());
  }
}

class HeldStream {
  readonly #raw: AsyncIterable<Buffer | string>;
  readonly #maxHeld: number;
  readonly #pieces: Buffer[] = [];
  #piece: Buffer[] = [];
  #pieceBytes = 0;
  #held = 0;
  #isCut = false;

  constructor(raw: AsyncIterable<Buffer | string>, maxHeld: number) {
    this.#raw = raw;
    this.#maxHeld = maxHeld;
  }

  get isCut(): boolean {
    return this.#isCut;
  }

  async *readFirst(): AsyncGenerator<Buffer> {
    for await (const chunk of this.#raw) {
      const bytes = Buffer.from(chunk);
      this.#hold(bytes);
      yield bytes;
    }
    this.#pack();
  }

  async *readAgain(): AsyncGenerator<Buffer> {
    try {
      yield* readUnpacked(this.#unpacked());
    } catch (error) {
      if (!this.#isCut) throw error; // gzip that was cut is no sound gzip
    }
  }

  async *#unpacked(): AsyncGenerator<Buffer> {
    for (const piece of this.#pieces) yield gunzipSync(piece);
  }

  #hold(bytes: Buffer): void {
    if (this.#isCut) return;
    this.#piece.push(bytes);
    this.#pieceBytes += bytes.length;
    if (this.#pieceBytes >= PIECE) this.#pack();
  }

  #pack(): void {
    const packed = gzipSync(Buffer.concat(this.#piece), { level: 1 });
    this.#piece = [];
    this.#pieceBytes = 0;
    if (this.#held + packed.length > this.#maxHeld) this.#isCut = true;
    if (this.#isCut) return;
    this.#held += packed.length;
    this.#pieces.push(packed);
  }
}
