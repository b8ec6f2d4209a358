import { hostname as thisMachine } from 'node:os';
import type { Entry } from './entry.js';
import { isHostWord } from './host-name.js';
import { nameOfPriority } from './level.js';

/** What a source that keeps fields apart says of an entry, such as a journal. null: it does not say. */
export interface EntryFields {
  readonly host: string | null;
  /** ms since 1970. */
  readonly time: number | null;
  readonly program: string | null;
  readonly pid: string | null;
  /** As in `<PRI>`; null or unset: it names none. */
  readonly priority?: number | null;
  readonly message: string;
}

export interface FieldOptions {
  readonly hidepid: boolean;
  /** Whose entries those are that name no host; this machine's name unless something else is given. */
  readonly hostname?: string;
}

/** The longest name of a program in front of a message: an APP-NAME has 48 (RFC 5424), commands here and there more. */
const MAX_PROGRAM = 255;

/**
 * Makes the function that writes fields as the entry which a syslog line would have given: `program[pid]: message`,
 * lines of a message joined by a blank, as those that `journalctl` indents. null: the message is empty, so that there
 * would be no line.
 */
export function createFieldReader({
  hidepid,
  hostname = thisMachine(),
}: FieldOptions): (fields: EntryFields) => Entry | null {
  return ({ host, time, program, pid, priority = null, message }) => {
    const line = joinMessage(message);
    if (line === '') return null;
    return {
      host: host !== null && isHostWord(host) ? host : hostname,
      time,
      ...(priority === null ? {} : { priority: nameOfPriority(priority) }),
      text: `${nameOf(program)}${hidepid || pid === null ? '' : `[${pid}]`}: ${line}`,
    };
  };
}

/** `unknown`, as journalctl has it. */
function nameOf(program: string | null): string {
  return joinMessage(program ?? '').slice(0, MAX_PROGRAM) || 'unknown';
}

/** Returns and blanks at the end of a line are no part of it, nor are those that a further line is indented by. */
function joinMessage(message: string): string {
  if (!message.includes('\n')) return message.trimEnd();
  const [first = '', ...further] = message.split('\n');
  const lines = [first.trimEnd(), ...further.map((line) => line.trim())];
  return lines.filter((line) => line !== '').join(' ');
}
