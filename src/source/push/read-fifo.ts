import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { Socket } from 'node:net';
import { reasonOf } from '../../base/errors.js';
import { fileIdOf } from '../../base/file-id.js';
import { isMissing } from '../is-missing.js';
import type { SourceEvent } from '../source-event.js';
import { createLineSplitter, listLines } from '../split-lines.js';
import { nameFifo } from './name-receiver.js';
import type { Receiver } from './receiver.js';

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

/** The most that a pipe holds (fs.pipe-max-size, unless root raised it): what is left in one that is let go. */
const MOST_LEFT = 1024 * 1024;

/**
 * Reads a FIFO, whoever writes to it. It is opened read-write, so that writers may come and go, and without blocking,
 * so that nobody need be there. One that is missing, is made anew or is no FIFO is taken up at a later look. A line
 * that is begun waits for its end, whoever writes that; one without an end is no line.
 */
export function readFifo({ path, onLines, onEvent }: FifoOptions): Receiver {
  const name = nameFifo(path);
  let opened: Opened | null = null;
  /** Why nothing is read, in words; told once, when it begins. */
  let trouble: string | null = null;
  let closed = false;
  const splitter = createLineSplitter((bytes) => onEvent({ kind: 'line-cut', path, bytes }));

  function take(chunk: Buffer): void {
    const lines = listLines(splitter.push(chunk));
    if (lines.length > 0) onLines(lines);
  }

  function fail(status: string, event: SourceEvent): void {
    if (trouble !== status) onEvent(event);
    trouble = status;
  }

  function failToRead(reason: string): void {
    fail(`cannot be read (${reason})`, { kind: 'unreadable', path, reason });
  }

  function tellOpen(): void {
    onEvent({ kind: 'inlet-open', name, again: trouble !== null });
    trouble = null;
  }

  function open(): void {
    const fd = openSync(path, constants.O_RDWR | constants.O_NONBLOCK);
    const stats = fstatSync(fd);
    if (!stats.isFIFO()) {
      closeSync(fd);
      return fail('no FIFO', { kind: 'no-fifo', path });
    }
    const socket = new Socket({ fd, readable: true, writable: false });
    socket.on('data', take);
    socket.on('error', ({ message }) => failToRead(message));
    opened = { fd, identity: fileIdOf(stats), socket };
    tellOpen();
  }

  /** What writers have left in it is still read. */
  function letGo(): void {
    if (!opened) return;
    const { fd, socket } = opened;
    opened = null;
    if (!socket.destroyed) for (const chunk of readLeft(fd)) take(chunk);
    socket.destroy();
  }

  async function lookAt(): Promise<void> {
    const stats = await stat(path);
    if (closed) return;
    if (!stats.isFIFO()) return fail('no FIFO', { kind: 'no-fifo', path });
    if (opened?.identity !== fileIdOf(stats) || opened.socket.destroyed) {
      letGo();
      open();
    } else if (trouble !== null) {
      tellOpen();
    }
  }

  return {
    async poll() {
      try {
        await lookAt();
      } catch (error) {
        if (isMissing(error)) fail('not there yet', { kind: 'missing', path, skipped: false });
        else failToRead(reasonOf(error));
      }
    },
    state: () => ({ name, status: trouble ?? (opened ? 'open' : 'not open yet') }),
    async close() {
      closed = true;
      letGo();
    },
  };
}

/** What stands in the pipe now. */
function* readLeft(fd: number): Generator<Buffer> {
  const chunk = Buffer.alloc(64 * 1024);
  for (let left = 0; left < MOST_LEFT; ) {
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
    return 0; // EAGAIN: it is empty; whatever else it is, there is nothing to be had
  }
}
