import { hostname as thisMachine } from 'node:os';
import type { LogText } from '../mail/self-mail.js';

/**
 * Recognises what this process has written to the system log, where that log is followed: it stands in the letters
 * already, as lines of tayori or as notes, and a line about a rejected letter must not make the next letter. Whoever
 * forges such a line hides that line alone.
 */
export class OwnLog {
  readonly #mark: string;
  readonly #host: string;

  constructor(pid: number, hostname: string = thisMachine()) {
    this.#mark = `tayori[${pid}]: `;
    this.#host = shortName(hostname);
  }

  /** Whether a text of many lines may have one: a quick check that saves checking each line. */
  mayBeIn(text: string): boolean {
    return text.includes(this.#mark);
  }

  /** `read`: host and text of a line. */
  isOwn(line: string, read: (line: string) => LogText): boolean {
    if (!line.includes(this.#mark)) return false;
    const { host, text } = read(line);
    return shortName(host) === this.#host && /^tayori(?:\[\d+\])?: /.test(text);
  }
}

function shortName(host: string): string {
  return host.replace(/\..*$/s, '').toLowerCase();
}
