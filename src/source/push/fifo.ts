import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { Socket } from 'node:net';
import { reasonOf } from '../../base/errors.js';
import { fileIdOf } from '../../base/file-id.js';
import { isMissing } from '../is-missing.js';
import type { SourceEvent } from '../source-event.js';
import { createLineSplitter, type LineSplitter, listLines } from '../split-lines.js';
import { nameFifo } from './name-receiver.js';
import type { Receiver, ReceiverState } from './receiver.js';

export interface FifoOptions {
  readonly path: string;
  onLines(lines: readonly string[]): void;
  onEvent(event: SourceEvent): void;
}

/** One FIFO (one inode) that is open. */
interface Opened {
  readonly fd: number;
  readonly identity: string;
  readonly socket: Socket;
}

/** Bytes that are read from a FIFO before it is closed: as much as a pipe holds (fs.pipe-max-size). */
const MAX_LEFT = 1024 * 1024;

/**
 * Opens a FIFO for reading. It is opened read-write, so that writers may come and go, and without blocking, so that no
 * writer need be there. A FIFO that is missing or was created again, or a path that is not a FIFO, is opened at a later
 * poll. A partial line waits for its newline, whoever writes that.
 */
export function openFifo(options: FifoOptions): Receiver {
  return new Fifo(options);
}

class Fifo implements Receiver {
  readonly #path: string;
  readonly #name: string;
  readonly #onLines: FifoOptions['onLines'];
  readonly #onEvent: FifoOptions['onEvent'];
  readonly #splitter: LineSplitter;
  #opened: Opened | null = null;
  /** Why nothing is read, in words; emitted once, when it begins. */
  #trouble: string | null = null;
  #closed = false;

  constructor({ path, onLines, onEvent }: FifoOptions) {
    this.#path = path;
    this.#name = nameFifo(path);
    this.#onLines = onLines;
    this.#onEvent = onEvent;
    this.#splitter = createLineSplitter((bytes) => onEvent({ kind: 'line-cut', path, bytes }));
  }

  async poll(): Promise<void> {
    try {
      await this.#pollPath();
    } catch (error) {
      const path = this.#path;
      if (isMissing(error)) this.#fail('not there yet', { kind: 'missing', path, skipped: false });
      else this.#failToRead(reasonOf(error));
    }
  }

  state(): ReceiverState {
    return { name: this.#name, status: this.#trouble ?? (this.#opened ? 'open' : 'not open yet') };
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#release();
  }

  async #pollPath(): Promise<void> {
    const stats = await stat(this.#path);
    if (this.#closed) return;
    if (!stats.isFIFO()) return this.#failAsNoFifo();
    if (this.#opened?.identity !== fileIdOf(stats) || this.#opened.socket.destroyed) {
      this.#release();
      this.#open();
    } else if (this.#trouble !== null) {
      this.#reportOpen();
    }
  }

  #open(): void {
    const fd = openSync(this.#path, constants.O_RDWR | constants.O_NONBLOCK);
    const stats = fstatSync(fd);
    if (!stats.isFIFO()) {
      closeSync(fd);
      return this.#failAsNoFifo();
    }
    const socket = new Socket({ fd, readable: true, writable: false });
    socket.on('data', (chunk) => this.#take(chunk));
    socket.on('error', ({ message }) => this.#failToRead(message));
    this.#opened = { fd, identity: fileIdOf(stats), socket };
    this.#reportOpen();
  }

  #take(chunk: Buffer): void {
    const lines = listLines(this.#splitter.push(chunk));
    if (lines.length > 0) this.#onLines(lines);
  }

  /** Closes it; what writers have left in it is read before. */
  #release(): void {
    if (!this.#opened) return;
    const { fd, socket } = this.#opened;
    this.#opened = null;
    if (!socket.destroyed) for (const chunk of readLeft(fd)) this.#take(chunk);
    socket.destroy();
  }

  #reportOpen(): void {
    this.#onEvent({ kind: 'receiver-open', name: this.#name, again: this.#trouble !== null });
    this.#trouble = null;
  }

  #fail(status: string, event: SourceEvent): void {
    if (this.#trouble !== status) this.#onEvent(event);
    this.#trouble = status;
  }

  #failToRead(reason: string): void {
    this.#fail(`cannot be read (${reason})`, { kind: 'unreadable', path: this.#path, reason });
  }

  #failAsNoFifo(): void {
    this.#fail('no FIFO', { kind: 'no-fifo', path: this.#path });
  }
}

/** Reads what the pipe holds now. */
function* readLeft(fd: number): Generator<Buffer> {
  const chunk = Buffer.alloc(64 * 1024);
  for (let left = 0; left < MAX_LEFT; ) {
    const got = readNow(fd, chunk);
    if (got === 0) return;
    left += got;
    yield chunk.subarray(0, got);
  }
}

function readNow(fd: number, chunk: Buffer): number {
  try {
    return readSync(fd, chunk);
  } catch {
    return 0; // EAGAIN: it is empty; after any other error nothing can be read either
  }
}
