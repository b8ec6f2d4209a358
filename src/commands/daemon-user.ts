import { statSync } from 'node:fs';
import { findUser } from '../config/check/find-account.js';
import type { Config } from '../config/config.js';
import { chooseIdentity, type Identity, isRoot } from '../daemon/privileges.js';

/**
 * Whom a command of root becomes to see what the daemon may do: the user of `set uid` or, without it, the owner of the state.
 * null: nobody else.
 */
export function daemonUser(config: Config, folder: string): Identity | null {
  if (!isRoot()) return null;
  const identity = config.uid.value ? identityOf(config) : ownerOf(folder);
  return identity && identity.user.uid !== 0 ? identity : null;
}

function identityOf(config: Config): Identity | null {
  const chosen = chooseIdentity(config);
  return chosen.ok ? chosen.identity : null;
}

function ownerOf(folder: string): Identity | null {
  const uid = statSync(folder, { throwIfNoEntry: false })?.uid;
  if (uid === undefined) return null;
  const found = findUser(String(uid));
  return found.kind === 'found' ? { user: found.account, group: null } : null;
}
