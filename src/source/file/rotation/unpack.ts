import { spawn } from 'node:child_process';
import { read } from 'node:fs';
import { PassThrough, pipeline, Readable } from 'node:stream';
import { promisify } from 'node:util';
import { createGunzip } from 'node:zlib';
import { codeOf } from '../../../base/errors.js';

/** How a rotated log is packed, named after the program that unpacks it. */
export type Packing = 'gzip' | 'bzip2' | 'xz' | 'zstd';

const ENDINGS: readonly (readonly [string, Packing])[] = [
  ['.gz', 'gzip'],
  ['.bz2', 'bzip2'],
  ['.xz', 'xz'],
  ['.zst', 'zstd'],
];

/** The packing by a file's name, and the name without it. */
export function packingOf(name: string): { readonly packing: Packing | null; readonly plain: string } {
  for (const [ending, packing] of ENDINGS)
    if (name.endsWith(ending)) return { packing, plain: name.slice(0, -ending.length) };
  return { packing: null, plain: name };
}

/** Unpacked bytes on their way. */
export interface Unpacking {
  readonly stream: Readable;
  /** Resolves when the packed file is no longer in use, however it ended; only then may it be closed. */
  readonly over: Promise<void>;
}

const READ_BYTES = 256 * 1024;

/**
 * Unpacks an open file from its beginning: gzip here, others by their own programs. When the packed data end too
 * early the stream fails with an error that `isTruncated`: the file may still be being written. `max`: only so many
 * packed bytes are read.
 */
export function unpack(fd: number, packing: Packing, max = Number.POSITIVE_INFINITY): Unpacking {
  const packed = Readable.from(chunksOf(fd, max), { objectMode: false, highWaterMark: READ_BYTES });
  const over = new Promise<void>((resolve) => void packed.once('close', resolve));
  const stream = packing === 'gzip' ? gunzip(packed) : runProgram(packed, packing);
  return { stream, over };
}

/** The file stays open: it may have to be read again. */
async function* chunksOf(fd: number, max: number): AsyncGenerator<Buffer> {
  for (let position = 0; position < max; ) {
    const { bytesRead, buffer } = await readBytes(fd, Buffer.alloc(READ_BYTES), 0, READ_BYTES, position);
    if (bytesRead === 0) return;
    yield buffer.subarray(0, bytesRead);
    position += bytesRead;
  }
}

const readBytes = promisify(read);

/** The packed data end too early. */
class Truncated extends Error {}

/** Whether an error of the stream means that the packed data end too early. */
export function isTruncated(error: unknown): boolean {
  return error instanceof Truncated || codeOf(error) === 'Z_BUF_ERROR';
}

function gunzip(packed: Readable): Readable {
  const stream = createGunzip({ chunkSize: READ_BYTES });
  const out = new PassThrough({ highWaterMark: READ_BYTES });
  pipeline(packed, stream, out, () => void packed.destroy());
  return out;
}

function runProgram(packed: Readable, program: Packing): Readable {
  const out = new PassThrough({ highWaterMark: READ_BYTES });
  const child = spawn(program, ['-dc'], { stdio: ['pipe', 'pipe', 'pipe'] });
  let complaint = '';
  child.stderr.on('data', (bytes: Buffer) => {
    complaint = `${complaint}${bytes}`.slice(0, MAX_COMPLAINT);
  });
  child.on('error', (error) => {
    const missing = codeOf(error) === 'ENOENT';
    out.destroy(missing ? new Error(`the program ${program} is not installed`) : error);
    packed.destroy();
  });
  child.on('close', (code) => {
    packed.destroy();
    if (code === 0) out.end();
    else out.destroy(failure(program, complaint.trim()));
  });
  child.stdin.on('error', () => {}); // it has ended; its exit code tells why
  child.stdout.on('error', () => {});
  out.on('close', () => void child.kill());
  packed.on('error', (error) => out.destroy(error));
  packed.pipe(child.stdin);
  child.stdout.pipe(out, { end: false });
  return out;
}

/** How much of the complaint of a program that unpacks is kept (characters). */
const MAX_COMPLAINT = 500;

function failure(program: Packing, complaint: string): Error {
  const early = /unexpected end|premature|file ends unexpectedly|premature end/i.test(complaint);
  const message = complaint === '' ? `${program} failed` : `${program}: ${complaint}`;
  return early ? new Truncated(message) : new Error(message);
}
