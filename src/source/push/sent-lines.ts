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
  /** Whether a rule asks for priorities: then `<PRI>` stays in front of lines, which costs time. */
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
  /** `<PRI>` where it is kept, else ''. */
  readonly priority: string;
  readonly text: string;
  readonly prefix: Prefix;
}

/** `<PRI>`; Tenshi accepts any number of digits. Some senders write blanks after it. */
const PRI = /^<\d+>[ \t]*/;

/** `<PRI>VERSION `: RFC 5424. */
const VERSIONED = /^<\d{1,3}>[1-9]\d{0,2} /;

/** `<PRI>` of a line that has one. */
function priorityOf(line: string): string {
  return line.slice(0, line.indexOf('>') + 1);
}

/** Reads the lines of senders, and gives those that name no host a prefix with the name of their sender. */
export class SentLines {
  readonly #reading: PrefixReading;

  constructor(reading: PrefixReading) {
    this.#reading = reading;
  }

  /** The lines of one message; those without text do not count. */
  read(lines: readonly string[]): SentLine[] {
    return lines.map((line) => this.#readOne(line)).filter(({ text }) => text !== '');
  }

  /** `host`: who said those that name no host. */
  write(lines: readonly SentLine[], host: string, received = this.#reading.stamp(null)): string[] {
    return lines.map((line) => this.#writeOne(line, host, received));
  }

  /** The lines of messages of one sender. A message of several lines was said by the host that its first line names. */
  ofSender(messages: readonly string[], sender: string): string[] {
    const received = this.#reading.stamp(null);
    return messages.flatMap((message) => {
      if (message.includes('\n')) return this.#ofMany(message, sender, received);
      const line = this.#readOne(message);
      return line.text === '' ? [] : this.#writeOne(line, sender, received);
    });
  }

  /** The same of a sender who speaks for itself alone: all lines are of its host, whatever they name. */
  ofCertified(messages: readonly string[], sender: CertifiedSender): string[] {
    const received = this.#reading.stamp(null);
    const texts = messages.flatMap((message) => message.split('\n'));
    const lines = this.read(texts.map((line) => line.replace(/[\0\r]+$/, '')));
    return lines.map((line) => this.#writeOne(ownLine(line, sender), sender.host, received));
  }

  #ofMany(message: string, sender: string, received: string): string[] {
    const lines = this.read(message.split('\n').map((line) => line.replace(/[\0\r]+$/, '')));
    const [first] = lines;
    return this.write(lines, first?.prefix.kind === 'named' ? first.prefix.host : sender, received);
  }

  #readOne(line: string): SentLine {
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

  #writeOne({ priority, text, prefix }: SentLine, host: string, received: string): string {
    if (prefix.kind === 'named' || prefix.kind === 'unnamed') return priority + text;
    if (prefix.kind === 'none') return `${priority}${received} ${host} ${text}`;
    const time = prefix.time === null ? received : this.#reading.stamp(prefix.time);
    return `${priority}${time} ${host} ${prefix.text}`;
  }
}

/** The line as one that names no host, if it calls its sender otherwise than its certificate does. */
function ownLine(line: SentLine, { host, onForeign }: CertifiedSender): SentLine {
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
