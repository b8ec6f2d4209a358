import { type ChildProcess, spawn } from 'node:child_process';
import type { Clock } from '../base/time/clock.js';

/** Where a daemon tells what an administrator must hear: the system's log. */
export interface Syslog {
  /** One message a line. */
  tell(text: string): void;
  /** Resolves when what was told is handed over, or after a while. */
  end(): Promise<void>;
}

/** A logger(1) that dies at once is not started at every message (ms). */
const REST = 10_000;

/** Bytes that wait for a logger that has stopped reading; what is told beyond them is counted. */
const MOST_WAITING = 256 * 1024;

/** How long the end of the daemon waits for its last messages (ms). */
const LONGEST_END = 2000;

/**
 * Tells through one logger(1), which is started with the first message and again when it has died: Node cannot speak to
 * the system's log itself. Without a logger nothing is told, and nothing breaks.
 */
export function createSyslog(clock: Clock): Syslog {
  let logger: ChildProcess | null = null;
  let started = Number.NEGATIVE_INFINITY;
  let untold = 0;

  function start(): ChildProcess {
    const child = spawn('logger', ['-t', 'tayori', '-p', 'daemon.notice'], {
      stdio: ['pipe', 'ignore', 'ignore'],
      detached: true, // a signal to our group is not for it: it has our last words to take
    });
    const gone = (): void => {
      if (logger === child) logger = null;
    };
    child.on('error', gone);
    child.on('exit', gone);
    child.stdin?.on('error', gone);
    child.unref();
    started = clock.now();
    return child;
  }

  /** The logger that runs, or a new one; null while it is given a rest. */
  function current(): ChildProcess | null {
    const rested = Math.abs(clock.now() - started) >= REST;
    if (!logger && rested) logger = start();
    return logger;
  }

  function write(line: string): void {
    const input = current()?.stdin;
    if (!input || input.writableLength > MOST_WAITING) return void untold++;
    if (untold > 0) input.write(`${untold} messages could not be told\n`);
    untold = 0;
    input.write(`${line}\n`);
  }

  return {
    tell(text) {
      for (const line of text.split('\n')) if (line !== '') write(line);
    },
    end() {
      const child = logger;
      if (!child) return Promise.resolve();
      return new Promise((resolve) => {
        const callOff = clock.after(LONGEST_END, resolve);
        child.on('exit', () => {
          callOff();
          resolve();
        });
        child.ref();
        child.stdin?.end();
      });
    },
  };
}
