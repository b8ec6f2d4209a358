import { resolve } from 'node:path';
import { reasonOf } from '../base/errors.js';
import { decodeText } from '../base/text/decode.js';
import type { Config } from '../config/config.js';
import { EntryReader } from '../ingest/entry-reader.js';
import { Excerpt, excerptOf } from '../line/excerpt.js';
import type { LogReading } from '../line/log-reading.js';
import { sorterOf } from '../publish/edition-messages.js';
import type { Rule } from '../rule/rule.js';
import type { MessageSink, MessageSource } from '../rule/suggest/mine-rules.js';
import type { RuleSorter } from '../rule/suggest/rule-sorter.js';
import { Continuations } from '../source/hold-continuations.js';
import { createSplitter } from '../source/joining-splitter.js';
import { createLineSplitter, type Lines, MAX_LINE_BYTES, NEWLINE } from '../source/split-lines.js';
import { type Progress, sizeOf } from './progress.js';
import type { RepeatableFiles } from './repeatable-files.js';

/** What the source of messages needs of the command. */
export interface ReadingContext {
  readonly files: RepeatableFiles;
  readonly progress: Progress;
  onOverrun(rule: Rule): void;
  /** A file cannot be read, and why. It is called once for each. */
  onUnreadable(file: string, reason: string): void;
}

/** Reads the files of a list in turn, over and over. */
class FileTurns {
  readonly #paths: readonly string[];
  readonly #context: Omit<ReadingContext, 'onOverrun'>;
  readonly #unreadable = new Set<string>();
  #progress = 0;

  constructor(paths: readonly string[], context: Omit<ReadingContext, 'onOverrun'>) {
    this.#paths = paths;
    this.#context = context;
  }

  /** `read` is given the bytes of one file after the other. */
  async readAll(read: (bytes: AsyncGenerator<Buffer>, path: string) => Promise<void>): Promise<void> {
    const { files, progress, onUnreadable } = this.#context;
    for (const path of this.#paths) {
      if (this.#unreadable.has(path)) continue;
      try {
        await read(
          files.read(path, (bytes) => progress.update(this.#progress + bytes)),
          path,
        );
      } catch (error) {
        this.#unreadable.add(path);
        onUnreadable(path, reasonOf(error));
      }
      this.#progress += sizeOf(path);
    }
  }
}

/** The entries of logs, read as a config says, over and over. */
export class LogTurns {
  readonly #config: Config;
  readonly #turns: FileTurns;
  #unprefixed = 0;

  constructor(paths: readonly string[], config: Config, context: Omit<ReadingContext, 'onOverrun'>) {
    this.#config = config;
    this.#turns = new FileTurns(paths, context);
  }

  /** Lines without a prefix that is known, when all was read last. */
  get unprefixed(): number {
    return this.#unprefixed;
  }

  /** `onEntry`: an entry holds until the next one comes. */
  async read(onEntry: (entry: Excerpt, path: string) => void): Promise<void> {
    let log = '-';
    const reader = new EntryReader(this.#config, (entry) => onEntry(entry, log));
    await this.#turns.readAll(async (bytes, path) => {
      const file = path === '-' ? null : resolve(path);
      log = file ?? path;
      const reading = file === null ? null : reader.readingOf(file);
      const take = (lines: Lines): void => reader.take(lines, reading, file);
      await (reading ? readAs(reading, bytes, take) : readLines(bytes, take));
    });
    this.#unprefixed = reader.unprefixed;
  }
}

/** The lines of logs, read and sorted as a config says. */
export class LogSource implements MessageSource {
  readonly #turns: LogTurns;
  readonly #sorter: RuleSorter;

  constructor(paths: readonly string[], config: Config, context: ReadingContext) {
    this.#turns = new LogTurns(paths, config, context);
    this.#sorter = sorterOf(config, context.onOverrun);
  }

  /** Lines without a prefix that is known, when all was read last. */
  get unprefixed(): number {
    return this.#turns.unprefixed;
  }

  async read(sink: MessageSink): Promise<void> {
    await this.#turns.read((entry) => this.#sorter.sort(entry, 1, sink));
  }
}

async function readLines(bytes: AsyncGenerator<Buffer>, take: (lines: Lines) => void): Promise<void> {
  const splitter = createLineSplitter(() => {});
  const continuations = new Continuations();
  for await (const chunk of bytes) take(continuations.push(splitter.push(chunk)));
  take(continuations.push(splitter.end()));
  take(continuations.end());
}

/** Reads a log that is read in a way of its own. */
async function readAs(
  { join }: LogReading,
  bytes: AsyncGenerator<Buffer>,
  take: (lines: Lines) => void,
): Promise<void> {
  const splitter = createSplitter(join, { onCut() {}, onEntryCut() {} });
  for await (const chunk of bytes) take(splitter.push(chunk));
  take(splitter.end());
}

/** Files of which each line is a message, empty ones too. */
export class PlainSource implements MessageSource {
  readonly #turns: FileTurns;

  constructor(paths: readonly string[], context: ReadingContext) {
    this.#turns = new FileTurns(paths, context);
  }

  async read(sink: MessageSink): Promise<void> {
    const excerpt = new Excerpt();
    await this.#turns.readAll(async (bytes) => {
      for await (const lines of plainLines(bytes))
        for (const text of lines) sink.addOpen(excerptOf({ host: '', time: null, text }, excerpt), null, 1);
    });
  }
}

/** The lines of a stream, those of each chunk together. Of a line that is too long the beginning is kept. */
async function* plainLines(bytes: AsyncGenerator<Buffer>): AsyncGenerator<string[]> {
  let begun: Buffer = Buffer.alloc(0);
  for await (const chunk of bytes) {
    const last = chunk.lastIndexOf(NEWLINE);
    if (last < 0) begun = Buffer.concat([begun, chunk]).subarray(0, MAX_LINE_BYTES);
    else {
      yield linesOf(Buffer.concat([begun, chunk.subarray(0, last)]));
      begun = Buffer.from(chunk.subarray(last + 1));
    }
  }
  if (begun.length > 0) yield linesOf(begun);
}

function linesOf(bytes: Buffer): string[] {
  return decodeText(bytes)
    .split('\n')
    .map((line) => line.slice(0, MAX_LINE_BYTES).replace(/\r$/, ''));
}
