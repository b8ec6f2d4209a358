import { lchownSync, lstatSync, mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

/** What a state folder holds; a folder that holds anything else is not handed over. */
const OURS = /^(?:tayori\.db|lock)(?:-new)?(?:-wal|-shm|-journal)?$|^Maildir$/;

/** Others may write into the folder, so what lies in it may be anybody's. */
const WRITABLE_BY_OTHERS = 0o022;

/**
 * Makes the state folder where there is none and, as root, gives it to the user that the daemon becomes. What root does
 * not own, or what is shared, such as /var, stays as it is. No link is followed. Throws where the system refuses.
 */
export function handOver(folder: string, owner: { readonly uid: number; readonly gid: number }): void {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const { uid, mode } = lstatSync(folder);
  if (uid !== 0 || (mode & WRITABLE_BY_OTHERS) !== 0) return;
  const names = readdirSync(folder);
  if (!names.every((name) => OURS.test(name))) return;
  for (const name of names) give(join(folder, name), owner);
  lchownSync(folder, owner.uid, owner.gid); // last: until now nobody else could put anything into it
}

function give(path: string, owner: { readonly uid: number; readonly gid: number }): void {
  const found = lstatSync(path);
  if (found.isDirectory()) for (const name of readdirSync(path)) give(join(path, name), owner);
  if (found.isDirectory() || found.nlink === 1) lchownSync(path, owner.uid, owner.gid);
}
