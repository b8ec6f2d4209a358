import type { Reading } from '../line/entry.js';
import type { LogText, SelfMail } from '../mail/self-mail.js';
import { listLines } from '../source/split-lines.js';
import type { OwnLog } from './own-log.js';
import type { JournalLine } from './receive-buffer.js';

/** Finds the lines that are about our own letters, or that this process has written to the system log. */
export class OwnTexts {
  readonly #selfMail: SelfMail | null;
  readonly #ownLog: OwnLog | null;
  readonly #read: (line: string) => Reading;

  constructor(selfMail: SelfMail | null, ownLog: OwnLog | null, read: (line: string) => Reading) {
    this.#selfMail = selfMail;
    this.#ownLog = ownLog;
    this.#read = read;
  }

  /** The indexes of such lines; those about letters have a Message-ID of ours. */
  in(text: string): ReadonlySet<number> {
    const named = this.#namedIn(text);
    const log = this.#ownLog;
    if (!log?.mayBeIn(text)) return named;
    const read = (line: string): LogText => this.#textOf(line);
    const said = listLines({ text }).flatMap((line, at) => (log.isOwn(line, read) ? [at] : []));
    return new Set([...named, ...said]);
  }

  /** The same of entries that came with their host. */
  among(entries: readonly JournalLine[]): ReadonlySet<number> {
    const selfMail = this.#selfMail;
    const texts = entries.map(({ text }) => text);
    const mayBeNamed = texts.some((text) => selfMail?.mayBeNamedIn(text));
    const named = mayBeNamed ? selfMail?.learn(texts, (_, at) => entries[at] ?? NOBODY) : NONE;
    const isOwn = ({ host, text, by }: JournalLine): boolean =>
      (by !== undefined && this.#ownLog?.isBy(by, host)) || selfMail?.isOwn(host, text) === true;
    return new Set(entries.flatMap((entry, at) => (named?.has(at) || isOwn(entry) ? [at] : [])));
  }

  #namedIn(text: string): ReadonlySet<number> {
    const selfMail = this.#selfMail;
    return selfMail?.mayBeNamedIn(text)
      ? selfMail.learn(listLines({ text }), (line) => this.#textOf(line))
      : NONE;
  }

  /** Host and text of a line; a line without a prefix is all text. */
  #textOf(line: string): LogText {
    const reading = this.#read(line);
    return reading.kind === 'entry' ? reading.entry : { host: '', text: line };
  }
}

export const NONE: ReadonlySet<number> = new Set();
const NOBODY: LogText = { host: '', text: '' };
