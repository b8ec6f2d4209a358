import { flatten } from '../base/text/flatten.js';
import { TextBlock } from '../base/text/text-block.js';
import type { Reading } from '../line/entry.js';
import { Excerpt, excerptOf } from '../line/excerpt.js';
import { endOfMessage, joinLines } from '../line/join-lines.js';
import type { LogReading } from '../line/log-reading.js';
import { createLineReader } from '../line/read-line.js';
import { createPrefixScanner } from '../line/scan-prefix.js';
import { type Lines, listLines } from '../source/split-lines.js';
import { type LineConfig, lineOptionsOf } from './line-options.js';
import { LogReadings, type ReadingConfig } from './log-readings.js';
import { type RedactionConfig, redactorOf } from './redactor-of.js';

/** Takes lines apart as the config says, without asking any rule. */
export class EntryReader {
  readonly #onEntry: (entry: Excerpt) => void;
  readonly #scanPrefix: ReturnType<typeof createPrefixScanner>;
  readonly #readLine: ReturnType<typeof createLineReader>;
  readonly #readings: LogReadings;
  /** The lines under way, the line among them, and a line that lies in no other text: made once, set for each. */
  readonly #whole = new TextBlock();
  readonly #excerpt = new Excerpt();
  readonly #alone = new Excerpt();
  #unprefixed = 0;
  #file: string | null = null;

  /** `onEntry`: an entry holds until the next one comes. A prefix that ran too long does not match. */
  constructor(config: LineConfig & ReadingConfig & RedactionConfig, onEntry: (entry: Excerpt) => void) {
    const redactor = redactorOf(config);
    const redacted = new Excerpt();
    this.#onEntry = redactor
      ? (read) => {
          const entry = redactor.entry(read);
          onEntry(entry === read ? read : excerptOf(entry, redacted));
        }
      : onEntry;
    const options = lineOptionsOf(config, () => Date.now());
    this.#scanPrefix = createPrefixScanner(options);
    this.#readLine = createLineReader(options);
    this.#readings = new LogReadings(config, options, () => {});
  }

  /** How the log at a path is read; null: as all others. */
  readingOf(path: string): LogReading | null {
    return this.#readings.of(path);
  }

  /** How many lines had no prefix that is known, or none that names a host. */
  get unprefixed(): number {
    return this.#unprefixed;
  }

  /** `reading`: that of their log; `file`: its path, for rules that ask. */
  take(lines: Lines, reading: LogReading | null = null, file: string | null = null): void {
    this.#file = file;
    this.#excerpt.file = file;
    if (reading) for (const line of listLines(lines)) this.#takeRead(reading.read(line));
    else this.#takeLines(lines);
  }

  #takeLines({ text }: Lines): void {
    const whole = this.#whole.set(text);
    for (let from = 0; from < text.length; ) {
      const newline = text.indexOf('\n', from);
      const to = newline < 0 ? text.length : newline;
      const end = newline < 0 ? to : endOfMessage(whole, from, to);
      if (end > to) this.#takeAlone(joinLines(text.slice(from, end)));
      else if (to > from) this.#takeLine(from, to);
      from = end + 1;
    }
  }

  #takeLine(from: number, to: number): void {
    if (this.#scanPrefix(this.#excerpt, this.#whole, from, to)) this.#onEntry(this.#excerpt);
    else this.#takeAlone(flatten(this.#whole.text.slice(from, to)));
  }

  #takeAlone(line: string): void {
    this.#takeRead(this.#readLine(line));
  }

  #takeRead(reading: Reading): void {
    if (reading.kind === 'entry')
      this.#onEntry(excerptOf({ ...reading.entry, file: this.#file }, this.#alone));
    else if (reading.kind !== 'marker') this.#unprefixed += 1;
  }
}
