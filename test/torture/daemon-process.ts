import type { ChildProcess } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { launch } from '../support/tayori.js';

/** Started as root, the program wants to be told that it stays so. */
export function asRoot(): string {
  return process.getuid?.() === 0 ? 'set uid root\n' : '';
}

/** The real program, as `tayori -f` runs it. */
export interface DaemonProcess {
  /** Resolves when it has read its logs for the first time, or has ended. */
  readonly ready: Promise<void>;
  readonly ended: Promise<unknown>;
  /** Stops it as Ctrl-Z does; returns when the system says that it stands. */
  suspend(): Promise<void>;
  resume(): void;
  signal(name: NodeJS.Signals): void;
  /** kill -9; rejects when it had ended by itself. */
  kill(): Promise<void>;
}

/** Starts the program; what it says on stderr goes to `onWords`. */
export function startProcess(
  conf: string,
  onWords: (words: string) => void,
  env: NodeJS.ProcessEnv = {},
): DaemonProcess {
  const { child, ended } = launch(['-f', '-c', conf], { env });
  let last = '';
  child.stderr.setEncoding('utf8').on('data', (words: string) => {
    last = words;
    onWords(words);
  });
  const ready = new Promise<void>((resolve) => {
    child.stdout.once('data', () => resolve());
    void ended.then(() => resolve());
  });
  return {
    ready,
    ended,
    async suspend() {
      child.kill('SIGSTOP');
      while (child.exitCode === null && child.signalCode === null && !isStopped(child)) await turn();
    },
    resume: () => void child.kill('SIGCONT'),
    signal: (name) => void child.kill(name),
    async kill() {
      child.kill('SIGKILL');
      await ended;
      if (child.signalCode !== 'SIGKILL')
        throw new Error(`the daemon ended by itself (${child.exitCode}): ${last}`);
    },
  };
}

/** proc(5): the state stands behind the name in parentheses. */
function isStopped({ pid }: ChildProcess): boolean {
  return / [Tt] /.test(readFileSync(`/proc/${pid}/stat`, 'utf8').replace(/^.*\)/s, '').slice(0, 3));
}

const turn = (): Promise<void> => new Promise((resolve) => void setImmediate(resolve));
