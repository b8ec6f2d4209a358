import { type ChildProcess, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { ExitCode, Io } from '../base/process/io.js';
import { systemClock } from '../base/time/clock.js';
import { Syslog } from './syslog.js';

/** What the daemon says to the process that started it, until it is known to work. */
type Message = { readonly kind: 'text' | 'ready'; readonly text: string };

/** What `daemon` is given: the daemon's outside, and what to call when all that can fail has been done, with a line. */
export type Daemonised = (io: Io, ready: (line: string) => void) => Promise<ExitCode>;

/** Set in the environment of the daemon, so that it does not start another one. */
const CHILD_VARIABLE = 'TAYORI_DAEMON';

const MAIN = fileURLToPath(new URL('../main.js', import.meta.url));

/**
 * Becomes a daemon: starts this program again in a session of its own, without a terminal, and returns 0 as soon as the
 * daemon is known to work, or 1 when it fails. Until then its messages are printed here.
 */
export async function daemonise(argv: readonly string[], io: Io, daemon: Daemonised): Promise<ExitCode> {
  if (!io.env[CHILD_VARIABLE] || !process.send) return await start(argv, io);
  delete process.env[CHILD_VARIABLE]; // programs that the daemon runs are no daemons
  return await live(daemon);
}

/** The starter's part. Passes signals on to the daemon that is starting; the second signal kills it. */
async function start(argv: readonly string[], io: Io): Promise<ExitCode> {
  const child = spawn(process.execPath, [...process.execArgv, MAIN, ...argv], {
    detached: true,
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    env: { ...io.env, [CHILD_VARIABLE]: '1' },
  });
  let passed = 0;
  const pass = (): void => void child.kill(passed++ === 0 ? 'SIGTERM' : 'SIGKILL');
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
  for (const signal of signals) process.on(signal, pass);
  const code = await fate(child, io);
  for (const signal of signals) process.off(signal, pass);
  return code;
}

/** 0 when the daemon works; 1 when it has ended and all its messages are printed, or when it cannot be started. */
function fate(child: ChildProcess, io: Io): Promise<ExitCode> {
  let hasReported = false;
  const left = new Promise<void>((resolve) => void child.on('disconnect', resolve));
  return new Promise((resolve) => {
    child.on('error', (error) => {
      io.stderr.write(`tayori: the daemon cannot be started: ${error.message}\n`);
      resolve(1);
    });
    child.on('message', (word: Message) => {
      if (word.kind === 'ready') {
        child.removeAllListeners('exit'); // from now on it is on its own
        child.disconnect();
        child.unref();
        io.stdout.write(word.text);
        return resolve(0);
      }
      hasReported = true;
      io.stderr.write(word.text);
    });
    child.on('exit', async (status, signal) => {
      await left;
      if (signal || !hasReported)
        io.stderr.write(`tayori: the daemon has ended (${signal ?? `status ${status}`})\n`);
      resolve(1);
    });
  });
}

/** The daemon's part. */
async function live(daemon: Daemonised): Promise<ExitCode> {
  const outside = new Outside();
  async function die(error: unknown): Promise<never> {
    const why = error instanceof Error ? (error.stack ?? error.message) : String(error);
    outside.io.stderr.write(`tayori: ended by an internal error: ${why}\n`);
    await outside.end();
    process.exit(1);
  }
  process.on('uncaughtException', (error) => void die(error));
  try {
    const code = await daemon(outside.io, (line) => outside.ready(line));
    await outside.end();
    return code;
  } catch (error) {
    return await die(error);
  }
}

/** The `io` of a daemon: its messages go to its starter, and from `ready` on to the system log. */
class Outside {
  readonly io: Io;
  readonly #syslog = new Syslog(systemClock);
  /** Resolves when the starter has the last message. */
  #sent: Promise<void> = Promise.resolve();
  #isReady = false;

  constructor() {
    process.once('disconnect', endAbandoned);
    this.io = {
      stdin: process.stdin,
      stdout: { write() {} }, // the startup and shutdown summaries have no reader
      stderr: { write: (text) => this.#write(text) },
      env: process.env,
    };
  }

  ready(line: string): void {
    process.chdir('/'); // no file system is kept from being unmounted
    this.#send({ kind: 'ready', text: line });
    this.#isReady = true;
    void this.#leaveStarter();
  }

  async end(): Promise<void> {
    await this.#leaveStarter();
    await this.#syslog.end();
  }

  #write(text: string): void {
    if (this.#isReady) this.#syslog.write(text.replace(/^tayori: /gm, ''));
    else this.#send({ kind: 'text', text });
  }

  #send(word: Message): void {
    this.#sent = new Promise((resolve) => process.send?.(word, undefined, undefined, () => resolve()));
  }

  async #leaveStarter(): Promise<void> {
    process.off('disconnect', endAbandoned);
    await this.#sent;
    if (process.connected) process.disconnect();
  }
}

/** The starter has gone before the daemon was ready: nobody would know of the daemon. */
function endAbandoned(): void {
  process.kill(process.pid, 'SIGTERM');
}
