import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmdirSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { codeOf } from '../../src/base/errors.js';

/** A file system of some megabytes, which can be filled and emptied again. */
export interface SmallDisk {
  readonly folder: string;
  /** Leaves no byte free. */
  fill(): void;
  /** Makes the room again that `fill` took. */
  clear(): void;
  /** As an administrator remounts it; refused by the system while files are open for writing. */
  mount(how: 'ro' | 'rw'): void;
}

/** Why there can be no small disk here, or null. */
export const noSmallDisk: string | null = tryMount();

/** A disk of the test's own, in memory; unmounted when the test ends. */
export function smallDisk(megabytes = 4): SmallDisk {
  const folder = mkdtempSync(join(tmpdir(), 'tayori-disk-'));
  run('mount', '-t', 'tmpfs', '-o', `size=${megabytes}m`, 'tayori-test', folder);
  onTestFinished(() => unmount(folder));
  const filler = join(folder, 'filler');
  return {
    folder,
    fill() {
      const { bavail, bsize } = statfsSync(folder);
      try {
        writeFileSync(filler, Buffer.alloc(bavail * bsize, 'x'));
      } catch (error) {
        if (codeOf(error) !== 'ENOSPC') throw error; // another process was faster, and it is full, too
      }
    },
    clear: () => rmSync(filler, { force: true }),
    mount: (how) => run('mount', '-o', `remount,${how}`, folder),
  };
}

function tryMount(): string | null {
  if (process.platform !== 'linux') return 'it needs tmpfs';
  if (process.getuid?.() !== 0) return 'only root may mount';
  const folder = mkdtempSync(join(tmpdir(), 'tayori-disk-'));
  const { status, stderr } = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tayori-test', folder]);
  if (status !== 0) {
    rmdirSync(folder);
    return `mount: ${stderr}`;
  }
  unmount(folder);
  return null;
}

/** Lazily: what a test has left open must not keep it. */
function unmount(folder: string): void {
  run('umount', '-l', folder);
  rmdirSync(folder);
}

function run(command: string, ...args: string[]): void {
  const { status, stderr } = spawnSync(command, args);
  if (status !== 0) throw new Error(`${command} ${args.join(' ')}: ${stderr}`);
}
