import {
  chmodSync,
  closeSync,
  fchmodSync,
  fstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  type Stats,
  statSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { codeOf } from '../../base/errors.js';

/** The content of a state folder; a folder with anything else is shared. */
const OURS = /^(?:tayori\.db|lock)(?:-new)?(?:-wal|-shm|-journal)?$|^Maildir$/;

/** Group and others: read, write, enter. */
const OTHERS = 0o077;
const OTHERS_WRITE = 0o022;

/**
 * Creates a folder for its owner only, if it does not exist, whatever the umask. `above`: the mode of parent folders that
 * are created; left out: the same (XDG Base Directory). True if it was created.
 */
export function makeFolder(folder: string, above = 0o700): boolean {
  mkdirSync(dirname(folder), { recursive: true, mode: above });
  try {
    mkdirSync(folder, { mode: 0o700 });
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false;
    throw error;
  }
  chmodSync(folder, 0o700);
  return true;
}

/**
 * Creates the state folder if it does not exist, and removes the access of others to it: it holds log text; a user who opens
 * the lock would keep every daemon from starting; a long reader would let the WAL of SQLite grow. A shared folder is left
 * as it is. Throws, with the reason, if it cannot be made private.
 */
export function makePrivate(folder: string): void {
  if (makeFolder(folder)) return;
  const stats = statSync(folder);
  if ((stats.mode & OTHERS) !== 0) closeToOthers(folder, stats);
  for (const name of readdirSync(folder)) if (OURS.test(name)) closeFile(join(folder, name));
}

function closeToOthers(folder: string, stats: Stats): void {
  const seen = `others may ${(stats.mode & OTHERS_WRITE) === 0 ? 'read' : 'write into'} it (mode ${modeOf(stats)})`;
  const instead = `chmod 700 ${folder}, or set state to a folder of its own`;
  const theirs = readdirSync(folder).find((name) => !OURS.test(name));
  if (theirs !== undefined)
    throw new Error(`${seen}, and it holds other things, such as ${theirs}; ${instead}`);
  if (!mayClose(stats)) throw new Error(`${seen}, and it belongs to user ${stats.uid}; ${instead}`);
  // Files of others may be anything, and would stay theirs after the folder is closed.
  const known = [0, process.geteuid?.(), stats.uid];
  const foreign = readdirSync(folder).find((name) => !known.includes(statOf(join(folder, name))?.uid ?? 0));
  if (foreign !== undefined)
    throw new Error(`${seen}, and ${foreign} in it belongs to somebody else; remove it`);
  chmodSync(folder, 0o700);
  if ((statSync(folder).mode & OTHERS) !== 0)
    throw new Error(`${seen}, and its file system keeps no modes; ${instead}`);
}

/** Nobody else can reach the file any more, so one that is gone, or that we may not close, is no danger. */
function closeFile(path: string): void {
  const stats = statOf(path);
  if (stats?.isFile() && (stats.mode & OTHERS) !== 0 && mayClose(stats)) chmodSync(path, 0o600);
}

function statOf(path: string): Stats | undefined {
  return statSync(path, { throwIfNoEntry: false });
}

/** Only its owner and root may change the mode of a file. */
function mayClose({ uid }: Stats): boolean {
  const user = process.geteuid?.();
  return user === 0 || user === uid;
}

/**
 * Creates an empty file for its owner only, if it does not exist, whatever the umask: SQLite treats an empty file as a new
 * database, and gives its WAL and index the same mode.
 */
export function makeFile(path: string): void {
  const file = openSync(path, 'a', 0o600);
  try {
    if (mayClose(fstatSync(file))) fchmodSync(file, 0o600);
  } finally {
    closeSync(file);
  }
}

/** The access of others to a state folder, in words; null if there is none, or no folder. */
export function exposureOf(folder: string): string | null {
  const stats = seenAt(folder);
  if (!stats?.isDirectory() || (stats.mode & OTHERS) === 0) return null;
  const others =
    (stats.mode & OTHERS_WRITE) === 0 ? 'others may read the state' : 'others may write into the state';
  return `${others} ${folder} (mode ${modeOf(stats)}); chmod 700 ${folder}, which the next start does where it may`;
}

/** undefined on errors: the code that uses the path will report them. */
function seenAt(path: string): Stats | undefined {
  try {
    return statOf(path);
  } catch {
    return undefined; // EACCES, ENAMETOOLONG, ELOOP
  }
}

function modeOf({ mode }: Stats): string {
  return (mode & 0o777).toString(8);
}

/** Whether a folder holds only a state. */
export function holdsStateAlone(folder: string): boolean {
  return readdirSync(folder).every((name) => OURS.test(name));
}
