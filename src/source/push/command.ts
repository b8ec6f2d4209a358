import { reasonOf } from '../../base/errors.js';
import { describeEnding, type Ending } from '../../base/process/run-program.js';
import { RunningProgram } from '../../base/process/running-program.js';
import { BackOff } from '../../base/time/back-off.js';
import type { Clock } from '../../base/time/clock.js';
import type { SourceEvent } from '../source-event.js';
import { createLineSplitter, type LineSplitter, listLines } from '../split-lines.js';
import { nameCommand } from './name-receiver.js';
import type { Receiver, ReceiverState } from './receiver.js';
import { Trouble } from './trouble.js';

export interface CommandOptions {
  readonly path: string;
  readonly args: readonly string[];
  readonly clock: Clock;
  onLines(lines: readonly string[]): void;
  onEvent(event: SourceEvent): void;
}

/** A program that has run for so long (ms) is no more one that ends again and again. */
const STEADY = 60_000;

/**
 * Takes the lines of a program that runs on, such as `docker logs -f NAME`: those of its standard output and of its
 * standard error, where that one writes what a container writes there. It is started at the first poll, so as the user
 * that the daemon has become, and again whenever it has ended, after ever longer waits. What it prints cannot be read
 * again.
 */
export function openCommand(options: CommandOptions): Receiver {
  return new Command(options);
}

class Command implements Receiver {
  readonly #options: CommandOptions;
  readonly #name: string;
  readonly #backOff: BackOff;
  readonly #trouble: Trouble;
  #program: RunningProgram | null = null;
  #startedAt = 0;
  #closed = false;

  constructor(options: CommandOptions) {
    const { clock, onEvent } = options;
    const name = nameCommand(options);
    this.#options = options;
    this.#name = name;
    this.#backOff = new BackOff(clock);
    this.#trouble = new Trouble(
      (reason) => onEvent({ kind: 'command-ended', name, reason }),
      (again) => onEvent({ kind: 'receiver-open', name, again }),
    );
  }

  async poll(): Promise<void> {
    if (this.#closed) return;
    if (!this.#program) {
      if (this.#backOff.mayTry) this.#tryToStart();
    } else if (this.#isSteady()) {
      this.#backOff.worked();
      this.#trouble.end();
    }
  }

  state(): ReceiverState {
    const { reason } = this.#trouble;
    const status = this.#program ? 'runs' : 'not started yet';
    return {
      name: this.#name,
      status: reason === null ? status : this.#program ? `runs again; ${reason}` : reason,
    };
  }

  async close(): Promise<void> {
    this.#closed = true;
    await this.#program?.end(this.#options.clock);
  }

  /** A clock that was set back tells nothing. */
  #isSteady(): boolean {
    return this.#options.clock.now() - this.#startedAt >= STEADY;
  }

  #tryToStart(): void {
    try {
      this.#start();
    } catch (error) {
      this.#onEnd({ kind: 'unstartable', reason: reasonOf(error) }); // E2BIG, for one
    }
  }

  #start(): void {
    const { path, args, clock } = this.#options;
    const [output, complaint] = [this.#createSplitter(), this.#createSplitter()];
    this.#startedAt = clock.now();
    const program = new RunningProgram({
      program: path,
      args,
      onOutput: (chunk) => this.#take(listLines(output.push(chunk))),
      onComplaint: (chunk) => this.#take(listLines(complaint.push(chunk))),
    });
    this.#program = program;
    void program.ended.then((ending) => {
      for (const splitter of [output, complaint]) this.#take(listLines(splitter.end()));
      this.#onEnd(ending);
    });
  }

  #createSplitter(): LineSplitter {
    const { onEvent } = this.#options;
    return createLineSplitter((bytes) => onEvent({ kind: 'line-cut', path: this.#name, bytes }));
  }

  #take(lines: readonly string[]): void {
    if (lines.length > 0 && !this.#closed) this.#options.onLines(lines);
  }

  #onEnd(ending: Ending): void {
    if (this.#closed) return;
    if (this.#isSteady()) this.#backOff.worked();
    this.#program = null;
    this.#backOff.failed();
    this.#trouble.begin(`the program ${describeEnding(withLastLine(ending)) ?? 'ended (status 0)'}`);
  }
}

/** What it complained of last; all of it is among its lines. */
function withLastLine(ending: Ending): Ending {
  return 'complaint' in ending ? { ...ending, complaint: ending.complaint.replace(/^.*\n/s, '') } : ending;
}
