import { escapeControl } from '../base/text/escape.js';
import type { Clock } from '../base/time/clock.js';
import { within } from '../base/time/within.js';
import type { Config } from '../config/config.js';
import { type CommandLine, type FilledCommand, fillCommand, quoteWords } from '../queue/exec/command-line.js';
import type { RunEnd, WaitingRun } from '../queue/exec/run.js';
import type { Runs } from '../store/ports/runs.js';
import type { ActEvent } from './event.js';
import { MAX_COMMAND, ProgramRun } from './program-run.js';

export interface RunnerOptions {
  readonly store: Runs;
  readonly clock: Clock;
  onEvent(event: ActEvent): void;
}

/** What of a config says how programs run. */
export type RunnerConfig = Pick<Config, 'execs' | 'execTimeout' | 'execParallel' | 'execRepeat'>;

/** How long a stop waits for programs that run (ms); then they are told to end. */
const MAX_STOP = 5000;

/** A program is being run for a hit, or has ended and that is not noted yet. */
interface Started {
  readonly queue: string;
  readonly run: ProgramRun;
}

interface Ended {
  readonly id: number;
  readonly queue: string;
  readonly end: RunEnd;
}

/**
 * Runs programs for hits that lines have left in the state. A hit is noted as started before its program starts, and its end
 * afterwards: so after a crash it is known which programs were under way, and none runs twice unless `set exec_repeat`
 * says so. Whoever polls logs never waits for it. It outlives a reload, with the programs that run.
 */
export class Runner {
  readonly #options: RunnerOptions;
  #config: RunnerConfig | null = null;
  #commands: ReadonlyMap<string, CommandLine> = new Map();
  readonly #running = new Map<number, Started>();
  /** Ends that could not be noted yet: as many as programs may run at once. */
  #ended: Ended[] = [];
  /** Queues whose last program failed, which was told. */
  readonly #failing = new Set<string>();
  #hasRecovered = false;
  #hasDropped = false;
  #isDue = false;
  #isStopping = false;

  constructor(options: RunnerOptions) {
    this.#options = options;
  }

  /** Takes up a config; programs that run go on. */
  use(config: RunnerConfig): void {
    this.#config = config;
    this.#commands = new Map(config.execs.map(({ queue, command }) => [queue, command]));
    this.#hasDropped = false;
  }

