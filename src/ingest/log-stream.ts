import type { Clock } from '../base/time/clock.js';
import type { LogReading } from '../line/log-reading.js';
import { EntryJoiner } from '../source/entry-joiner.js';
import { MAX_HOLD_TIME } from '../source/file/segment.js';

export interface LogStreamOptions {
  readonly clock: Clock;
  /** How the config in force reads it; null: as all others. Asked for each time, since it outlives a reload. */
  reading(): LogReading | null;
  onEntries(entries: readonly string[]): void;
  onEntryCut(entries: number): void;
}

/**
 * The lines of a FIFO or a program, joined to entries where the config says so. Held lines are handed on when none has
 * followed for a while; they cannot be read again, so a kill -9 takes them.
 */
export class LogStream {
  readonly #options: LogStreamOptions;
  #joiner: { readonly of: LogReading; readonly joiner: EntryJoiner } | null = null;
  #cancel: (() => void) | null = null;

  constructor(options: LogStreamOptions) {
    this.#options = options;
  }

  push(lines: readonly string[]): void {
    const joiner = this.#joinerFor(this.#options.reading());
    if (!joiner) return this.#options.onEntries(lines);
    for (const line of lines) joiner.add(line, Buffer.byteLength(line) + 1);
    this.#handOn(joiner.take(false));
    this.#cancel?.();
    this.#cancel =
      joiner.heldLength > 0 ? this.#options.clock.after(MAX_HOLD_TIME, () => this.flush()) : null;
  }

  /** Hands on what is held. */
  flush(): void {
    this.#cancel?.();
    this.#cancel = null;
    this.#handOn(this.#joiner?.joiner.take(true) ?? []);
  }

  /** The joiner of a reading. What another one holds is handed on. */
  #joinerFor(reading: LogReading | null): EntryJoiner | null {
    if (this.#joiner && this.#joiner.of === reading) return this.#joiner.joiner;
    this.flush();
    const join = reading?.join;
    this.#joiner =
      reading && join ? { of: reading, joiner: new EntryJoiner(join, this.#options.onEntryCut) } : null;
    return this.#joiner?.joiner ?? null;
  }

  #handOn(entries: readonly string[]): void {
    if (entries.length > 0) this.#options.onEntries(entries);
  }
}
