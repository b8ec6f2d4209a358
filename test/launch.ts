import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';
import { type Collected, collect } from './lines.js';

const MAIN = fileURLToPath(new URL('../dist/main.js', import.meta.url));

export interface Launched {
  readonly child: ChildProcess;
  /** What it has printed on both, chunk by chunk. */
  readonly printed: Collected<string>;
  /** Resolves when these words have been printed. */
  says(words: string): Promise<void>;
  /** Sends a signal and resolves with the exit code, null when the signal killed it. */
  end(signal: NodeJS.Signals): Promise<number | null>;
  readonly ended: Promise<number | null>;
}

/** The built program as a process of its own, which ends with the test. */
export function launch(...argv: string[]): Launched {
  const child = spawn(process.execPath, [MAIN, ...argv]);
  const printed = collect<string>();
  let text = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk: Buffer) => {
      text += chunk;
      printed.add(text);
    });
  const ended = once(child, 'exit').then(([code]) => code as number | null);
  onTestFinished(() => void child.kill('SIGKILL'));
  return {
    child,
    printed,
    async says(words) {
      const gone = ended.then(() => {
        if (!text.includes(words)) throw new Error(`it ended before it said "${words}": ${text}`);
      });
      await Promise.race([printed.first((all) => all.includes(words)), gone]);
    },
    async end(signal) {
      child.kill(signal);
      return await ended;
    },
    ended,
  };
}
