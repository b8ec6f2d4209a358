import { hostname as thisMachine } from 'node:os';
import type { ProcessId } from '../base/process/process-id.js';
import type { LogText, SelfMail } from '../mail/self-mail.js';
import { listLines } from '../source/split-lines.js';

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

/** How own lines count, by their indexes in a text. */
export type OwnIndexes = ReadonlyMap<number, 'own' | 'own_log'>;

const NONE: OwnIndexes = new Map();

/** Lines of a text with a Message-ID of ours, and those that tayori has written to the system log. */
export function ownLinesIn(
  text: string,
  selfMail: SelfMail | null,
  log: OwnLog | null,
  read: (line: string) => LogText,
): OwnIndexes {
  const isNamed = selfMail?.mayBeNamedIn(text) ?? false;
  const isSaid = log?.mayBeIn(text) ?? false;
  if (!isNamed && !isSaid) return NONE;
  const lines = listLines({ text });
  const own = new Map<number, 'own' | 'own_log'>();
  if (isNamed) for (const at of selfMail?.learn(lines, read) ?? []) own.set(at, 'own');
  if (isSaid) for (const [at, line] of lines.entries()) if (log?.isOwn(line, read)) own.set(at, 'own_log');
  return own;
}

function shortName(host: string): string {
  return host.replace(/\..*$/s, '').toLowerCase();
}
