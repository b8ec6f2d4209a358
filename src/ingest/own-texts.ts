import type { Reading } from '../line/entry.js';
import type { LogText, SelfMail } from '../mail/self-mail.js';
import { listLines } from '../source/split-lines.js';
import type { OwnLog } from './own-log.js';
import type { JournalLine } from './receive-buffer.js';

/** How own lines count, by their indexes in a text. */
export type OwnIndexes = ReadonlyMap<number, 'own' | 'own_log'>;

/** Finds the lines that are about our own letters, or that tayori has written to the system log. */
export class OwnTexts {
  readonly #selfMail: SelfMail | null;
  readonly #ownLog: OwnLog | null;
  readonly #read: (line: string) => Reading;

  constructor(selfMail: SelfMail | null, ownLog: OwnLog | null, read: (line: string) => Reading) {
    this.#selfMail = selfMail;
    this.#ownLog = ownLog;
    this.#read = read;
  }

  /** Those of a text of many lines; those about letters have a Message-ID of ours. null: none. */
  in(text: string): OwnIndexes | null {
    const [selfMail, log] = [this.#selfMail, this.#ownLog];
    const isNamed = selfMail?.mayBeNamedIn(text) ?? false;
    const isSaid = log?.mayBeIn(text) ?? false;
    if (!isNamed && !isSaid) return null;
    const read = (line: string): LogText => this.#textOf(line);
    const lines = listLines({ text });
    const own = new Map<number, 'own' | 'own_log'>();
    if (isNamed) for (const at of selfMail?.learn(lines, read) ?? []) own.set(at, 'own');
    if (isSaid) for (const [at, line] of lines.entries()) if (log?.isOwn(line, read)) own.set(at, 'own_log');
    return own;
  }

  /** Those of entries that came with their host. */
  among(entries: readonly JournalLine[]): OwnIndexes {
    const selfMail = this.#selfMail;
    const texts = entries.map(({ text }) => text);
    const mayBeNamed = texts.some((text) => selfMail?.mayBeNamedIn(text));
    const named = mayBeNamed ? selfMail?.learn(texts, (_, at) => entries[at] ?? NOBODY) : undefined;
    const own = new Map<number, 'own' | 'own_log'>();
    for (const [at, { host, text, by }] of entries.entries())
      if (by && this.#ownLog?.isBy(by, host)) own.set(at, 'own_log');
      else if (named?.has(at) || selfMail?.isOwn(host, text)) own.set(at, 'own');
    return own;
  }

  /** Host and text of a line; a line without a prefix is all text. */
  #textOf(line: string): LogText {
    const reading = this.#read(line);
    return reading.kind === 'entry' ? reading.entry : { host: '', text: line };
  }
}

const NOBODY: LogText = { host: '', text: '' };