  /** Notes what has ended, and starts what waits, as far as there is room. Throws when the state cannot be written. */
  round(): void {
    if (!this.#config || this.#isStopping) return;
    this.#recover();
    this.#drop();
    this.#isDue = false;
    this.#step();
  }

  /** Starts nothing more, gives what runs a while, ends it then, and notes the ends if the state can be written. */
  async stop(): Promise<void> {
    this.#isStopping = true;
    const runs = [...this.#running.values()].map(({ run }) => run);
    const all = Promise.all(runs.map(({ ended }) => ended));
    await within(this.#options.clock, MAX_STOP, all);
    await Promise.all(runs.map((run) => run.stop()));
    await all;
    this.#note([], []);
  }

  /** Programs that a tayori before this one had started. */
  #recover(): void {
    if (this.#hasRecovered) return;
    const { store, clock, onEvent } = this.#options;
    const lost = store.startedRuns().filter(({ id }) => !this.#running.has(id));
    const again = this.#config?.execRepeat.value === true;
    if (lost.length > 0) {
      const ended = again ? [] : lost.map((hit) => ({ id: hit.id, end: this.#lostEnd(hit) }));
      store.settleRuns({ at: clock.now(), started: [], again: again ? lost.map(({ id }) => id) : [], ended });
      onEvent({ kind: 'runs-interrupted', runs: lost.length, again });
    }
    this.#hasRecovered = true;
  }

  #lostEnd(hit: WaitingRun): RunEnd {
    const filled = this.#fill(hit);
    const command = filled.kind === 'words' ? quoteWords(filled.words).slice(0, MAX_COMMAND) : '';
    return { ...NOTHING, outcome: 'interrupted', command, why: 'tayori ended; it may or may not have run' };
  }

  /** Hits of queues that have no program any more. */
  #drop(): void {
    if (this.#hasDropped) return;
    const { store, clock } = this.#options;
    store.dropRuns([...this.#commands.keys()], refusal(NO_PROGRAM), clock.now());
    this.#hasDropped = true;
  }

  /** Notes what has ended and starts the next hits, in one transaction; refused hits make room for others, soon. */
  #step(): void {
    const starts: { readonly hit: WaitingRun; readonly words: readonly string[] }[] = [];
    const refused: Ended[] = [];
    for (const queue of this.#commands.keys()) {
      let room = this.#roomOf(queue);
      for (const hit of room > 0 ? this.#options.store.waitingRuns(queue, MAX_LOOKED_AT) : []) {
        if (room === 0) break;
        const filled = this.#fill(hit);
        if (filled.kind === 'refused') refused.push({ id: hit.id, queue, end: refusal(filled.why, hit) });
        else {
          starts.push({ hit, words: filled.words });
          room -= 1;
        }
      }
    }
    this.#note(
      refused,
      starts.map(({ hit }) => hit.id),
    );
    for (const { hit, words } of starts) this.#start(hit, words);
    if (refused.length > 0) this.#soon();
  }

  #roomOf(queue: string): number {
    const running = [...this.#running.values()].filter((one) => one.queue === queue).length;
    return (this.#config?.execParallel.value ?? 0) - running;
  }

  #fill(hit: WaitingRun): FilledCommand {
    const command = this.#commands.get(hit.queue);
    return command ? fillCommand(command, hit) : { kind: 'refused', why: NO_PROGRAM };
  }

  #start({ id, queue, line }: WaitingRun, words: readonly string[]): void {
    const timeout = (this.#config?.execTimeout.value ?? 0) * 1000;
    const run = new ProgramRun({ words, line, timeout, clock: this.#options.clock });
    this.#running.set(id, { queue, run });
    void run.ended.then((end) => {
      this.#running.delete(id);
      this.#ended.push({ id, queue, end });
      this.#soon();
    });
  }

  #note(refused: readonly Ended[], started: readonly number[]): void {
    const all = [...this.#ended, ...refused];
    if (all.length + started.length === 0) return;
    const mayRepeat = this.#config?.execRepeat.value === true;
    const again = all.filter(({ end }) => mayRepeat && end.outcome === 'interrupted');
    this.#options.store.settleRuns({
      at: this.#options.clock.now(),
      started,
      again: again.map(({ id }) => id),
      ended: all.filter((one) => !again.includes(one)),
    });
    this.#ended = [];
    for (const one of all) this.#tell(one);
  }

  /** A program that fails at each of ten thousand hits is told once in the system log. */
  #tell({ queue, end }: Ended): void {
    const { outcome, command, why } = end;
    if (outcome === 'ran') this.#failing.delete(queue);
    if ((outcome !== 'failed' && outcome !== 'refused') || this.#failing.has(queue)) return;
    this.#failing.add(queue);
    this.#options.onEvent({ kind: 'run-failed', queue, command, reason: why });
  }

  /** The next round, when all that ends together has ended. */
  #soon(): void {
    if (this.#isDue || this.#isStopping) return;
    this.#isDue = true;
    setImmediate(() => {
      try {
        this.round();
      } catch {
        // the state cannot be written: the next turn of the daemon tries again, and tells it
      }
    });
  }
}

/** Hits of a queue that are looked at in one step: some of them may be refused. */
const MAX_LOOKED_AT = 100;

const NO_PROGRAM = 'the config has no program for the queue any more';
const NOTHING = { hits: 1, command: '', why: '', output: '' };

/** So much of the line is told with why it runs no program (UTF-16 units). */
const MAX_LINE = 200;

function refusal(why: string, hit: WaitingRun | null = null): RunEnd {
  const line = hit ? `, in: ${escapeControl(hit.line.slice(0, MAX_LINE))}` : '';
  return { ...NOTHING, outcome: 'refused', why: why + line };
}
