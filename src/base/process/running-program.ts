import { type ChildProcess, spawn } from 'node:child_process';
import type { Readable } from 'node:stream';
import type { Clock } from '../time/clock.js';
import type { Ending } from './run-program.js';

export interface RunningProgramOptions {
  /** Its path, or a name that is looked for in PATH. No shell reads it. */
  readonly program: string;
  readonly args: readonly string[];
  /** What its environment holds beside ours. */
  readonly env?: Readonly<Record<string, string>>;
  /** What it reads on its standard input; left out: nothing. */
  readonly input?: string;
  onOutput(chunk: Buffer): void;
  /** Its standard error; the last of it stands in the ending, too. */
  onComplaint(chunk: Buffer): void;
}

/** How much of what it wrote to its standard error last is kept (bytes). */
const LAST_COMPLAINT = 1000;

/** How long it may take to end after it was told to (ms). */
const GRACE = 2000;

/** How long its children may hold its pipes when it has ended itself (ms). */
const STRAGGLERS = 500;

/**
 * A program whose output is taken while it runs. It has a process group of its own, so that its children can be ended with
 * it.
 */
export class RunningProgram {
  readonly #child: ChildProcess;
  #complaint: Buffer = Buffer.alloc(0);
  #hasEnded = false;
  /** Resolves when it has ended and all its output was handed on; never rejects. */
  readonly ended: Promise<Ending>;

  constructor({ program, args, env, input, onOutput, onComplaint }: RunningProgramOptions) {
    this.#child = spawn(program, args, {
      stdio: [input === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'],
      detached: true,
      env: { ...process.env, ...env },
    });
    this.#child.stdin?.on('error', () => {}).end(input); // one that does not read it tells by its status
    this.#child.stdout?.on('data', onOutput);
    this.#child.stderr?.on('data', (chunk: Buffer) => {
      this.#complaint = Buffer.concat([this.#complaint, chunk]).subarray(-LAST_COMPLAINT);
      onComplaint(chunk);
    });
    this.ended = this.#waitForEnd();
  }

  get hasEnded(): boolean {
    return this.#hasEnded;
  }

  /** Tells it to end, and kills it with all its children when it does not. What it still prints is thrown away. */
  async end(clock: Clock): Promise<void> {
    for (const stream of this.#streams()) stream.removeAllListeners('data').resume();
    this.#signal('SIGTERM');
    const kill = clock.after(GRACE, () => this.#signal('SIGKILL'));
    await this.ended;
    kill();
    this.#signal('SIGKILL'); // a child of it that has stayed
  }

  /** Ends it at once. */
  kill(): void {
    this.#signal('SIGKILL');
  }

  #waitForEnd(): Promise<Ending> {
    return new Promise((resolve) => {
      const finish = (ending: Ending): void => {
        this.#hasEnded = true;
        resolve(ending);
      };
      this.#child.on('error', ({ message }) => finish({ kind: 'unstartable', reason: message }));
      this.#child.on('exit', () => void setTimeout(() => this.#letGo(), STRAGGLERS).unref());
      this.#child.on('close', (status, signal) => {
        const complaint = this.#complaint.toString().trim();
        if (status !== null) finish({ kind: 'status', status, complaint });
        else finish({ kind: 'signal', signal: signal ?? 'a signal', complaint });
      });
    });
  }

  #letGo(): void {
    for (const stream of this.#streams()) stream.destroy();
  }

  #streams(): Readable[] {
    const { stdout, stderr } = this.#child;
    return [stdout, stderr].filter((stream) => stream !== null);
  }

  #signal(signal: NodeJS.Signals): void {
    const { pid } = this.#child;
    if (pid === undefined) return;
    try {
      process.kill(-pid, signal);
    } catch {
      // its group is gone, and it with that
    }
  }
}
