import { isDigit } from '../base/text/is-digit.js';

/** Where a log line of a mail server would have its id for a letter. */
export interface IdPlace {
  /**
   * Whose programs share these ids: `sendmail`, `exim`, or the name that a Postfix logs under, of which there may be
   * several on a machine (multi_instance_name). A queue id means nothing to programs of another family.
   */
  readonly family: string;
  /** The program, without its family: `cleanup`. */
  readonly program: string;
  /** The offset of the id, in characters. */
  readonly start: number;
}

/** Characters of a syslog tag with its pid. */
const MAX_TAG = 64;

/** Exim begins lines with its own time, in its own log and, by default, in syslog, too. */
const EXIM_TIME = /\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(?:\.\d+)?(?: [+-]\d{4})? (?:\[\d+\] )?/y;

/** Characters of a queue id: Postfix's have 6 or more, Exim's up to 23. */
export const MAX_ID = 24;
const QUEUE_ID = /^(?=[A-Za-z-]*\d)[0-9A-Za-z-]{6,24}/;

/** The offset of the queue id, if there is one: `PROGRAM: ID: ...`, or Exim's `[PROGRAM: ][TIME ]ID ...`. */
export function startOfId(text: string): number {
  const start = endOfTag(text);
  if (text.charCodeAt(start + 4) !== DASH || !isDigit(text.charCodeAt(start))) return start;
  EXIM_TIME.lastIndex = start;
  return EXIM_TIME.test(text) ? EXIM_TIME.lastIndex : start;
}

/** The offset after `PROGRAM: `; 0 without one. No program name begins with a digit, but Exim's times and ids do. */
function endOfTag(text: string): number {
  const colon = text.indexOf(':');
  const isTag = colon > 0 && colon <= MAX_TAG && text.charCodeAt(colon + 1) === BLANK;
  return isTag && !isDigit(text.charCodeAt(0)) ? colon + 2 : 0;
}

/** Whether an id may end at `end`. Before a blank only Exim's ids count, with a dash as their seventh character. */
export function endsThere(text: string, start: number, end: number): boolean {
  const behind = text.charCodeAt(end);
  return behind === COLON ? start > 0 : behind === BLANK && text.charCodeAt(start + 6) === DASH;
}

/** The mail server that wrote a line; null: none that is known. */
export function writerOf(text: string): IdPlace | null {
  const end = endOfTag(text);
  const start = startOfId(text);
  if (end === 0) return { family: 'exim', program: 'exim', start }; // its own log
  const tag = text.slice(0, end - 2).replace(/\[\d+\]$/, '');
  const [, postfix, program = ''] = /^(postfix[\w.+-]*)\/(?:[\w.+-]+\/)*([\w.+-]+)$/.exec(tag) ?? [];
  if (postfix !== undefined) return { family: postfix, program, start };
  if (/^(?:sendmail|sm-[\w-]+)$/.test(tag)) return { family: 'sendmail', program: tag, start };
  return /^exim\d*$/.test(tag) ? { family: 'exim', program: 'exim', start } : null;
}

/** A queue id, and the family of programs that share it. */
export interface NamedId {
  readonly id: string;
  readonly family: string;
}

/**
 * The queue id in a line with a Message-ID: only in lines in which a mail server introduces a letter. Other lines have
 * Message-IDs, too, and their content is chosen by whoever sends mail.
 */
export function introducedIn(text: string): NamedId | null {
  const writer = writerOf(text);
  if (!writer) return null;
  const { family, program, start } = writer;
  const id = QUEUE_ID.exec(text.slice(start, start + MAX_ID + 1))?.[0];
  if (id === undefined || !endsThere(text, start, start + id.length)) return null;
  const behind = text.slice(start + id.length, start + id.length + MAX_KEY);
  const introduces =
    family === 'exim'
      ? behind.startsWith(' <= ')
      : family === 'sendmail'
        ? behind.startsWith(': from=')
        : program === 'cleanup' && /^: (?:resent-)?message-id=</.test(behind);
  return introduces ? { id, family } : null;
}

/** Characters of `: resent-message-id=<` and of shorter keys. */
const MAX_KEY = 24;

const [BLANK, DASH, COLON] = [0x20, 0x2d, 0x3a];
