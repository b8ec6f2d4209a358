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
  /** Bytes read from the file so far, as they lie on the disk. */
  onProgress?(bytes: number): void;
}

/** With more at once the text leaves the processor's cache before its lines are read. */
const READ_BYTES = 64 * 1024;

/**
 * Reads a file (`-` is `stdin`) from start to end, unpacking gzip by its first bytes (RFC 1952). Here a last line
 * without a newline counts. Rejects when it cannot be read, or is no sound gzip.
 */
export async function readWhole(path: string, stdin: Readable, options: ReadWholeOptions): Promise<void> {
  const splitter = createSplitter(options.join ?? null, { onCut() {}, onEntryCut() {} });
  for await (const chunk of readUnpacked(openFile(path, stdin), options.onProgress))
    options.onLines(splitter.push(chunk));
  options.onLines(splitter.end());
}

/**
 * Opens a file (`-` is `stdin`) to be read from its start. Throws where it is a folder, or is not there. A chunk of a file
 * is valid until the next one is asked for.
 */
export function openFile(path: string, stdin: Readable): AsyncIterable<Buffer | string> {
  if (path === '-') return isFileAt(stdin) ? chunksOf(stdin.fd, 'stays open') : stdin;
  const stats = statSync(path);
  if (stats.isDirectory()) throw new Error('it is a folder');
  return stats.isFile() ? chunksOf(openSync(path, 'r'), 'is closed') : createReadStream(path);
}

function isFileAt(stdin: Readable): stdin is Readable & { readonly fd: number } {
  return 'fd' in stdin && typeof stdin.fd === 'number' && fstatSync(stdin.fd).isFile();
}

/** Chunks between two turns of the event loop. */
const CHUNKS_A_TURN = 16;

/** Into one buffer: V8 collects garbage as often as a new one for each chunk asks for. */
async function* chunksOf(fd: number, end: 'is closed' | 'stays open'): AsyncGenerator<Buffer> {
  const buffer = Buffer.allocUnsafeSlow(READ_BYTES);
  try {
    for (let chunks = 1; ; chunks++) {
      const length = readSync(fd, buffer, 0, buffer.length, null);
      if (length === 0) return;
      yield buffer.subarray(0, length);
      if (chunks % CHUNKS_A_TURN === 0) await nextTurn();
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
