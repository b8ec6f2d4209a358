import { lchownSync, lstatSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { holdsStateAlone, makeFolder } from './private-folder.js';

/** Others may write into the folder, so its files may belong to anybody. */
const WRITABLE_BY_OTHERS = 0o022;

/**
 * Creates the state folder if it does not exist and, as root, gives it to the user that the daemon becomes. A folder that
 * root does not own, or that is shared, such as /var, is left as it is. No link is followed. Throws errors of the system.
 */
export function chownState(folder: string, owner: { readonly uid: number; readonly gid: number }): void {
  makeFolder(folder, 0o755); // its user must be able to reach it
  const { uid, mode } = lstatSync(folder);
  if (uid !== 0 || (mode & WRITABLE_BY_OTHERS) !== 0) return;
  if (!holdsStateAlone(folder)) return;
  for (const name of readdirSync(folder)) give(join(folder, name), owner);
  lchownSync(folder, owner.uid, owner.gid); // last: until now nobody else could put anything into it
}

function give(path: string, owner: { readonly uid: number; readonly gid: number }): void {
  const found = lstatSync(path);
  if (found.isDirectory()) for (const name of readdirSync(path)) give(join(path, name), owner);
  if (found.isDirectory() || found.nlink === 1) lchownSync(path, owner.uid, owner.gid);
}
