import { spawnSync } from 'node:child_process';
import {
  closeSync,
  constants,
  existsSync,
  openSync,
  readdirSync,
  readSync,
  type Stats,
  statSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { mayAccess } from '../../base/may-access.js';
import { findGroup, findUser } from '../../config/check/find-account.js';

/** Who is going to read the logs. */
export interface LogReader {
  readonly name: string;
  readonly uid: number;
  readonly gids: readonly number[];
}

export type FoundLog =
  | { readonly kind: 'readable'; readonly path: string }
  /** `why`: and what to do. */
  | { readonly kind: 'unreadable'; readonly path: string; readonly why: string }
  /** Its lines are in another log, too, and would be counted twice. */
  | { readonly kind: 'copied'; readonly path: string; readonly of: string };

/** The logs of Debian, Ubuntu, Red Hat, SUSE, Arch, Alpine and their kin, the one with most lines first. */
const NAMES = [
  'syslog',
  'messages',
  'auth.log',
  'secure',
  'kern.log',
  'mail.log',
  'maillog',
  'mail',
  'cron',
  'cron.log',
  'daemon.log',
  'user.log',
  'boot.log',
  'firewall',
];

/** Debian's rsyslog.conf writes into syslog what it writes into these as well, and used to write into messages, too. */
const ALSO_IN_SYSLOG = ['messages', 'kern.log', 'mail.log', 'cron.log', 'daemon.log', 'user.log'];

/** How much of the end of a log is looked at (bytes), to see whether another one holds its last line. */
const LAST_OF_SYSLOG = 4 * 1024 * 1024;
const LAST_LINE = 16 * 1024;

/** The account that the Debian package and the unit bring. */
const SERVICE_ACCOUNT = 'tayori';

/** Root prepares for the account of the service, where there is one; everybody else for himself. */
export function whoWillRead(): LogReader {
  const uid = process.geteuid?.() ?? 0;
  if (uid === 0) return accountNamed(SERVICE_ACCOUNT) ?? { name: 'root', uid: 0, gids: [0] };
  const found = findUser(String(uid));
  const name = found.kind === 'found' ? found.account.name : String(uid);
  return { name, uid, gids: process.getgroups?.() ?? [] };
}

function accountNamed(name: string): LogReader | null {
  const found = findUser(name);
  if (found.kind !== 'found') return null;
  const { stdout } = spawnSync('id', ['-G', name], { encoding: 'utf8' });
  const gids = (stdout ?? '').split(/\s+/).filter(Boolean).map(Number);
  return { name, uid: found.account.uid, gids: [found.account.gid, ...gids] };
}

/** Looks for logs in a folder, /var/log as a rule. */
export function findLogs(reader: LogReader, folder: string): FoundLog[] {
  const paths = NAMES.map((name) => join(folder, name)).filter(isFile);
  const readable = paths.filter((path) => mayRead(path, reader));
  const syslog = join(folder, 'syslog');
  return paths.map((path): FoundLog => {
    if (!readable.includes(path)) return { kind: 'unreadable', path, why: whyNot(path, reader) };
    const isCopied = readable.includes(syslog) && isAlsoIn(syslog, path, folder);
    return isCopied ? { kind: 'copied', path, of: syslog } : { kind: 'readable', path };
  });
}

/** Whether systemd's journal keeps what no log file does. */
export function hasJournal(folders = ['/var/log/journal', '/run/log/journal']): boolean {
  return folders.some((folder) => {
    try {
      return readdirSync(folder).length > 0;
    } catch {
      return false; // it is not there, or not ours to see
    }
  });
}

function isFile(path: string): boolean {
  return statOf(path)?.isFile() ?? false;
}

function statOf(path: string): Stats | undefined {
  try {
    return statSync(path, { throwIfNoEntry: false });
  } catch {
    return undefined; // EACCES on the way there
  }
}

/** Of somebody else only the modes can be asked; access control lists (acl(5)) are not looked at. */
function mayRead(path: string, reader: LogReader): boolean {
  if (reader.uid === process.geteuid?.()) return isReadable(path);
  if (reader.uid === 0) return true;
  for (let folder = dirname(path); ; folder = dirname(folder)) {
    if (!isAllowed(statOf(folder), reader, 0o1)) return false;
    if (folder === '/') return isAllowed(statOf(path), reader, 0o4);
  }
}

/** `bit`: 4 to read, 1 to pass. */
function isAllowed(stats: Stats | undefined, { uid, gids }: LogReader, bit: number): boolean {
  if (!stats) return false;
  const shift = stats.uid === uid ? 6 : gids.includes(stats.gid) ? 3 : 0;
  return ((stats.mode >> shift) & bit) !== 0;
}

function isReadable(path: string): boolean {
  return mayAccess(path, constants.R_OK);
}

function whyNot(path: string, reader: LogReader): string {
  const stats = statOf(path);
  if (!stats) return 'it cannot be looked at';
  const mode = (stats.mode & 0o7777).toString(8).padStart(4, '0');
  const group = findGroup(String(stats.gid));
  const name = group.kind === 'found' ? group.account.name : String(stats.gid);
  const isForGroup = (stats.mode & 0o040) !== 0 && stats.gid !== 0;
  const mend = isForGroup ? `usermod -aG ${name} ${reader.name}` : `setfacl -m u:${reader.name}:r ${path}`;
  return `only ${isForGroup ? `the group ${name}` : 'its owner'} may read it (mode ${mode}), and not ${reader.name}: ${mend}`;
}

/** An empty log is taken for what it would be on Debian. */
function isAlsoIn(syslog: string, path: string, folder: string): boolean {
  if (!ALSO_IN_SYSLOG.some((name) => join(folder, name) === path)) return false;
  const last = lastLine(endOf(path, LAST_LINE));
  return last === null || endOf(syslog, LAST_OF_SYSLOG).includes(last);
}

function lastLine(text: Buffer): Buffer | null {
  const end = text.lastIndexOf('\n');
  if (end <= 0) return null;
  return text.subarray(text.lastIndexOf('\n', end - 1) + 1, end + 1);
}

/** The last bytes of a file; none where it cannot be read. */
function endOf(path: string, most: number): Buffer {
  if (!existsSync(path) || !isReadable(path)) return Buffer.alloc(0);
  const { size } = statSync(path);
  const file = openSync(path, 'r');
  try {
    const end = Buffer.alloc(Math.min(size, most));
    return end.subarray(0, readSync(file, end, 0, end.length, Math.max(size - most, 0)));
  } finally {
    closeSync(file);
  }
}
