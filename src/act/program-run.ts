import { reasonOf } from '../base/errors.js';
import { describeEnding, type Ending } from '../base/process/run-program.js';
import { RunningProgram } from '../base/process/running-program.js';
import { decodeText } from '../base/text/decode.js';
import { escapeControl } from '../base/text/escape.js';
import type { Clock } from '../base/time/clock.js';
import { quoteWords } from '../queue/exec/command-line.js';
import type { RunEnd } from '../queue/exec/run.js';

export interface ProgramRunOptions {
  /** The path, and the arguments. */
  readonly words: readonly string[];
  /** The line on its standard input. */
  readonly line: string;
  /** ms */
  readonly timeout: number;
  readonly clock: Clock;
}

/** So much of what it prints is kept (bytes), from its beginning. */
const MAX_OUTPUT = 2000;

/** A program that prints more than this (bytes) is ended: reading it takes time that the logs need. */
const MAX_PRINTED = 1024 * 1024;

/** So much of a command is kept (UTF-16 units). */
export const MAX_COMMAND = 1000;

/** Why it was ended from here. */
type Stop = { readonly kind: 'late' } | { readonly kind: 'flood' } | { readonly kind: 'stopped' };

/** One run of a program for a hit. Every way in which it may end is an end, none is thrown. */
export class ProgramRun {
  readonly #options: ProgramRunOptions;
  readonly #chunks: Buffer[] = [];
  #printed = 0;
  #program: RunningProgram | null = null;
  #stop: Stop | null = null;
  /** Resolves when it has ended; never rejects. */
  readonly ended: Promise<RunEnd>;

  constructor(options: ProgramRunOptions) {
    this.#options = options;
    this.ended = this.#run();
  }

  /** Tells it to end, and kills it when it does not: it counts as interrupted. */
  async stop(): Promise<void> {
    await this.#end({ kind: 'stopped' });
  }

  async #run(): Promise<RunEnd> {
    const { words, line, timeout, clock } = this.#options;
    const [path = '', ...args] = words;
    try {
      const onOutput = (chunk: Buffer): void => this.#keep(chunk);
      const input = `${line}\n`;
      this.#program = new RunningProgram({ program: path, args, input, onOutput, onComplaint: onOutput });
    } catch (error) {
      return this.#endOf({ kind: 'unstartable', reason: reasonOf(error) }); // E2BIG, for one
    }
    const inTime = clock.after(timeout, () => void this.#end({ kind: 'late' }));
    const ending = await this.#program.ended;
    inTime();
    return this.#endOf(ending);
  }

  #keep(chunk: Buffer): void {
    if (this.#printed < MAX_OUTPUT) this.#chunks.push(chunk.subarray(0, MAX_OUTPUT - this.#printed));
    this.#printed += chunk.length;
    if (this.#printed > MAX_PRINTED) void this.#end({ kind: 'flood' });
  }

  async #end(stop: Stop): Promise<void> {
    if (this.#stop || !this.#program) return;
    this.#stop = stop;
    await this.#program.end(this.#options.clock);
  }

  #endOf(ending: Ending): RunEnd {
    const hasRun = ending.kind === 'status' && ending.status === 0;
    const command = quoteWords(this.#options.words).slice(0, MAX_COMMAND);
    const outcome = this.#stop?.kind === 'stopped' && !hasRun ? 'interrupted' : hasRun ? 'ran' : 'failed';
    return { outcome, hits: 1, command, why: hasRun ? '' : this.#why(ending), output: this.#output() };
  }

  #why(ending: Ending): string {
    switch (this.#stop?.kind) {
      case 'late':
        return `it did not end within ${this.#options.timeout / 1000} s, and was ended`;
      case 'flood':
        return `it printed more than ${MAX_PRINTED} bytes, and was ended`;
      case 'stopped':
        return 'it was ended, because tayori ended';
      case undefined:
        return `it ${describeEnding(withoutComplaint(ending)) ?? 'ended'}`;
    }
  }

  /** Control characters are escaped; lines stay lines. */
  #output(): string {
    return decodeText(Buffer.concat(this.#chunks)).split(/\r?\n/).map(escapeControl).join('\n').trim();
  }
}

/** What it wrote to its standard error is among its output. */
function withoutComplaint(ending: Ending): Ending {
  return 'complaint' in ending ? { ...ending, complaint: '' } : ending;
}
