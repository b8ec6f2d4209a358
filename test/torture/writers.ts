import { type ChildProcess, spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';

const WRITER = fileURLToPath(new URL('./writer.pl', import.meta.url));

/** A program that writes numbered lines to a log, and takes up a new one some time after it was renamed. */
export interface Writer {
  readonly name: string;
  /** The inode that it writes to. */
  inode(): string | null;
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
}

/** Starts a writer; resolves when it has opened its log. */
export async function startWriter(options: WriterOptions): Promise<Writer> {
  const { log, lock, name, seed, reopens } = options;
  writeFileSync(lock, '', { flag: 'a' });
  const args = [WRITER, log, lock, name, `${seed}`, ...reopens.map(String)];
  const child = spawn('perl', args, { stdio: ['ignore', 'pipe', 'inherit'] });
  onTestFinished(() => void child.kill('SIGKILL'));
  let inode: string | null = null;
  let lines: number | null = null;
  const opened = new Promise<void>((resolve) => {
    onEachLine(child, (line) => {
      const [word, value] = line.split(' ');
      if (word === 'open') inode = value ?? null;
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
    inode: () => inode,
    end() {
      child.kill('SIGTERM');
      return closed;
    },
  };
}

function onEachLine(child: ChildProcess, onLine: (line: string) => void): void {
  let begun = '';
  child.stdout?.setEncoding('utf8').on('data', (text: string) => {
    const lines = `${begun}${text}`.split('\n');
    begun = lines.pop() ?? '';
    for (const line of lines) onLine(line);
  });
}
