import { hostname as thisMachine } from 'node:os';
import type { ProcessId } from '../base/process/process-id.js';
import type { LogText } from '../mail/self-mail.js';

/** What stands in front of a message of tayori in a syslog file, up to the process number. */
const MARK = 'tayori[';

/**
 * Recognises what tayori has written to the system log, where that log or the journal is read: it stands in the letters
 * already, as lines of tayori or as notes, and a line about a rejected letter must not make the next letter. Whoever
 * forges such a line hides that line alone.
 */
export class OwnLog {
  readonly #processes: readonly ProcessId[];
  readonly #host: string;

  /** `processes`: this one, and the one before it if it has counted all that it said. */
  constructor(processes: readonly ProcessId[], hostname: string = thisMachine()) {
    this.#processes = processes;
    this.#host = shortName(hostname);
  }

  /** Whether a text of many lines may have one: a quick check that saves checking each line. */
  mayBeIn(text: string): boolean {
    return text.includes(MARK);
  }

  /** `read`: host and text of a line. */
  isOwn(line: string, read: (line: string) => LogText): boolean {
    if (!this.#processes.some(({ pid }) => line.includes(`${MARK}${pid}]: `))) return false;
    const { host, text } = read(line);
    return shortName(host) === this.#host && /^tayori(?:\[\d+\])?: /.test(text);
  }

  /** Whether an entry of a journal is: a process number counts in one boot of one machine. */
  isBy({ pid, boot }: ProcessId, host: string): boolean {
    const isKnown = this.#processes.some(
      (own) => own.pid === pid && (own.boot === null || boot === null || own.boot === boot),
    );
    return isKnown && shortName(host) === this.#host;
  }
}

function shortName(host: string): string {
  return host.replace(/\..*$/s, '').toLowerCase();
}
