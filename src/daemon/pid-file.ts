import {
  closeSync,
  constants,
  fstatSync,
  ftruncateSync,
  linkSync,
  mkdirSync,
  openSync,
  readFileSync,
  readSync,
  renameSync,
  rmSync,
  statSync,
  unlinkSync,
  writeSync,
} from 'node:fs';
import { dirname } from 'node:path';
import { codeOf, reasonOf } from '../base/errors.js';

export type ClaimedPidFile =
  | { readonly ok: true; readonly pidFile: PidFile }
  | { readonly ok: false; readonly reason: string };

/** The file that names this process while it runs. */
export interface PidFile {
  /** Removes the file, or truncates it if its folder may not be written any more. A second call does nothing. */
  release(): void;
}

type Holder =
  | { readonly kind: 'nobody' }
  | { readonly kind: 'process'; readonly pid: number }
  | { readonly kind: 'foreign' };

/** Bytes of a pid file: more than any process number has. */
const MAX_PID_BYTES = 32;

/**
 * Writes the number of this process into a file, atomically. Replaces a file whose process has died, but not that of a
 * running tayori or Tenshi, nor a file that is not a pid file.
 */
export function claimPidFile(path: string): ClaimedPidFile {
  try {
    mkdirSync(dirname(path), { recursive: true, mode: 0o755 }); // whatever the umask; /var/run is empty after each start of the machine
    const draft = `${path}.${process.pid}`;
    rmSync(draft, { force: true });
    const file = openSync(draft, 'wx', 0o644);
    try {
      writeSync(file, `${process.pid}\n`);
      const reason = place(draft, path);
      if (reason === null) return { ok: true, pidFile: held(path, file) };
      closeSync(file);
      return { ok: false, reason };
    } finally {
      rmSync(draft, { force: true });
    }
  } catch (error) {
    const why = reasonOf(error);
    return { ok: false, reason: `the pid file cannot be written (${why}); name another: -P FILE` };
  }
}

/** Moves the finished file into its place, or returns why the place is not free. */
function place(draft: string, path: string): string | null {
  if (linked(draft, path)) return null;
  const holder = readHolder(path);
  if (holder.kind === 'foreign')
    return `${path} is not a pid file, and is left as it is; remove it, or name another: -P FILE`;
  const running = holder.kind === 'process' ? whoRuns(holder.pid) : null;
  if (running !== null) return `${running}, according to ${path}; stop it, or name another: -P FILE`;
  renameSync(draft, path);
  return null;
}

/** Unlike a rename, a link replaces nothing. */
function linked(draft: string, path: string): boolean {
  try {
    linkSync(draft, path);
    return true;
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false;
    throw error;
  }
}

function readHolder(path: string): Holder {
  const file = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  try {
    if (!fstatSync(file).isFile()) return { kind: 'foreign' };
    const bytes = Buffer.alloc(MAX_PID_BYTES + 1);
    const text = bytes.toString('latin1', 0, readSync(file, bytes));
    if (/^[\s\0]*$/.test(text)) return { kind: 'nobody' };
    return /^\s*[1-9]\d*\s*$/.test(text) && text.length <= MAX_PID_BYTES
      ? { kind: 'process', pid: Number(text) }
      : { kind: 'foreign' };
  } finally {
    closeSync(file);
  }
}

/**
 * The running tayori or Tenshi with this process number, in words; null: there is none. Process numbers are reused,
 * by other programs and, after a reboot, by this very process.
 */
function whoRuns(pid: number): string | null {
  if (pid === process.pid || !isAlive(pid)) return null;
  const another = `another tayori runs as process ${pid}`;
  try {
    // proc(5): number, (name), state. One that has ended, and that nobody has asked about yet, is Z.
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const [, name] = /^\d+ \((tayori|tenshi).*\) [^ZX]/s.exec(stat) ?? [];
    return name === 'tenshi' ? `Tenshi runs as process ${pid}` : name ? another : null;
  } catch (error) {
    return codeOf(error) === 'ENOENT' && isAlive(pid) ? another : null; // no /proc here: a living process may be a tayori
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return codeOf(error) === 'EPERM'; // alive, and somebody else's
  }
}

function held(path: string, file: number): PidFile {
  let released = false;
  return {
    release() {
      if (released) return;
      released = true;
      try {
        if (isStill(path, file)) unlinkSync(path);
      } catch {
        ftruncateSync(file); // it was opened while that was allowed: an empty file names no process
      } finally {
        closeSync(file);
      }
    },
  };
}

/** Whether the file is still the one that was written, and not that of another tayori. */
function isStill(path: string, file: number): boolean {
  const now = statSync(path, { throwIfNoEntry: false });
  const ours = fstatSync(file);
  return now !== undefined && now.ino === ours.ino && now.dev === ours.dev;
}
