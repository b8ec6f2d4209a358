import { type ChildProcess, spawn } from 'node:child_process';
import { readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';

const WRITER = fileURLToPath(new URL('./writer.pl', import.meta.url));

/** A program that writes numbered lines to a log, and takes up a new one some time after it was renamed. */
export interface Writer {
  readonly name: string;
  /** Whether it has this file open, now: what it told of itself may not have been read yet. */
  hasOpen(path: string): boolean;
  /** Resolves with the number of lines written. */
  end(): Promise<number>;
}

export interface WriterOptions {
  readonly log: string;
  /** Held shared while it writes. */
  readonly lock: string;
  readonly name: string;
  readonly seed: number;
  /** Seconds after a renaming until it writes to the new log, at least and at most. */
  readonly reopens: readonly [number, number];
  /** The longest pause between two writings (s); then it writes beats and alarms, too (see the program). */
  readonly pace?: number;
}

/** Starts a writer; resolves when it has opened its log. */
export async function startWriter(options: WriterOptions): Promise<Writer> {
  const { log, lock, name, seed, reopens, pace } = options;
  writeFileSync(lock, '', { flag: 'a' });
  const args = [
    WRITER,
    log,
    lock,
    name,
    `${seed}`,
    ...reopens.map(String),
    ...(pace === undefined ? [] : [`${pace}`]),
  ];
  const child = spawn('perl', args, { stdio: ['ignore', 'pipe', 'inherit'] });
  onTestFinished(() => void child.kill('SIGKILL'));
  let lines: number | null = null;
  const opened = new Promise<void>((resolve) => {
    onEachLine(child, (line) => {
      const [word, value] = line.split(' ');
      if (word === 'lines') lines = Number(value);
      resolve();
    });
  });
  const closed = new Promise<number>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', () => {
      if (lines === null) reject(new Error(`writer ${name} died`));
      else resolve(lines);
    });
  });
  closed.catch(() => {}); // told to whoever waits for its end
  await Promise.race([opened, closed]);
  return {
    name,
    hasOpen: (path) => openFiles(child.pid).includes(fileOf(path)),
    end() {
      child.kill('SIGTERM');
      return closed;
    },
  };
}

/** proc(5): the files that a process has open, as device and inode. */
function openFiles(pid: number | undefined): string[] {
  const folder = `/proc/${pid}/fd`;
  return readdirSync(folder).map((fd) => fileOf(join(folder, fd)));
}

function fileOf(path: string): string {
  const stats = statSync(path, { throwIfNoEntry: false });
  return stats ? `${stats.dev}:${stats.ino}` : '';
}

function onEachLine(child: ChildProcess, onLine: (line: string) => void): void {
  let begun = '';
  child.stdout?.setEncoding('utf8').on('data', (text: string) => {
    const lines = `${begun}${text}`.split('\n');
    begun = lines.pop() ?? '';
    for (const line of lines) onLine(line);
  });
}
