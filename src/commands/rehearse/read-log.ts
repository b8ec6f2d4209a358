import { closeSync, constants, openSync, statSync } from 'node:fs';
import { basename } from 'node:path';
import type { Readable } from 'node:stream';
import { reasonOf } from '../../base/errors.js';
import type { JoinLines } from '../../base/text/joiner.js';
import { TextBlock } from '../../base/text/text-block.js';
import { DAY } from '../../base/time/duration.js';
import { endOfMessage } from '../../line/join-lines.js';
import { packingOf, unpack } from '../../source/file/rotation/unpack.js';
import { Continuations } from '../../source/hold-continuations.js';
import { createSplitter } from '../../source/joining-splitter.js';
import { openFile, readUnpacked } from '../../source/read-whole.js';
import { type Lines, listLines } from '../../source/split-lines.js';
import type { RehearsedLog, Sides } from './find-logs.js';
import type { ReadTime } from './time-reader.js';

/** A line, or the lines of one entry, with the log that it is of. */
export interface LogUnit {
  readonly text: string;
  readonly log: string;
  readonly sides: Sides;
  /** Its own time (ms), or that of the line before it; null: no line of the log had one yet. */
  readonly time: number | null;
  /** When it is read (ms): never before the one ahead of it. */
  readonly at: number;
}

export interface ReadingOptions {
  readonly stdin: Readable;
  /** How both configs join the lines of the log; null: each is one. */
  readonly join: JoinLines | null;
  readonly readTime: ReadTime;
  /** Standard input is read now (ms), and no line of a file is later than the file, but for a clock that is wrong. */
  readonly now: number;
  onUnreadable(file: string, reason: string): void;
  /** So many bytes more were read from disk. */
  onBytes(bytes: number): void;
  /** Texts of whole lines, before their units are handed on. */
  onText(text: string, log: string): void;
}

/** So many bytes are split at once: a log takes about ten times as much while it is read. */
const PIECE = 128 * 1024;

/** Reads the files of a log, one after the other, in batches of units. */
export async function* readLog(log: RehearsedLog, options: ReadingOptions): AsyncGenerator<LogUnit[]> {
  const clock = new LogClock(log, options);
  for (const file of log.files) {
    clock.begin(file);
    const splitter = createSplitter(options.join, { onCut() {}, onEntryCut() {} });
    const continuations = new Continuations();
    const whole = ({ text }: Lines): Lines => (options.join ? { text } : continuations.push({ text }));
    try {
      for await (const chunk of bytesOf(file, options))
        for (let from = 0; from < chunk.length; from += PIECE)
          yield clock.unitsOf(whole(splitter.push(chunk.subarray(from, from + PIECE))));
    } catch (error) {
      options.onUnreadable(file, reasonOf(error));
    }
    yield clock.unitsOf(whole(splitter.end()));
    yield clock.unitsOf(continuations.end());
  }
}

/** The bytes of a file, unpacked by its name or, where it is gzip, by its first bytes. */
async function* bytesOf(file: string, { stdin, onBytes }: ReadingOptions): AsyncGenerator<Buffer> {
  const { packing } = file === '-' ? { packing: null } : packingOf(basename(file));
  if (packing === null || packing === 'gzip') {
    let before = 0;
    yield* readUnpacked(openFile(file, stdin), (bytes) => {
      onBytes(bytes - before);
      before = bytes;
    });
    return;
  }
  const fd = openSync(file, constants.O_RDONLY | constants.O_NONBLOCK);
  const { stream, over } = unpack(fd, packing);
  try {
    for await (const chunk of stream) yield chunk;
    onBytes(statSync(file).size);
  } finally {
    stream.destroy();
    await over;
    closeSync(fd);
  }
}

/** Cuts lines into units, and gives each its time. */
class LogClock {
  readonly #log: RehearsedLog;
  readonly #options: ReadingOptions;
  readonly #whole = new TextBlock();
  readonly #alone = new TextBlock();
  #time: number | null = null;
  #at = Number.NEGATIVE_INFINITY;
  /** A later stamp is of a clock that is wrong (ms). */
  #latest: number;

  constructor(log: RehearsedLog, options: ReadingOptions) {
    this.#log = log;
    this.#options = options;
    this.#latest = options.now + DAY;
  }

  begin(file: string): void {
    const changed = file === '-' ? undefined : statSync(file, { throwIfNoEntry: false })?.mtimeMs;
    this.#latest = Math.max(this.#at, (changed ?? this.#options.now) + DAY);
  }

  unitsOf(lines: Lines): LogUnit[] {
    const { text } = lines;
    if (text === '') return [];
    this.#options.onText(text, this.#log.path);
    const whole = this.#whole.set(text);
    if (this.#options.join) return listLines(lines).map((one) => this.#unit(one, this.#alone.set(one), 0));
    const units: LogUnit[] = [];
    for (let from = 0; from < text.length; ) {
      const newline = text.indexOf('\n', from);
      const to = newline < 0 ? text.length : newline;
      const end = newline < 0 ? to : endOfMessage(whole, from, to);
      if (end > from) units.push(this.#unit(text.slice(from, end), whole, from));
      from = end + 1;
    }
    return units;
  }

  #unit(text: string, whole: TextBlock, from: number): LogUnit {
    const { path, sides } = this.#log;
    this.#time = this.#options.readTime(whole, from, from + text.length, path) ?? this.#time;
    if (this.#time !== null && this.#time <= this.#latest) this.#at = Math.max(this.#at, this.#time);
    return { text, log: path, sides, time: this.#time, at: this.#at };
  }
}
