import { type BigIntStats, closeSync, constants, fstatSync, openSync } from 'node:fs';
import { codeOf } from '../../../base/errors.js';
import { fileIdOf } from '../../../base/file-id.js';
import { isMissing } from '../../is-missing.js';
import { HEAD_BYTES, hashHead } from '../fingerprint.js';
import type { FilePosition } from '../line-batch.js';
import { endsWithTail, readAt, tailLength } from './evidence.js';
import type { PackedFiles } from './packed-files.js';
import type { RotatedName } from './rotated-name.js';
import type { Packing } from './unpack.js';

/** Bytes before a place in a (packed) file. */
export interface End {
  readonly bytes: Buffer;
  /** Where they end: less than what was asked for if the file is shorter. */
  readonly end: number;
}

/**
 * A file beside a log that may be a rotated one of it. It is opened again for each read: thousands of logs have many
 * such files.
 */
export class Candidate {
  readonly at: string;
  readonly name: RotatedName | null;
  readonly device: string;
  readonly inode: string;
  /** Bytes on the disk. */
  readonly size: number;
  /** When it was last written to (ms). */
  readonly mtime: number;
  /** Its first (unpacked) bytes. */
  readonly head: Buffer;
  readonly #stamp: string;
  readonly #packed: PackedFiles;

  private constructor(
    at: string,
    name: RotatedName | null,
    stats: BigIntStats,
    head: Buffer,
    packed: PackedFiles,
  ) {
    this.at = at;
    this.name = name;
    this.device = String(stats.dev);
    this.inode = String(stats.ino);
    this.size = Number(stats.size);
    this.mtime = mtimeOf(stats);
    this.head = head;
    this.#stamp = stampOf(stats);
    this.#packed = packed;
  }

  /** Reads the first bytes of a file; null when another file has its name now. Rejects when it cannot be read. */
  static async inspect(
    at: string,
    name: RotatedName | null,
    stats: BigIntStats,
    packed: PackedFiles,
  ): Promise<Candidate | null> {
    const fd = openSame(at, stats);
    if (fd === null) return null;
    try {
      const packing = name?.packing ?? null;
      const head = packing
        ? await packed.head({ fd, packing, stamp: stampOf(stats) }, HEAD_BYTES)
        : readAt(fd, 0, HEAD_BYTES);
      return new Candidate(at, name, stats, head, packed);
    } finally {
      closeSync(fd);
    }
  }

  get packing(): Packing | null {
    return this.name?.packing ?? null;
  }

  /** Opens it; null when another file has its name now. The caller closes it. */
  open(): number | null {
    return openSame(this.at, { dev: BigInt(this.device), ino: BigInt(this.inode) });
  }

  /** At most `length` unpacked bytes before a place. */
  async endAt(place: number, length: number): Promise<End> {
    const { packing, head } = this;
    if (place <= head.length) return { bytes: head.subarray(Math.max(0, place - length), place), end: place };
    if (!packing && this.size < place) return { bytes: NOTHING, end: this.size };
    if (head.length < HEAD_BYTES) return { bytes: head.subarray(-length), end: head.length };
    const fd = this.open();
    if (fd === null) return { bytes: NOTHING, end: 0 };
    try {
      if (packing) return await this.#packed.end({ fd, packing, stamp: this.#stamp }, place, length);
      const from = Math.max(0, place - length);
      return { bytes: readAt(fd, from, place - from), end: place };
    } finally {
      closeSync(fd);
    }
  }

  /** Whether its first bytes are those of the file of a position, as far as they are known. */
  beginsLike({ head, headLength }: Pick<FilePosition, 'head' | 'headLength'>): boolean {
    if (headLength === 0 || this.head.length < headLength) return false;
    return hashHead(this.head.subarray(0, headLength)).head === head;
  }

  /** Whether it has exactly so many (unpacked) bytes. */
  async endsAt(place: number): Promise<boolean> {
    if (!this.packing) return this.size === place;
    return (await this.endAt(place + 1, 1)).end === place;
  }

  /** Whether it holds, in its place, all that was read of the file of a position. */
  async holds(position: FilePosition): Promise<boolean> {
    const length = tailLength(position);
    const { bytes, end } = await this.endAt(position.offset, length);
    return end === position.offset && (length === 0 || endsWithTail(bytes, position));
  }
}

const NOTHING = Buffer.alloc(0);

/** Opens a plain file, not a link, if it is still the one that was seen. */
function openSame(path: string, { dev, ino }: Pick<BigIntStats, 'dev' | 'ino'>): number | null {
  const fd = openPlain(path);
  if (fd === null) return null;
  const stats = fstatSync(fd, { bigint: true });
  if (stats.isFile() && stats.dev === dev && stats.ino === ino) return fd;
  closeSync(fd);
  return null;
}

/** null: it is gone, or is a link now. */
function openPlain(path: string): number | null {
  try {
    return openSync(path, constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOFOLLOW);
  } catch (error) {
    if (isMissing(error) || codeOf(error) === 'ELOOP') return null;
    throw error;
  }
}

function stampOf(stats: BigIntStats): string {
  return `${fileIdOf(stats)}:${stats.size}:${stats.mtimeNs}`;
}

/** ms */
export function mtimeOf({ mtimeNs }: Pick<BigIntStats, 'mtimeNs'>): number {
  return Number(mtimeNs) / 1e6;
}
