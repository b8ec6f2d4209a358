import { lazily } from '../../base/lazily.js';
import { flatten } from '../../base/text/flatten.js';
import { TextBlock } from '../../base/text/text-block.js';
import type { Sent } from './sent.js';

/**
 * What the prefix of a line says. `named`: whoever reads the line finds this host in it. `hostless`: its sender said
 * `text` at `time`, and no name. `unnamed`: a `logprefix` matches without naming a host.
 */
export type Prefix =
  | { readonly kind: 'named'; readonly host: string; readonly time: number | null; readonly text: string }
  | { readonly kind: 'hostless'; readonly time: number | null; readonly text: string }
  | { readonly kind: 'unnamed' }
  | { readonly kind: 'none' };

/** How lines of senders are read, as the config in force says. */
export interface PrefixReading {
  readPrefix(line: string): Prefix;
  /** The host of a line that lies in a larger text, where that can be told quickly; null: ask `readPrefix`. */
  scanHost(whole: TextBlock, from: number, to: number): string | null;
  /** Whether a rule asks for priorities: then `<PRI>` stays in front of all lines. */
  keepsPriority(): boolean;
  /** Writes a time as `Mon dd hh:mm:ss`; the time now for null, or for a time that RFC 3164 cannot write. */
  stamp(time: number | null): string;
}

/** A sender whose host is known by its certificate, so that it may speak for nobody else. */
export interface CertifiedSender {
  readonly host: string;
  /** It named another host. */
  onForeign(named: string): void;
}

/** A line that was sent, and what its prefix says. */
export interface SentLine {
  /** `<PRI>` where it is kept and stands in front of another text, else ''. */
  readonly priority: string;
  readonly text: string;
  readonly prefix: Prefix | { readonly kind: 'named'; readonly host: string };
}

/** One whose prefix was read whole. */
interface WholeLine extends SentLine {
  readonly prefix: Prefix;
}

/** Texts of one line or many, for whoever counts them. */
export interface SentTexts {
  readonly texts: readonly string[];
  /** How many lines stand in them. */
  readonly lines: number;
}

/** `<PRI>`; Tenshi accepts any number of digits. Some senders write blanks after it. */
const PRI = /^<\d+>[ \t]*/;

/** `<PRI>VERSION `: RFC 5424. */
const VERSIONED = /^<\d{1,3}>[1-9]\d{0,2} /;

/** `<PRI>` of a line that has one. */
function priorityOf(line: string): string {
  return line.slice(0, line.indexOf('>') + 1);
}

/** Where lines of a sender go. */
interface Adding {
  readonly sender: string;
  /** Writes when they came. */
  readonly received: () => string;
  readonly texts: string[];
}

/** Reads the lines of senders, and gives those that name no host a prefix with the name of their sender. */
export class SentLines {
  readonly #reading: PrefixReading;
  /** The text whose lines are under way: made once, set for each. */
  readonly #whole = new TextBlock();

  constructor(reading: PrefixReading) {
    this.#reading = reading;
  }

