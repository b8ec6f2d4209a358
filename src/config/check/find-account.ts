import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { codeOf, reasonOf } from '../../base/errors.js';
import { type AccountTable, accountFields, accountRow, isAccountNumber, isNumber } from './account-row.js';

/** A user of this machine, or of its directory service. */
export interface UserAccount {
  readonly name: string;
  readonly uid: number;
  /** The user's own group. */
  readonly gid: number;
  readonly home: string;
}

export interface GroupAccount {
  readonly name: string;
  readonly gid: number;
}

/** The result of a look-up. `reason`: why there is no answer, as when a directory server is down. */
export type Found<T> =
  | { readonly kind: 'found'; readonly account: T }
  | { readonly kind: 'unknown' }
  | { readonly kind: 'failed'; readonly reason: string };

/** How long a directory server may take to answer (ms). */
const LOOKUP_TIMEOUT = 10_000;

/** Wider than useradd(8), for names of directory services: DOMAIN\\user, user@domain. No name begins with `-`. */
const NAME = /^\w[\w.@\\$+-]{0,255}$/;

/** The exit status of getent(1) when it knows no such entry. */
const NOT_FOUND = 2;

/** Looks up a user by name or number, as the system does. */
export function findUser(name: string): Found<UserAccount> {
  return find('passwd', name, ([account = '', , uid, gid, , home = '/']) => ({
    name: account,
    uid: Number(uid),
    gid: Number(gid),
    home,
  }));
}

/** Looks up a group by name or number. */
export function findGroup(name: string): Found<GroupAccount> {
  return find('group', name, ([account = '', , gid]) => ({ name: account, gid: Number(gid) }));
}

/**
 * Asks getent, which asks every service of nsswitch.conf; without getent, reads the file itself. Where that file comes
 * first anyway, as on most machines, whoever stands in it is found without a program.
 */
function find<T>(table: AccountTable, name: string, read: (fields: readonly string[]) => T): Found<T> {
  if (!NAME.test(name) || (isNumber(name) && !isAccountNumber(name))) return { kind: 'unknown' };
  const inFile = isFileFirst(table) ? findInFile(table, name, read) : null;
  if (inFile?.kind === 'found') return inFile;
  const { status, stdout, stderr, error } = spawnSync('getent', [table, name], {
    encoding: 'utf8',
    timeout: LOOKUP_TIMEOUT,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  if (codeOf(error) === 'ENOENT') return findInFile(table, name, read);
  if (error) return { kind: 'failed', reason: error.message };
  if (status === NOT_FOUND) return { kind: 'unknown' };
  if (status !== 0) return { kind: 'failed', reason: stderr.trim() || `getent ended with ${status}` };
  return { kind: 'found', account: read(accountFields(stdout)) };
}

/** nsswitch.conf(5). An action in brackets may make others follow. */
function isFileFirst(table: AccountTable): boolean {
  try {
    const text = readFileSync('/etc/nsswitch.conf', 'utf8');
    return new RegExp(`^\\s*${table}:\\s*files(?!\\S|\\s*\\[)`, 'm').test(text);
  } catch {
    return false;
  }
}

function findInFile<T>(table: AccountTable, name: string, read: (fields: readonly string[]) => T): Found<T> {
  try {
    const row = accountRow(readFileSync(`/etc/${table}`, 'utf8'), table, name);
    return row ? { kind: 'found', account: read(row) } : { kind: 'unknown' };
  } catch (error) {
    return { kind: 'failed', reason: reasonOf(error) };
  }
}
