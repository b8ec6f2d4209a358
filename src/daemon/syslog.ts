import { type ChildProcess, spawn } from 'node:child_process';
import type { Clock } from '../base/time/clock.js';

/** Between two starts of logger(1) (ms): one that dies at once is not started for every message. */
const REST = 10_000;

/** Bytes that wait for a logger that has stopped reading; further messages are only counted. */
const MAX_WAITING = 256 * 1024;

/** How long the end of the daemon waits for its last messages (ms). */
const MAX_END = 2000;

/**
 * The system log, for what an administrator must know. Writes through one logger(1), which is started with the first
 * message, and again when it has died: Node cannot write to the system log itself. Without a logger nothing is written.
 */
export class Syslog {
  readonly #clock: Clock;
  #logger: ChildProcess | null = null;
  /** When a logger was started last (ms). */
  #started = Number.NEGATIVE_INFINITY;
  /** Messages that could not be written since the last one that was. */
  #lost = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** One message a line. */
  write(text: string): void {
    for (const line of text.split('\n')) if (line !== '') this.#writeLine(line);
  }

  /** Resolves when what was written is handed over, or after a while. */
  end(): Promise<void> {
    const child = this.#logger;
    if (!child) return Promise.resolve();
    return new Promise((resolve) => {
      const callOff = this.#clock.after(MAX_END, resolve);
      child.on('exit', () => {
        callOff();
        resolve();
      });
      child.ref();
      child.stdin?.end();
    });
  }

  #writeLine(line: string): void {
    const input = this.#current()?.stdin;
    if (!input || input.writableLength > MAX_WAITING) return void this.#lost++;
    if (this.#lost > 0) input.write(`${this.#lost} messages could not be logged\n`);
    this.#lost = 0;
    input.write(`${line}\n`);
  }

  /** The logger that runs, or a new one; null while it is given a rest. */
  #current(): ChildProcess | null {
    const rested = Math.abs(this.#clock.now() - this.#started) >= REST;
    if (!this.#logger && rested) this.#logger = this.#start();
    return this.#logger;
  }

  #start(): ChildProcess {
    const child = spawn('logger', ['-t', `tayori[${process.pid}]`, '-p', 'daemon.notice'], {
      stdio: ['pipe', 'ignore', 'ignore'],
      detached: true, // signals to our group must not end it before our last messages
    });
    const gone = (): void => {
      if (this.#logger === child) this.#logger = null;
    };
    child.on('error', gone);
    child.on('exit', gone);
    child.stdin?.on('error', gone);
    child.unref();
    this.#started = this.#clock.now();
    return child;
  }
}
