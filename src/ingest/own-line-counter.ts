import { type OwnLine, ownEntry } from '../line/own-lines.js';
import { type SaidNames, toldName } from '../store/said-names.js';
import type { LineProcessor } from './line-processor.js';

/** Lines of tayori that wait for the next commit; there are no more unless something makes them without end. */
const MAX_WAITING = 1000;

/**
 * Lines about what no log tells in its own step, such as a rejected letter: they are counted just before the next
 * commit, and wait on when that fails.
 */
export class WaitingOwnLines {
  #lines: OwnLine[] = [];
  #left = 0;
  /** How many of them the commit under way holds. */
  #taken = 0;
  #leftTaken = 0;

  add(line: OwnLine): void {
    if (this.#lines.length < MAX_WAITING) this.#lines.push(line);
    else this.#left += 1;
  }

  /** What the commit that begins is to hold. */
  take(): readonly OwnLine[] {
    this.#taken = this.#lines.length;
    this.#leftTaken = this.#left;
    return this.#left > 0 ? [...this.#lines, leftOut(this.#left)] : [...this.#lines];
  }

  onCommitted(): void {
    this.#lines = this.#lines.slice(this.#taken);
    this.#left -= this.#leftTaken;
    this.#taken = 0;
    this.#leftTaken = 0;
  }
}

function leftOut(lines: number): OwnLine {
  return { name: 'overflowed', subject: 'lines', detail: `${lines} of tayori itself` };
}

/** Counts lines of tayori as the rules say, and what no rule took for the notes of letters. */
export class OwnLineCounter {
  readonly #processor: LineProcessor;
  readonly #names: SaidNames;
  readonly #origin: string;
  readonly #now: () => number;

  /** `origin`: this machine, as hosts are named in letters. */
  constructor(processor: LineProcessor, names: SaidNames, origin: string, now: () => number) {
    this.#processor = processor;
    this.#names = names;
    this.#origin = origin;
    this.#now = now;
  }

  say(line: OwnLine): void {
    const { name, subject, path, host, counted } = line;
    const about = host ?? (path === undefined ? null : this.#processor.hostOf(path)) ?? this.#origin;
    const became = this.#processor.takeOwn(ownEntry(line, about, this.#now()), line);
    if (became === 'queued' && counted) this.#processor.add(toldName(counted.counter), counted.amount);
    if (became === 'unknown' && !counted)
      this.#processor.add(this.#names.nameOf(name, this.#processor.redact(subject)), 1);
  }
}
