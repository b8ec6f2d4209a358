import { resolve } from 'node:path';
import { reasonOf } from '../base/errors.js';
import { renderLocation } from '../base/place.js';
import { decodeText } from '../base/text/decode.js';
import type { Config } from '../config/config.js';
import { EntryReader } from '../ingest/entry-reader.js';
import { Excerpt, excerptOf } from '../line/excerpt.js';
import type { LogReading } from '../line/log-reading.js';
import { addRow } from '../publish/edition-messages.js';
import { isCatchAll } from '../rule/is-catch-all.js';
import type { Rule } from '../rule/rule.js';
import { createRuleIndex, NO_RULE, type RuleIndex } from '../rule/rule-index.js';
import type { MessageSink, MessageSource } from '../rule/suggest/mine-rules.js';
import { Continuations } from '../source/hold-continuations.js';
import { createSplitter } from '../source/joining-splitter.js';
import { createLineSplitter, MAX_LINE_BYTES, NEWLINE } from '../source/split-lines.js';
import type { Editions } from '../store/ports/editions.js';
import { type Progress, sizeOf } from './progress.js';
import type { RepeatableFiles } from './repeatable-files.js';

/** Asks the rules of a config for each message, and hands it to a sink. */
class RuleSorter {
  readonly #index: RuleIndex;
  readonly #places: readonly string[];
  /** By number of a rule: the queue of a catch-all; undefined for any other rule. */
  readonly #queues: readonly (string | undefined)[];

  constructor(rules: readonly Rule[], onOverrun: (rule: Rule) => void) {
    this.#index = createRuleIndex(rules, onOverrun);
    this.#places = this.#index.flat.map(({ rule }) => renderLocation(rule.place));
    this.#queues = this.#index.flat.map(({ rule }) =>
      isCatchAll(rule) ? rule.targets[0]?.queue : undefined,
    );
  }

  sort(message: Excerpt, sink: MessageSink): void {
    const number = this.#index.find(message);
    if (number === NO_RULE) return sink.addOpen(message, null, 1);
    const queue = this.#queues[number];
    if (queue === undefined) sink.addTaken(message, this.#places[number] as string);
    else sink.addOpen(message, queue, 1);
  }
}

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
      log = path === '-' ? path : resolve(path);
      const reading = path === '-' ? null : reader.readingOf(log);
      if (reading) return await readAs(reading, bytes, reader);
      const splitter = createLineSplitter(() => {});
      const continuations = new Continuations();
      for await (const chunk of bytes) reader.take(continuations.push(splitter.push(chunk)));
      reader.take(continuations.push(splitter.end()));
      reader.take(continuations.end());
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
    this.#sorter = new RuleSorter(config.rules, context.onOverrun);
  }

  /** Lines without a prefix that is known, when all was read last. */
  get unprefixed(): number {
    return this.#turns.unprefixed;
  }

  async read(sink: MessageSink): Promise<void> {
    await this.#turns.read((entry) => this.#sorter.sort(entry, sink));
  }
}

/** Reads a log that is read in a way of its own. */
async function readAs(
  reading: LogReading,
  bytes: AsyncGenerator<Buffer>,
  reader: EntryReader,
): Promise<void> {
  const splitter = createSplitter(reading.join, { onCut() {}, onEntryCut() {} });
  for await (const chunk of bytes) reader.take(splitter.push(chunk), reading);
  reader.take(splitter.end(), reading);
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

/** Rows that are read from the state at once. */
const MAX_ROWS = 1000;

/** What the open editions of queues hold to which nothing but catch-alls leads. */
export class StateSource implements MessageSource {
  readonly #queues: readonly string[];
  readonly #store: Editions;
  readonly #mask: string;
  #unknown = 0;

  /** `mask`: what stands for values in messages. */
  constructor(queues: readonly string[], store: Editions, mask: string) {
    this.#queues = queues;
    this.#store = store;
    this.#mask = mask;
  }

  /** Masked messages of which nobody knows the values, when all was read last. */
  get unknown(): number {
    return this.#unknown;
  }

  async read(sink: MessageSink): Promise<void> {
    const excerpt = new Excerpt();
    this.#unknown = 0;
    const open = this.#store.openEditions(Date.now()).filter(({ queue }) => this.#queues.includes(queue));
    for (const { id, queue } of open) {
      let rows = this.#store.slice(id, null, MAX_ROWS);
      while (rows.length > 0) {
        for (const row of rows)
          this.#unknown += addRow(row, sink, { queue, mask: this.#mask, excerpt }) ? 0 : 1;
        rows = this.#store.slice(id, rows.at(-1) ?? null, MAX_ROWS);
      }
    }
  }
}
