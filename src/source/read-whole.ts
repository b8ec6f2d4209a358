import { closeSync, createReadStream, fstatSync, openSync, readSync, statSync } from 'node:fs';
import type { Readable } from 'node:stream';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { createGunzip } from 'node:zlib';
import type { JoinLines } from '../base/text/joiner.js';
import { createSplitter } from './joining-splitter.js';
import type { Lines } from './split-lines.js';

export interface ReadWholeOptions {
  /** Joins lines to entries; null or unset: each line is one. */
  readonly join?: JoinLines | null;
  onLines(lines: Lines): void;
  /** The lines of a read have come: a megabyte of a file, or what a stream had. */
  onRead?(): void;
  /** Bytes read from the file so far, as they lie on the disk. */
  onProgress?(bytes: number): void;
}

const READ_BYTES = 1024 * 1024;
const READ_STDIN_BYTES = 64 * 1024;

/** With more at once the text leaves the processor's cache before its lines are read. */
const PIECE_BYTES = 64 * 1024;

/**
 * Reads a file (`-` is `stdin`) from start to end, unpacking gzip by its first bytes (RFC 1952). Here a last line
 * without a newline counts. Rejects when it cannot be read, or is no sound gzip.
 */
export async function readWhole(path: string, stdin: Readable, options: ReadWholeOptions): Promise<void> {
  const splitter = createSplitter(options.join ?? null, { onCut() {}, onEntryCut() {} });
  for await (const chunk of readUnpacked(openFile(path, stdin), options.onProgress)) {
    for (let from = 0; from < chunk.length; from += PIECE_BYTES)
      options.onLines(splitter.push(chunk.subarray(from, from + PIECE_BYTES)));
    options.onRead?.();
  }
  options.onLines(splitter.end());
  options.onRead?.();
}

/**
 * Opens a file (`-` is `stdin`) to be read from its start. Throws where it is a folder, or is not there. A chunk of a file
 * is valid until the next one is asked for.
 */
export function openFile(path: string, stdin: Readable): AsyncIterable<Buffer | string> {
  if (path === '-') return isFileAt(stdin) ? chunksOf(stdin.fd, READ_STDIN_BYTES, 'stays open') : stdin;
  const stats = statSync(path);
  if (stats.isDirectory()) throw new Error('it is a folder');
  if (!stats.isFile()) return createReadStream(path, { highWaterMark: READ_BYTES });
  return chunksOf(openSync(path, 'r'), READ_BYTES, 'is closed');
}

function isFileAt(stdin: Readable): stdin is Readable & { readonly fd: number } {
  return 'fd' in stdin && typeof stdin.fd === 'number' && fstatSync(stdin.fd).isFile();
}

/** Bytes between two turns of the event loop. */
const BYTES_A_TURN = 1024 * 1024;

/** Into one buffer: V8 collects garbage as often as a new one for each chunk asks for. */
async function* chunksOf(fd: number, bytes: number, end: 'is closed' | 'stays open'): AsyncGenerator<Buffer> {
  const buffer = Buffer.allocUnsafeSlow(bytes);
  let inTurn = 0;
  try {
    for (;;) {
      const length = readSync(fd, buffer, 0, bytes, null);
      if (length === 0) return;
      yield buffer.subarray(0, length);
      inTurn += length;
      if (inTurn < BYTES_A_TURN) continue;
      inTurn = 0;
      await nextTurn();
    }
  } finally {
    if (end === 'is closed') closeSync(fd);
  }
}

/** The bytes of a stream, unpacked where they are gzip. `onProgress`: how many were read of it so far, as they came. */
export function readUnpacked(
  raw: AsyncIterable<Buffer | string>,
  onProgress?: (bytes: number) => void,
): AsyncGenerator<Buffer> {
  let read = 0;
  return unpacked(
    count(raw, (bytes) => {
      read += bytes;
      onProgress?.(read);
    }),
  );
}

async function* count(
  stream: AsyncIterable<Buffer | string>,
  onBytes: (bytes: number) => void,
): AsyncGenerator<Buffer> {
  for await (const chunk of stream) {
    const bytes = typeof chunk === 'string' ? Buffer.from(chunk) : chunk;
    onBytes(bytes.length);
    yield bytes;
  }
}

async function* unpacked(chunks: AsyncGenerator<Buffer>): AsyncGenerator<Buffer> {
  const first = await chunks.next();
  if (first.done) return;
  const all = prepend(first.value, chunks);
  if (first.value[0] !== 0x1f || first.value[1] !== 0x8b) return yield* all;
  const { Readable } = await import('node:stream');
  const source = Readable.from(copied(all));
  const gunzip = createGunzip();
  source.on('error', (error) => gunzip.destroy(error));
  yield* source.pipe(gunzip);
}

/** A stream reads ahead. */
async function* copied(chunks: AsyncGenerator<Buffer>): AsyncGenerator<Buffer> {
  for await (const chunk of chunks) yield Buffer.from(chunk);
}

async function* prepend(first: Buffer, rest: AsyncGenerator<Buffer>): AsyncGenerator<Buffer> {
  yield first;
  yield* rest;
}
