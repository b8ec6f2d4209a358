import { type ChildProcess, spawn } from 'node:child_process';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Clock } from '../time/clock.js';

export interface ProgramOptions {
  /** Its path. */
  readonly program: string;
  readonly args: readonly string[];
  /** What it reads on its standard input. */
  readonly input: Iterable<string | Buffer>;
  /** ms; after that it is killed with all its children. */
  readonly timeout: number;
  /** Bytes of its output that are kept; 0: its output is discarded. */
  readonly maxOutput: number;
  readonly clock: Clock;
  /** Cancels it: kills it as if it were late. */
  readonly signal: AbortSignal;
}

export interface ProgramResult {
  readonly output: Buffer;
  /** How many bytes it printed in all. */
  readonly printed: number;
  readonly ending: Ending;
}

/** `late` (after so many ms) and `called-off`: it was killed from here; `unstartable`: it never ran. */
export type Ending =
  | { readonly kind: 'status'; readonly status: number; readonly complaint: string }
  | { readonly kind: 'signal'; readonly signal: string; readonly complaint: string }
  | { readonly kind: 'late'; readonly after: number }
  | { readonly kind: 'called-off' }
  | { readonly kind: 'unstartable'; readonly reason: string };

/** How much of a program's complaint is kept. */
const MAX_COMPLAINT = 1000;

/** How long a program's children may hold its pipes when it has ended itself (ms). */
const STRAGGLERS = 500;

/** Runs a program on some input. Every way in which it may end is a result, none is thrown. */
export function runProgram(options: ProgramOptions): Promise<ProgramResult> {
  return new Promise((resolve) => {
    // Detached: with a process group of its own, so that its children can be ended with it.
    const child = spawn(options.program, options.args, {
      stdio: ['pipe', options.maxOutput > 0 ? 'pipe' : 'ignore', 'pipe'],
      detached: true,
    });
    const output = keep(child.stdout, options.maxOutput);
    const complaint = keep(child.stderr, MAX_COMPLAINT);
    let brokenOff: Ending | null = null;
    const breakOff = (ending: Ending): void => {
      brokenOff ??= ending;
      killAll(child);
    };
    const inTime = options.clock.after(options.timeout, () =>
      breakOff({ kind: 'late', after: options.timeout }),
    );
    const callOff = (): void => breakOff({ kind: 'called-off' });
    options.signal.addEventListener('abort', callOff, { once: true });
    if (options.signal.aborted) callOff();
    // A program that ends before it has read all tells by its status.
    if (child.stdin) pipeline(Readable.from(options.input), child.stdin).catch(() => {});
    child.on('exit', () => void setTimeout(() => letGo(child), STRAGGLERS).unref());
    child.on('error', (error) => finish({ kind: 'unstartable', reason: error.message }));
    child.on('close', (status, signal) => {
      const said = complaint.bytes().toString().trim();
      if (status !== null)
        finish({ kind: 'status', status, complaint: said }); // by itself, be it in the last moment
      else finish(brokenOff ?? { kind: 'signal', signal: signal ?? 'a signal', complaint: said });
    });

    function finish(ending: Ending): void {
      inTime();
      options.signal.removeEventListener('abort', callOff);
      resolve({ output: output.bytes(), printed: output.printed(), ending });
    }
  });
}

/** How a program ended, in words that go behind its name; null when it ended well. */
export function describeEnding(ending: Ending): string | null {
  switch (ending.kind) {
    case 'status':
      if (ending.status === 0) return null;
      return `ended with status ${ending.status}${behind(ending.complaint)}`;
    case 'signal':
      return `was killed by ${ending.signal}${behind(ending.complaint)}`;
    case 'late':
      return `did not end within ${ending.after / 1000} s`;
    case 'called-off':
      return 'was cancelled';
    case 'unstartable':
      return `could not be started: ${ending.reason}`;
  }
}

function behind(complaint: string): string {
  return complaint === '' ? '' : `: ${complaint}`;
}

/** Reads a stream to its end and keeps the first `max` bytes of it. */
function keep(stream: Readable | null, max: number): { bytes(): Buffer; printed(): number } {
  const chunks: Buffer[] = [];
  let kept = 0;
  let printed = 0;
  stream?.on('data', (chunk: Buffer) => {
    printed += chunk.length;
    if (kept >= max) return;
    chunks.push(chunk.subarray(0, max - kept));
    kept += Math.min(chunk.length, max - kept);
  });
  return { bytes: () => Buffer.concat(chunks), printed: () => printed };
}

function letGo(child: ChildProcess): void {
  child.stdout?.destroy();
  child.stderr?.destroy();
}

function killAll(child: ChildProcess): void {
  if (child.pid === undefined) return;
  try {
    process.kill(-child.pid, 'SIGKILL');
  } catch {
    child.kill('SIGKILL'); // its group is gone; so is it, as a rule
  }
}
