import { constants } from 'node:fs';
import { reasonOf } from '../base/errors.js';
import { mayAccess } from '../base/may-access.js';
import { EMBEDDED_CONFIG } from '../base/package.js';
import { chownState } from '../store/folder/chown-state.js';
import { becomeUser, type Identity } from './privileges.js';

/** Becomes the user of the config, who is given the state folder before. Returns why that cannot be. */
export function become(identity: Identity, folder: string): string | null {
  const { user, group } = identity;
  try {
    chownState(folder, { uid: user.uid, gid: group?.gid ?? user.gid });
  } catch (error) {
    const why = reasonOf(error);
    return `the state folder cannot be given to ${user.name}: ${why}`;
  }
  return becomeAs(identity);
}

/** The same without a state folder. */
export function becomeAs(identity: Identity): string | null {
  const { user } = identity;
  const drop = becomeUser(identity);
  if (!drop.ok) return `cannot become ${user.name} (set uid): ${drop.reason}`;
  // Templates and modules are read when they are first needed, which would be too late to say so.
  const hidden = [EMBEDDED_CONFIG, import.meta.filename].find((file) => !mayAccess(file, constants.R_OK));
  return hidden === undefined
    ? null
    : `${user.name} (set uid) may not read tayori's own files, such as ${hidden}; install it where every user may read them`;
}