  /** The lines of one message; those without text do not count. */
  read(lines: readonly string[]): SentLine[] {
    return lines
      .map((line) => this.#readQuickly(line) ?? this.#readSlowly(line))
      .filter(({ text }) => text !== '');
  }

  /** `host`: who said those that name no host. `received`: writes when that was. */
  write(lines: readonly SentLine[], host: string, received: () => string): string[] {
    return lines.map((line) => this.#writeOne(line, host, received));
  }

  /** What one sender said. A message of several lines was said by the host that its first line names. */
  ofSender(sent: readonly Sent[], sender: string): SentTexts {
    const received = lazily(() => this.#reading.stamp(null));
    const texts: string[] = [];
    let lines = 0;
    for (const { kind, text } of sent) {
      if (kind === 'lines') lines += this.#addLines(text, { sender, received, texts });
      else {
        const ofMessage = this.#ofMany(text, sender, received);
        lines += ofMessage.length;
        for (const line of ofMessage) texts.push(line);
      }
    }
    return { texts, lines };
  }

  /** The same of a sender who speaks for itself alone: all lines are of its host, whatever they name. */
  ofCertified(sent: readonly Sent[], sender: CertifiedSender): SentTexts {
    const received = lazily(() => this.#reading.stamp(null));
    const texts = sent
      .flatMap(({ text }) => text.split('\n'))
      .map((line) => this.#readSlowly(line.replace(/[\0\r]+$/, '')))
      .filter(({ text }) => text !== '')
      .map((line) => this.#writeOne(ownLine(line, sender), sender.host, received));
    return { texts, lines: texts.length };
  }

  /** Lines that name their host stay together as they are. Returns how many there are. */
  #addLines(text: string, { sender, received, texts }: Adding): number {
    const whole = this.#whole.set(text);
    let lines = 0;
    let kept = 0;
    for (let from = 0; from < text.length; ) {
      const newline = text.indexOf('\n', from);
      const to = newline < 0 ? text.length : newline;
      if (to > from && this.#reading.scanHost(whole, from, to) === null) {
        if (from > kept) texts.push(text.slice(kept, from - 1));
        kept = to + 1;
        const line = this.#readSlowly(flatten(text.slice(from, to)));
        if (line.text !== '') texts.push(this.#writeOne(line, sender, received));
        lines += line.text === '' ? 0 : 1;
      } else if (to > from) lines += 1;
      from = to + 1;
    }
    if (kept < text.length) texts.push(kept === 0 ? text : text.slice(kept));
    return lines;
  }

  #ofMany(message: string, sender: string, received: () => string): string[] {
    const lines = this.read(message.split('\n').map((line) => line.replace(/[\0\r]+$/, '')));
    const [first] = lines;
    return this.write(lines, first?.prefix.kind === 'named' ? first.prefix.host : sender, received);
  }

  #readQuickly(line: string): SentLine | null {
    const host = this.#reading.scanHost(this.#whole.set(line), 0, line.length);
    return host === null ? null : { priority: '', text: line, prefix: { kind: 'named', host } };
  }

  #readSlowly(line: string): WholeLine {
    const { readPrefix, keepsPriority } = this.#reading;
    if (VERSIONED.test(line)) {
      const prefix = readPrefix(line);
      if (prefix.kind === 'hostless')
        return { priority: keepsPriority() ? priorityOf(line) : '', text: line, prefix };
      if (prefix.kind !== 'none') return { priority: '', text: line, prefix };
    }
    const text = line.replace(PRI, '');
    const priority = keepsPriority() ? line.slice(0, line.length - text.length).trimEnd() : '';
    return { priority, text, prefix: readPrefix(text) };
  }

  #writeOne({ priority, text, prefix }: SentLine, host: string, received: () => string): string {
    if (prefix.kind === 'named' || prefix.kind === 'unnamed') return priority + text;
    if (prefix.kind === 'none') return `${priority}${received()} ${host} ${text}`;
    const time = prefix.time === null ? received() : this.#reading.stamp(prefix.time);
    return `${priority}${time} ${host} ${prefix.text}`;
  }
}

/** The line as one that names no host, if it calls its sender otherwise than its certificate does. */
function ownLine(line: WholeLine, { host, onForeign }: CertifiedSender): WholeLine {
  const { prefix } = line;
  if (prefix.kind !== 'named' || prefix.host === host) return line;
  if (!isNameOf(host, prefix.host)) onForeign(prefix.host);
  return { ...line, prefix: { ...prefix, kind: 'hostless' } };
}

/** Whether a machine called `host` may call itself so: by this name, or without its domain. */
function isNameOf(host: string, said: string): boolean {
  const [full, short] = [host.toLowerCase(), said.toLowerCase()];
  return full === short || full.startsWith(`${short}.`);
}
