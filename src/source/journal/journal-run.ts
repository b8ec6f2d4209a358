import { reasonOf } from '../../base/errors.js';
import { describeEnding, runProgram } from '../../base/process/run-program.js';
import { RunningProgram } from '../../base/process/running-program.js';
import type { Clock } from '../../base/time/clock.js';
import { ExportReader, FIELDS, type JournalEntry } from './export-reader.js';

export interface JournalRunOptions {
  /** Which journal, and from where on. */
  readonly args: readonly string[];
  readonly clock: Clock;
  /** Takes entries, in order; false: not now, and the run is broken off. */
  onEntries(entries: readonly JournalEntry[]): boolean;
  /** A message of so many bytes was cut. */
  onCut(bytes: number): void;
}

/**
 * How a run ended. `done`: all was read that was there; `complaint`: what journalctl says besides. `refused`: entries
 * were not taken, or the run was ended from here.
 */
export type RunEnding =
  | { readonly kind: 'done'; readonly complaint: string }
  | { readonly kind: 'refused' }
  | { readonly kind: 'failed'; readonly reason: string; readonly isMissing: boolean };

/**
 * Entries are taken in batches of so many, or of so many characters; each is one commit. With batches of 5,000 garbage is
 * collected twice as long, since so many entries outlive the part of the heap where new ones are made.
 */
const MAX_BATCH = 1000;
const MAX_BATCH_CHARACTERS = 4 * 1024 * 1024;

const PLAIN = ['--output=export', `--output-fields=${FIELDS.join(',')}`, '--no-pager'];

/** One run of journalctl(1), which reads to the end of what is there. */
export class JournalRun {
  readonly #options: JournalRunOptions;
  readonly #program: RunningProgram;
  readonly #reader: ExportReader;
  #batch: JournalEntry[] = [];
  #characters = 0;
  #isRefused = false;
  /** Why it was ended from here, in words. */
  #fault: string | null = null;
  #complaint = '';
  /** When it printed last (ms). */
  #lastHeard: number;

  constructor(options: JournalRunOptions) {
    this.#options = options;
    this.#lastHeard = options.clock.now();
    this.#reader = new ExportReader((entry) => this.#add(entry), options.onCut);
    this.#program = new RunningProgram({
      program: 'journalctl',
      args: [...PLAIN, ...options.args],
      env: { LC_ALL: 'C', SYSTEMD_COLORS: '0', SYSTEMD_LOG_TARGET: 'console' },
      onOutput: (chunk) => this.#take(chunk),
      onComplaint: (chunk) => {
        if (this.#complaint.length < MAX_COMPLAINT) this.#complaint += chunk.toString();
      },
    });
  }

  /** How long it has said nothing (ms). */
  get silence(): number {
    return this.#options.clock.now() - this.#lastHeard;
  }

  /** Ends a run that hangs; what came stays. */
  giveUp(reason: string): void {
    this.#fault = reason;
    this.#program.kill();
  }

  /** Breaks it off; what was taken stays taken. */
  kill(): void {
    this.#isRefused = true;
    this.#program.kill();
  }

  async ending(): Promise<RunEnding> {
    const ending = await this.#program.ended;
    if (!this.#isRefused) this.#handOn();
    if (this.#fault !== null) return { kind: 'failed', reason: this.#fault, isMissing: false };
    if (this.#isRefused) return { kind: 'refused' };
    if (ending.kind === 'unstartable')
      return { kind: 'failed', reason: ending.reason, isMissing: /ENOENT/.test(ending.reason) };
    const why = describeEnding(ending);
    if (why !== null) return { kind: 'failed', reason: onOneLine(`journalctl ${why}`), isMissing: false };
    return { kind: 'done', complaint: onOneLine(this.#complaint.trim()) };
  }

  #take(chunk: Buffer): void {
    if (this.#isRefused || this.#fault !== null) return;
    this.#lastHeard = this.#options.clock.now();
    try {
      this.#reader.push(chunk);
    } catch (error) {
      this.giveUp(reasonOf(error));
    }
  }

  #add(entry: JournalEntry): void {
    if (this.#isRefused) return;
    this.#batch.push(entry);
    this.#characters += entry.message.length;
    if (this.#batch.length >= MAX_BATCH || this.#characters >= MAX_BATCH_CHARACTERS) this.#handOn();
  }

  #handOn(): void {
    const batch = this.#batch;
    this.#batch = [];
    this.#characters = 0;
    if (batch.length > 0 && !this.#options.onEntries(batch)) this.kill();
  }
}

/** So much of what it says is kept (characters). */
const MAX_COMPLAINT = 4000;

function onOneLine(text: string): string {
  return text.replace(/\n\s*/g, '; ');
}

/** How long journalctl may take for a few entries (ms). */
const MAX_LISTING = 10_000;
/** An entry without its fields takes some hundred bytes. */
const MAX_LISTED = 16 * 1024;

/** The cursors of the entries that these arguments ask for, without what else is in them. */
export async function listCursors(args: readonly string[], clock: Clock): Promise<readonly string[]> {
  const { output } = await runProgram({
    program: 'journalctl',
    args: ['--output=json', '--output-fields=_BOOT_ID', '--no-pager', ...args],
    input: [],
    timeout: MAX_LISTING,
    maxOutput: MAX_LISTED,
    clock,
    signal: new AbortController().signal,
  });
  return [...output.toString().matchAll(/"__CURSOR"\s*:\s*"(s=[^"\\]+)"/g)].map(([, cursor = '']) => cursor);
}
