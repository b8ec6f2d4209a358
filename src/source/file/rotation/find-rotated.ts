import { reasonOf } from '../../../base/errors.js';
import { COARSE, hashHead, isDistinctive, isSameInode } from '../fingerprint.js';
import type { FolderListings } from '../folder-listings.js';
import type { KnownFile } from '../known-file.js';
import type { FilePosition } from '../line-batch.js';
import type { LogPlace } from '../log-places.js';
import { isOutOfDescriptors } from '../open-files.js';
import { idOf } from '../open-log.js';
import { Candidate, mtimeOf } from './candidate.js';
import { isTimed, TAIL_BYTES } from './evidence.js';
import type { PackedFiles } from './packed-files.js';
import { compareAge } from './rotated-name.js';
import { listNeighbours, type Neighbour } from './surroundings.js';
import { type Packing, packingOf } from './unpack.js';

/** Which rotated files of a log are sought. */
export interface RotatedSought {
  /** The path of the log. */
  readonly path: string;
  readonly places: readonly LogPlace[];
  /** The owner of the log; null if the log is not there. */
  readonly owner: bigint | null;
  /** Files that were there and were not read to their end. */
  readonly sought: readonly FilePosition[];
  /** Files that are read, or were read; asked for after all others have been inspected. */
  known(): readonly KnownFile[];
  /** Files with this mtime (ms) or a later one may never have been seen; null: there can be none. */
  readonly since: number | null;
  /** Whether another path reads a file (device and inode). */
  isTaken(identity: string): boolean;
  readonly listings: FolderListings;
  readonly packed: PackedFiles;
}

/** A rotated file that was found. */
export interface Rotated {
  readonly at: string;
  /** Opens it; the caller closes it. null: another file has its name now. */
  open(): number | null;
  readonly packing: Packing | null;
  /** Whether it has the name of a rotated log, not only a name that begins like the log. */
  readonly isRotated: boolean;
  /** Its fingerprint now; the offset at which reading stopped for a file that was sought, else 0. */
  readonly place: Pick<FilePosition, 'device' | 'inode' | 'head' | 'headLength' | 'offset'>;
  /** The position by which it was sought; null for one that was never seen. */
  readonly sought: FilePosition | null;
}

export interface RotatedFound {
  /** Oldest first. */
  readonly files: readonly Rotated[];
  readonly lost: readonly FilePosition[];
  /** False: names changed all the time, so a file may have been missed; then nothing is found. */
  readonly isStable: boolean;
  /** Files that may be rotated ones and cannot, or must not, be read. */
  readonly unreadable: readonly Unreadable[];
}

export interface Unreadable {
  readonly path: string;
  readonly reason: string;
}

/** No rotated file was found. */
export const NOTHING_FOUND: RotatedFound = { files: [], lost: [], isStable: true, unreadable: [] };

/** Names change while logrotate works: how often the search starts again. */
const MAX_ATTEMPTS = 5;

/**
 * Finds rotated files of a path that were not read: beside it, beside the targets of a link, or in a subfolder
 * (logrotate's `olddir`), renamed, copied or packed. A file is recognised by device, inode and the content that was
 * read, or by the content alone. The names are compared again after `known` was asked, so that no file older than the
 * log is missed.
 */
export async function findRotated(sought: RotatedSought): Promise<RotatedFound> {
  const wanted = { ...sought, inodes: sought.sought.map(idOf) };
  let around = await listNeighbours(wanted);
  for (let attempt = 1; attempt <= MAX_ATTEMPTS; attempt++) {
    const { candidates, unreadable } = await inspectNeighbours(around.neighbours, sought);
    const chosen = await choose(sought, candidates, sought.known());
    const { names } = around;
    around = await listNeighbours(wanted);
    if (around.names === names && (attempt > 1 || chosen.lost.length === 0))
      return { files: chosen.files.map(toRotated), lost: chosen.lost, isStable: true, unreadable };
  }
  return { ...NOTHING_FOUND, isStable: false };
}

/** Lists rotated files that may be newer than `since`, for a log that is seen for the first time. */
export async function listRotated(
  sought: Pick<RotatedSought, 'path' | 'places' | 'owner' | 'listings' | 'packed'> & {
    readonly since: number;
  },
): Promise<Candidate[]> {
  const { neighbours } = await listNeighbours({ ...sought, inodes: [] });
  const { candidates } = await inspectNeighbours(neighbours, { ...sought, sought: [] });
  return candidates.filter(({ name, head }) => name?.sure && head.length > 0);
}

interface Chosen {
  readonly files: readonly { readonly candidate: Candidate; readonly sought: FilePosition | null }[];
  readonly lost: readonly FilePosition[];
}

async function choose(
  sought: RotatedSought,
  candidates: readonly Candidate[],
  known: readonly KnownFile[],
): Promise<Chosen> {
  const files: { candidate: Candidate; sought: FilePosition | null }[] = [];
  const lost: FilePosition[] = [];
  const rest = (): Candidate[] =>
    candidates.filter((one) => !files.some(({ candidate }) => candidate === one));
  for (const position of sought.sought) {
    const candidate = await locate(position, rest(), known, sought);
    if (candidate) files.push({ candidate, sought: position });
    else lost.push(position);
  }
  for (const candidate of await findUnseen(sought, rest(), known)) files.push({ candidate, sought: null });
  files.sort((a, b) => compareCandidates(a.candidate, b.candidate));
  return { files, lost };
}

function toRotated({ candidate, sought }: Chosen['files'][number]): Rotated {
  const { at, name, device, inode, head, packing } = candidate;
  const place = { device, inode, ...hashHead(head), offset: sought?.offset ?? 0 };
  return { at, open: () => candidate.open(), packing, isRotated: name !== null, place, sought };
}

