import { createReadStream, statSync } from 'node:fs';
import type { Readable } from 'node:stream';
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

/** With more at once the text leaves the processor's second cache before its lines are read. */
const READ_BYTES = 256 * 1024;

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

/** Opens a file (`-` is `stdin`) to be read from its start. Throws where it is a folder, or is not there. */
export function openFile(path: string, stdin: Readable): Readable {
  if (path !== '-' && statSync(path).isDirectory()) throw new Error('it is a folder');
  return path === '-' ? stdin : createReadStream(path, { highWaterMark: READ_BYTES });
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
  const source = Readable.from(all);
  const gunzip = createGunzip();
  source.on('error', (error) => gunzip.destroy(error));
  yield* source.pipe(gunzip);
}

async function* prepend(first: Buffer, rest: AsyncGenerator<Buffer>): AsyncGenerator<Buffer> {
  yield first;
  yield* rest;
}
