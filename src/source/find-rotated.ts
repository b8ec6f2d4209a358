import { type BigIntStats, closeSync, constants, fstatSync, openSync, readdirSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { reasonOf } from '../reason-of.js';
import {
  beginsLike,
  COARSE,
  HEAD_BYTES,
  hashHead,
  isSameInode,
  type KnownFile,
  readHead,
  tellsApart,
} from './identity.js';
import { isMissing } from './is-missing.js';
import type { FilePosition } from './line-batch.js';
import { compareAge, type RotatedName, readRotatedName } from './rotated-name.js';
import { isTruncated, type Packing, unpack } from './unpack.js';

/** What is asked of the files that lie behind a log. */
export interface RotatedSought {
  /** The path of the log. */
  readonly path: string;
  /** Files that lay there and were not read to their end. */
  readonly sought: readonly FilePosition[];
  /** Files that somebody reads, or has read; asked for when all others have been looked at. */
  known(): readonly KnownFile[];
  /** Files not last written to before this (ms) may be such that nobody has seen; null: there can be none. */
  readonly since: number | null;
  /** Whether a file (device and inode) is the log of somebody else. */
  isTaken(identity: string): boolean;
  /** First bytes of packed files, kept from one look to the next: to unpack them takes its time. */
  readonly heads: Map<string, Buffer>;
}

/** A rotated file, open: whoever gets it closes it. */
export interface Rotated {
  readonly at: string;
  readonly fd: number;
  readonly packing: Packing | null;
  /** As it lies now; for one that was sought with the offset where reading stopped, else at its beginning. */
  readonly place: Pick<FilePosition, 'device' | 'inode' | 'head' | 'headLength' | 'offset'>;
  /** The position it was sought by; null for one that nobody had seen. */
  readonly sought: FilePosition | null;
}

export interface RotatedFound {
  /** Oldest first. */
  readonly files: readonly Rotated[];
  readonly lost: readonly FilePosition[];
  /** False: names changed all the time, so that something may have been overlooked; nothing is found then. */
  readonly isSettled: boolean;
  /** Files that may have been meant and cannot be looked into. */
  readonly unreadable: readonly { readonly path: string; readonly reason: string }[];
}

/** A file that lies around a log, open, with its first (unpacked) bytes. */
interface Candidate {
  readonly at: string;
  readonly fd: number;
  readonly device: string;
  readonly inode: string;
  /** Bytes on the disk. */
  readonly size: number;
  readonly changed: number;
  readonly name: RotatedName | null;
  readonly head: Buffer;
}

/** Names change while logrotate is at work; then it is looked again, at most so often in a row. */
const MOST_ATTEMPTS = 5;

/**
 * Finds what was rotated away from a path and has not been read: beside it or in a folder in there (logrotate's
 * `olddir`), renamed, copied or packed. A file is known by device and inode, or else by its first bytes. What there is is
 * compared again after `known` was asked: so nothing that is older than the log as it was then stays unseen.
 */
export async function findRotated(sought: RotatedSought): Promise<RotatedFound> {
  for (let attempt = 1; attempt <= MOST_ATTEMPTS; attempt++) {
    const { candidates, names, unreadable } = await listCandidates(sought);
    const chosen = choose(sought, candidates, sought.known());
    const isSettled = snapshot(sought.path) === names && (attempt > 1 || chosen.lost.length === 0);
    const files = isSettled ? chosen.files : [];
    for (const one of candidates) if (!files.some(({ candidate }) => candidate === one)) closeSync(one.fd);
    if (isSettled) return { files: files.map(openRotated), lost: chosen.lost, isSettled, unreadable };
  }
  return { files: [], lost: [], isSettled: false, unreadable: [] };
}

interface Chosen {
  readonly files: readonly { readonly candidate: Candidate; readonly sought: FilePosition | null }[];
  readonly lost: readonly FilePosition[];
}

function choose(
  sought: RotatedSought,
  candidates: readonly Candidate[],
  known: readonly KnownFile[],
): Chosen {
  const files: { candidate: Candidate; sought: FilePosition | null }[] = [];
  const lost: FilePosition[] = [];
  const rest = (): Candidate[] =>
    candidates.filter((one) => !files.some(({ candidate }) => candidate === one));
  for (const position of sought.sought) {
    const candidate = locate(position, rest(), known);
    if (candidate) files.push({ candidate, sought: position });
    else lost.push(position);
  }
  for (const candidate of findUnseen(sought, rest(), known)) files.push({ candidate, sought: null });
  files.sort((a, b) => compareCandidates(a.candidate, b.candidate));
  return { files, lost };
}

/** What there is now of rotated files that may be newer than `since`: for a log that is seen for the first time. */
export async function listRotated(
  path: string,
  since: number,
): Promise<Pick<Candidate, 'head' | 'changed'>[]> {
  const all = { path, sought: [], known: () => [], since, isTaken: () => false, heads: new Map() };
  const { candidates } = await listCandidates(all);
  for (const { fd } of candidates) closeSync(fd);
  return candidates.filter(({ name, head }) => name?.sure && head.length > 0);
}

function openRotated({ candidate, sought }: Chosen['files'][number]): Rotated {
  const { at, fd, name, device, inode, head } = candidate;
  const offset = sought?.offset ?? 0;
  return {
    at,
    fd,
    packing: name?.packing ?? null,
    place: { device, inode, ...hashHead(head), offset },
    sought,
  };
}

/** By its inode, else by its first bytes; rather under the name of a rotated file, rather not packed. */
function locate(
  position: FilePosition,
  candidates: readonly Candidate[],
  known: readonly KnownFile[],
): Candidate | null {
  const fits = candidates.filter((one) => {
    if (!isSameInode(one, position) && known.some((other) => other.isLike(one.head, one.changed)))
      return false;
    if (position.headLength > 0 && !beginsLike(one.head, position)) return false;
    if (position.headLength === 0) return isSameInode(one, position);
    return one.name?.packing ? true : one.size >= position.offset;
  });
  const rank = (one: Candidate): number =>
    (isSameInode(one, position) ? 0 : 4) + (one.name ? 0 : 2) + (one.name?.packing ? 1 : 0);
  return fits.sort((a, b) => rank(a) - rank(b) || b.size - a.size)[0] ?? null;
}

/** Files that came and went while nobody looked. Copies and packed forms of what is known are none. */
function findUnseen(
  sought: RotatedSought,
  candidates: readonly Candidate[],
  known: readonly KnownFile[],
): Candidate[] {
  const { since } = sought;
  if (since === null) return [];
  const unseen: Candidate[] = [];
  const plainFirst = [...candidates].sort((a, b) => Number(!!a.name?.packing) - Number(!!b.name?.packing));
  for (const one of plainFirst) {
    if (!one.name?.sure || one.head.length === 0 || one.changed < since - COARSE) continue;
    if (sought.isTaken(`${one.device}:${one.inode}`)) continue;
    if (known.some((other) => other.isLike(one.head, one.changed) || isSameInode(one, other))) continue;
    if (sought.sought.some((position) => beginsLike(one.head, position))) continue;
    if (!unseen.some((other) => isSameLog(one, other))) unseen.push(one);
  }
  return unseen;
}

/** The same log twice: its packed form is made before the plain one is removed. */
function isSameLog(a: Candidate, b: Candidate): boolean {
  const length = Math.min(a.head.length, b.head.length);
  return (
    tellsApart(a.head.subarray(0, length)) && a.head.subarray(0, length).equals(b.head.subarray(0, length))
  );
}

/** Older first: by the last line in it, or by the name where times are too coarse to tell. */
function compareCandidates(a: Candidate, b: Candidate): number {
  return a.changed - b.changed || (a.name && b.name ? compareAge(a.name, b.name) : 0);
}

interface Listed {
  readonly candidates: readonly Candidate[];
  readonly unreadable: RotatedFound['unreadable'];
  readonly names: string;
}

async function listCandidates(sought: RotatedSought): Promise<Listed> {
  const names = snapshot(sought.path);
  const candidates: Candidate[] = [];
  const unreadable: { path: string; reason: string }[] = [];
  for (const { at, name } of listNames(sought.path)) {
    const candidate = await look(at, name, sought, unreadable);
    if (candidate) candidates.push(candidate);
  }
  return { candidates, unreadable, names };
}

/** All that lies around a log, by name and inode: to be compared. */
function snapshot(path: string): string {
  return listNames(path)
    .map(({ at }) => `${at} ${statSync(at, { bigint: true, throwIfNoEntry: false })?.ino}`)
    .join('\n');
}

/** All names around a path that begin like it, or are its rotated ones, here and in the folders in here. */
function listNames(path: string): { readonly at: string; readonly name: RotatedName | null }[] {
  const base = basename(path);
  const found: { at: string; name: RotatedName | null }[] = [];
  const here = list(dirname(path));
  for (const folder of [dirname(path), ...here.filter((one) => one.isDirectory).map(({ at }) => at)])
    for (const { at, isDirectory } of folder === dirname(path) ? here : list(folder)) {
      const name = readRotatedName(base, basename(at));
      if (!isDirectory && at !== path && (name || basename(at).startsWith(base))) found.push({ at, name });
    }
  return found;
}

function list(folder: string): { readonly at: string; readonly isDirectory: boolean }[] {
  try {
    return readdirSync(folder, { withFileTypes: true })
      .filter((entry) => entry.isFile() || entry.isDirectory())
      .map((entry) => ({ at: join(folder, entry.name), isDirectory: entry.isDirectory() }));
  } catch {
    return []; // gone, or not ours to read: nothing can be found in there
  }
}

/** Opens what may be meant: by its time, or by its inode. */
async function look(
  at: string,
  name: RotatedName | null,
  { sought, since, heads }: RotatedSought,
  unreadable: { path: string; reason: string }[],
): Promise<Candidate | null> {
  const stats = statSync(at, { bigint: true, throwIfNoEntry: false });
  if (!stats) return null;
  const { changed, ...place } = placeOf(stats);
  const isSought = sought.some(
    (position) => isSameInode(place, position) || changed >= position.since - COARSE,
  );
  if (!isSought && (since === null || changed < since - COARSE)) return null;
  let fd: number;
  try {
    fd = openSync(at, constants.O_RDONLY | constants.O_NONBLOCK);
  } catch (error) {
    if (isMissing(error)) return null;
    unreadable.push({ path: at, reason: reasonOf(error) });
    return null;
  }
  try {
    if (!isSameInode(place, placeOf(fstatSync(fd, { bigint: true })))) throw new Gone();
    const head = name?.packing
      ? await unpackHeadOnce(fd, name.packing, stats, heads)
      : readHead(fd, HEAD_BYTES);
    return { at, fd, ...place, size: Number(stats.size), changed, name, head };
  } catch (error) {
    closeSync(fd);
    if (error instanceof Gone) return null;
    unreadable.push({ path: at, reason: reasonOf(error) });
    return null;
  }
}

/** Another file has taken its name. */
class Gone extends Error {}

function placeOf(stats: BigIntStats): Pick<Candidate, 'device' | 'inode' | 'changed'> {
  return {
    device: String(stats.dev),
    inode: String(stats.ino),
    changed: Number(stats.mtimeNs) / 1e6,
  };
}

/** So many heads are kept: beyond, all are read anew. */
const MOST_HEADS = 2000;

async function unpackHeadOnce(
  fd: number,
  packing: Packing,
  { dev, ino, size, mtimeNs }: BigIntStats,
  heads: Map<string, Buffer>,
): Promise<Buffer> {
  const key = `${dev}:${ino}:${size}:${mtimeNs}`;
  const head = heads.get(key) ?? (await unpackHead(fd, packing));
  if (heads.size >= MOST_HEADS) heads.clear();
  heads.set(key, head);
  return head;
}

/** The first unpacked bytes; fewer when the packed data end before, as they do while they are being written. */
async function unpackHead(fd: number, packing: Packing): Promise<Buffer> {
  const { stream, over } = unpack(fd, packing);
  let head = Buffer.alloc(0);
  try {
    for await (const chunk of stream) {
      head = Buffer.concat([head, chunk]).subarray(0, HEAD_BYTES);
      if (head.length === HEAD_BYTES) break;
    }
  } catch (error) {
    if (!isTruncated(error)) throw error;
  } finally {
    stream.destroy();
    await over;
  }
  return head;
}