/** Finds a file by its inode, else by its content; prefers the name of a rotated file, and one that is not packed. */
async function locate(
  position: FilePosition,
  candidates: readonly Candidate[],
  known: readonly KnownFile[],
  { isTaken }: RotatedSought,
): Promise<Candidate | null> {
  const rank = (one: Candidate): number =>
    (isSameInode(one, position) ? 0 : 4) + (one.name ? 0 : 2) + (one.packing ? 1 : 0);
  const ranked = candidates.toSorted((a, b) => rank(a) - rank(b) || b.size - a.size);
  const packed = candidates.filter((one) => one.packing && mayHold(one, position));
  for (const one of ranked) {
    if (!mayHold(one, position) || isTaken(idOf(one))) continue;
    if (!isSameInode(one, position) && (await isKnown(one, known))) continue;
    const isPlainToSee = one.packing !== null && packed.length === 1 && isTimed(one.head);
    if (isPlainToSee || (await one.holds(position))) return one;
  }
  return null;
}

/** Whether inode and first bytes allow that a file continues from a position. */
function mayHold(one: Candidate, position: FilePosition): boolean {
  if (position.headLength === 0) return isSameInode(one, position);
  if (!one.beginsLike(position)) return false;
  return one.head.length === position.headLength || isDistinctive(one.head.subarray(0, position.headLength));
}

async function isKnown(one: Candidate, known: readonly KnownFile[]): Promise<boolean> {
  for (const other of known) if (await other.isLike(one)) return true;
  return false;
}

/** Files that were written and rotated between two polls. Copies and packed forms of known files do not count. */
async function findUnseen(
  sought: RotatedSought,
  candidates: readonly Candidate[],
  known: readonly KnownFile[],
): Promise<Candidate[]> {
  const { since } = sought;
  if (since === null) return [];
  const unseen: Candidate[] = [];
  const plainFirst = candidates.toSorted((a, b) => Number(!!a.packing) - Number(!!b.packing));
  for (const one of plainFirst) {
    if (!one.name?.sure || one.head.length === 0 || one.mtime < since - COARSE) continue;
    if (sought.isTaken(idOf(one)) || known.some((other) => isSameInode(one, other))) continue;
    if ((await isKnown(one, known)) || (await isSought(one, sought.sought))) continue;
    if (!(await isAmong(one, unseen))) unseen.push(one);
  }
  return unseen;
}

/** Whether a file is another form of one that is sought. */
async function isSought(one: Candidate, sought: readonly FilePosition[]): Promise<boolean> {
  for (const position of sought)
    if (position.headLength > 0 && mayHold(one, position) && (await one.holds(position))) return true;
  return false;
}

async function isAmong(one: Candidate, others: readonly Candidate[]): Promise<boolean> {
  for (const other of others) if (await isSameLog(one, other)) return true;
  return false;
}

/** Whether two files are the same log: a copy, or the packed form, which is made before the plain one is removed. */
async function isSameLog(a: Candidate, b: Candidate): Promise<boolean> {
  const length = Math.min(a.head.length, b.head.length);
  const head = a.head.subarray(0, length);
  if (!head.equals(b.head.subarray(0, length)) || !isDistinctive(head)) return false;
  if (packingOf(a.at).plain === packingOf(b.at).plain || isTimed(head)) return true;
  if (a.size !== b.size || a.packing !== b.packing) return false;
  if (a.packing) return true;
  const [endOfA, endOfB] = [await a.endAt(a.size, TAIL_BYTES), await b.endAt(b.size, TAIL_BYTES)];
  return endOfA.bytes.equals(endOfB.bytes);
}

/** Older first: by mtime, or by name if the mtimes are equal. */
function compareCandidates(a: Candidate, b: Candidate): number {
  return a.mtime - b.mtime || (a.name && b.name ? compareAge(a.name, b.name) : 0);
}

interface Inspected {
  readonly candidates: readonly Candidate[];
  readonly unreadable: readonly Unreadable[];
}

async function inspectNeighbours(
  neighbours: readonly Neighbour[],
  sought: Pick<RotatedSought, 'sought' | 'since' | 'packed' | 'owner'>,
): Promise<Inspected> {
  const candidates: Candidate[] = [];
  const unreadable: Unreadable[] = [];
  for (const neighbour of neighbours.filter((one) => mayBeMeant(one, sought))) {
    const { at, name, stats } = neighbour;
    const reason = refusalOf(neighbour, sought);
    if (reason !== null) {
      if (name?.sure && sought.owner !== null) unreadable.push({ path: at, reason });
      continue;
    }
    try {
      const candidate = await Candidate.inspect(at, name, stats, sought.packed);
      if (candidate) candidates.push(candidate);
    } catch (error) {
      if (isOutOfDescriptors(error)) throw error; // it may well be what is sought
      unreadable.push({ path: at, reason: reasonOf(error) });
    }
  }
  return { candidates, unreadable };
}

/** Whether a neighbour may be sought, by its mtime or its inode. */
function mayBeMeant(
  { stats }: Neighbour,
  { sought, since }: Pick<RotatedSought, 'sought' | 'since'>,
): boolean {
  const changed = mtimeOf(stats);
  if (since !== null && changed >= since - COARSE) return true;
  return sought.some((position) => isAt(stats, position) || changed >= position.since - COARSE);
}

/** A file that was read before, with the same inode, belongs to the log, whoever owns it now. */
function refusalOf({ stats, refusal }: Neighbour, { sought }: Pick<RotatedSought, 'sought'>): string | null {
  return sought.some((position) => isAt(stats, position)) ? null : refusal;
}

function isAt({ dev, ino }: Neighbour['stats'], { device, inode }: FilePosition): boolean {
  return String(dev) === device && String(ino) === inode;
}
