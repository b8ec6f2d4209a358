import { reasonOf } from '../base/errors.js';
import type { GroupAccount, UserAccount } from '../config/check/find-account.js';
import type { Config } from '../config/config.js';

declare global {
  namespace NodeJS {
    /** Missing in @types/node; Node.js has it since 0.9.4. */
    interface Process {
      initgroups?(user: string, extraGroup: number): void;
    }
  }
}

/** The user and group that the daemon is to become. */
export interface Identity {
  readonly user: UserAccount;
  /** null: the user's own group. */
  readonly group: GroupAccount | null;
}

export type Became = { readonly ok: true } | { readonly ok: false; readonly reason: string };

export type Chosen =
  | { readonly ok: true; readonly identity: Identity | null }
  | { readonly ok: false; readonly reason: string };

/** What to write in the config when root starts the daemon. */
export const WHO_TO_BECOME =
  'write set uid NAME (an account that may read the logs), or set uid root to stay root';

/** The user that the config names for the daemon; null if it was not started as root and keeps its user. */
export function chooseIdentity({ uid, gid }: Pick<Config, 'uid' | 'gid'>): Chosen {
  if (!isRoot()) return { ok: true, identity: null };
  if (uid.value) return { ok: true, identity: { user: uid.value, group: gid.value } };
  return {
    ok: false,
    reason: `started as root, but the config does not name the user to become; ${WHO_TO_BECOME}`,
  };
}

/** Whether this process may become another user. */
export function isRoot(): boolean {
  return process.geteuid?.() === 0;
}

/**
 * Becomes another user for good: sets its supplementary groups (which drops those of root, credentials(7)), its
 * group, then the user, in the order in which each step is still allowed. Checks that there is no way back.
 */
export function becomeUser({ user, group }: Identity): Became {
  const gid = group?.gid ?? user.gid;
  const { initgroups, setgid, setuid } = process;
  if (!initgroups || !setgid || !setuid) return { ok: false, reason: 'this system cannot change users' };
  try {
    initgroups(user.name, gid);
    setgid(gid);
    setuid(user.uid);
  } catch (error) {
    return { ok: false, reason: `${reasonOf(error)}${wayOut(reasonOf(error), user.name)}` };
  }
  if (process.geteuid?.() !== user.uid || process.getegid?.() !== gid)
    return { ok: false, reason: 'the system reports success, but the user or the group has not changed' };
  if (user.uid !== 0 && canReturn()) return { ok: false, reason: 'it could become root again' };
  takeHome(user);
  return { ok: true };
}

/**
 * Node.js refuses to change users where libuv may use io_uring (CVE-2024-22017), as in Debian 13 (Node.js 20.19.2,
 * libuv 1.50): no setting of ours mends it.
 */
function wayOut(reason: string, user: string): string {
  return reason.includes('io_uring')
    ? `. This Node.js cannot change users: start tayori as that user, by its systemd unit or with runuser -u ${user} -- tayori ...`
    : '';
}

function canReturn(): boolean {
  try {
    process.setuid?.(0);
    return true;
  } catch {
    return false; // EPERM, as it should be
  }
}

/** Sets the environment that programs of the config, such as filters, use. */
function takeHome({ name, home }: UserAccount): void {
  Object.assign(process.env, { HOME: home, USER: name, LOGNAME: name });
}

/**
 * Does synchronous work with the rights of another user, as the daemon will have them: its groups and access lists
 * count, too. null: this process may not become that user, or not only for a while (a thread of a test).
 */
export function withRightsOf<T>({ user, group }: Identity, work: () => T): { readonly done: T } | null {
  const { initgroups, setgroups, seteuid, setegid, getgroups, getegid } = process;
  if (!isRoot() || !initgroups || !setgroups || !seteuid || !setegid || !getgroups || !getegid) return null;
  const [groups, gid] = [getgroups(), getegid()];
  try {
    initgroups(user.name, group?.gid ?? user.gid);
    setegid(group?.gid ?? user.gid);
    seteuid(user.uid);
  } catch {
    return null;
  }
  try {
    return { done: work() };
  } finally {
    seteuid(0);
    setegid(gid);
    setgroups(groups);
  }
}
