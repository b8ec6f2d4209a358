import { type FileHandle, open, readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { codeOf } from '../../base/errors.js';
import { isMissing } from '../is-missing.js';

/** One that writes entries into files of its own, one file after the other: a machine's journald, or a host's sender. */
export interface Writer {
  /** Beginning of its files' names, as of `/journals/remote-web1.journal` and `/journals/remote-web1@...journal`. */
  readonly stem: string;
  readonly files: readonly string[];
  /** Changes whenever one of its files does. */
  readonly signature: string;
}

/** Where journald keeps the journal of this machine (systemd-journald.service(8)). */
const OF_THIS_MACHINE = ['/var/log/journal', '/run/log/journal'];

/** More writers than these are not read: each takes a run of journalctl whenever it has written. */
export const MAX_WRITERS = 1000;

/** A signature of all files of this machine's journal; '' where there are none. */
export async function signLocalJournal(folders: readonly string[] = OF_THIS_MACHINE): Promise<string> {
  const found = await Promise.all(folders.map((folder) => listFiles(folder).catch(() => [])));
  const signed = await Promise.all(found.flat().map(sign));
  return signed.join('\n');
}

/** The writers of a folder, by their stems. Throws where the folder cannot be read. */
export async function listWriters(folder: string): Promise<readonly Writer[]> {
  const byStem = new Map<string, string[]>();
  for (const file of await listFiles(folder)) {
    const stem = file.replace(NAME_END, '');
    byStem.set(stem, [...(byStem.get(stem) ?? []), file]);
  }
  const writers = [...byStem].map(async ([stem, files]) => ({
    stem,
    files,
    signature: (await Promise.all(files.map(sign))).join('\n'),
  }));
  return await Promise.all(writers);
}

/** The current file, one that was rotated away, or (`~`) one that was not closed as it should be. */
const NAME_END = /(?:@[^/]*)?\.journal~?$/;

/** Those in the folder and in the folders in there, as journald has one for each machine; sorted. */
async function listFiles(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true });
  const inner = entries.filter((entry) => entry.isDirectory());
  const files = entries.filter((entry) => entry.isFile() && NAME_END.test(entry.name));
  const below = await Promise.all(
    inner.map(async ({ name }) => {
      const found = await readdir(join(folder, name), { withFileTypes: true }).catch(() => []);
      return found
        .filter((entry) => entry.isFile() && NAME_END.test(entry.name))
        .map((one) => join(name, one.name));
    }),
  );
  return [...files.map(({ name }) => name), ...below.flat()].sort().map((name) => join(folder, name));
}

const GONE = ' gone';

async function sign(file: string): Promise<string> {
  const stats = await stat(file, { bigint: true }).catch(() => null);
  return stats ? `${file} ${stats.ino} ${stats.size} ${stats.mtimeNs}` : `${file}${GONE}`;
}

/**
 * Whether journalctl can open a file; it would refuse all others with one that it cannot. A file that is gone meanwhile
 * counts as sound.
 */
export async function examine(file: string): Promise<'sound' | 'damaged' | 'forbidden'> {
  let handle: FileHandle | null = null;
  try {
    handle = await open(file);
    const { size } = await handle.stat();
    const head = Buffer.alloc(HEADER);
    const { bytesRead } = await handle.read(head, 0, HEADER, 0);
    return bytesRead === HEADER && isWhole(head, size) ? 'sound' : 'damaged';
  } catch (error) {
    if (isMissing(error)) return 'sound';
    return ['EACCES', 'EPERM'].includes(String(codeOf(error))) ? 'forbidden' : 'damaged';
  } finally {
    await handle?.close();
  }
}

/** Whether all files are still where they were: a rotation renames them. */
export async function areThere(files: readonly string[]): Promise<boolean> {
  const signatures = await Promise.all(files.map(sign));
  return !signatures.some((one) => one.endsWith(GONE));
}

/** The beginning of a journal file up to the sizes of its parts (systemd.io, JOURNAL_FILE_FORMAT; bytes). */
const HEADER = 104;
const SIGNATURE = 'LPKSHHRH';

function isWhole(head: Buffer, size: number): boolean {
  const header = Number(head.readBigUInt64LE(88));
  const arena = Number(head.readBigUInt64LE(96));
  return head.toString('latin1', 0, 8) === SIGNATURE && header >= HEADER && header + arena <= size;
}

/** As a pattern of `journalctl --file`, which matches this path alone. */
export function escapePattern(path: string): string {
  return path.replace(/[\\*?[\]{},~]/g, '\\$&');
}
