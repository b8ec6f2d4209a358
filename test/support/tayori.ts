import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { chmodSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';
import { maildir } from './maildir.js';
import { temporaryFolder } from './temporary-folder.js';
import { until } from './until.js';

/** The built program, as npm installs it. */
export const MAIN = fileURLToPath(new URL('../../dist/main.js', import.meta.url));

/** A tayori that was started, and what it has said so far. */
export interface Launched {
  readonly child: ChildProcessWithoutNullStreams;
  readonly out: () => string;
  readonly err: () => string;
  /** Resolves when it has said these words, on either. */
  says(words: string): Promise<void>;
  /** Sends it a signal and resolves when it has ended. */
  end(signal: NodeJS.Signals): Promise<number | string | null>;
  /** Resolves with its status, or with the signal that killed it. */
  readonly ended: Promise<number | string | null>;
}

export interface LaunchOptions {
  readonly env?: NodeJS.ProcessEnv;
  readonly cwd?: string;
  /** What runs the program, e.g. one that gives it other groups: its name and arguments. */
  readonly through?: readonly string[];
  /** Where the program is installed, if elsewhere. */
  readonly main?: string;
}

/** Starts the program in a process of its own; what is left of it ends with the test. */
export function launch(argv: readonly string[], options: LaunchOptions = {}): Launched {
  const [program = '', ...words] = [
    ...(options.through ?? []),
    process.execPath,
    options.main ?? MAIN,
    ...argv,
  ];
  const child = spawn(program, words, {
    env: { ...process.env, ...options.env },
    ...(options.cwd ? { cwd: options.cwd } : {}),
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  let out = '';
  let err = '';
  child.stdout.on('data', (chunk: Buffer) => {
    out += chunk.toString();
  });
  child.stderr.on('data', (chunk: Buffer) => {
    err += chunk.toString();
  });
  const ended = new Promise<number | string | null>((resolve) =>
    child.on('close', (status, signal) => resolve(status ?? signal)),
  );
  return {
    child,
    out: () => out,
    err: () => err,
    says(words) {
      return new Promise((resolve, reject) => {
        const look = (): void => {
          if (out.includes(words) || err.includes(words)) resolve();
        };
        for (const stream of [child.stdout, child.stderr]) stream.on('data', look);
        look();
        void ended.then(() => reject(new Error(`it ended before it said "${words}": ${out}${err}`)));
      });
    },
    end(signal) {
      child.kill(signal);
      return ended;
    },
    ended,
  };
}

export interface Place {
  readonly folder: string;
  readonly conf: string;
  readonly log: string;
  readonly pidfile: string;
  /** What the system's log was told. */
  syslog(): string;
  /** For `launch`: with the logger that writes that. */
  readonly env: NodeJS.ProcessEnv;
  /** Writes the config anew. */
  configure(text: string): void;
  /** The letters in the Maildir of the state folder, as text. */
  letters(): string[];
}

/**
 * A folder for a daemon that any user may enter, with `x.log`, a config that names log and state, and a logger(1) of its
 * own, which keeps each line behind its options.
 */
export function preparePlace(text: string): Place {
  const folder = temporaryFolder();
  const at = (name: string): string => join(folder, name);
  chmodSync(folder, 0o755);
  writeFileSync(at('x.log'), '');
  writeFileSync(at('syslog'), '');
  chmodSync(at('syslog'), 0o666);
  writeFileSync(at('logger'), `#!/bin/sh\nexec sed -u "s|^|$* |" >> '${at('syslog')}'\n`, { mode: 0o755 });
  const configure = (conf: string): void =>
    writeFileSync(
      at('tenshi.conf'),
      `set logfile x.log\nset state state\nset pidfile pid\nset mask ___\n${conf}`,
    );
  configure(text);
  return {
    folder,
    conf: at('tenshi.conf'),
    log: at('x.log'),
    pidfile: at('pid'),
    syslog: () => readFileSync(at('syslog'), 'utf8'),
    env: { PATH: `${folder}:${process.env.PATH}` },
    configure,
    letters: () => maildir(at('state')),
  };
}

/** The process that a pid file names, which ends with the test; null while there is none. */
export function pidIn(file: string): number | null {
  const text = existsSync(file) ? readFileSync(file, 'utf8').trim() : '';
  if (text === '') return null;
  const pid = Number(text);
  onTestFinished(() => kill(pid, 'SIGKILL'));
  return pid;
}

export function kill(pid: number, signal: NodeJS.Signals): void {
  if (isRunning(pid)) process.kill(pid, signal);
}

/** Whether a process runs; one that has ended and that nobody has asked about yet does not. */
export function isRunning(pid: number): boolean {
  try {
    return !/^\d+ \(.*\) [ZX]/s.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return false;
  }
}

/** Ends a daemon and waits until it has. */
export async function end(pid: number, signal: NodeJS.Signals = 'SIGTERM'): Promise<void> {
  kill(pid, signal);
  await until(() => !isRunning(pid));
}
