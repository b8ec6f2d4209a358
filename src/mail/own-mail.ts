import { DAY } from '../duration.js';
import { isDigit } from '../is-digit.js';
/** What tells log lines of our own letters from others, as the state keeps it. */
export interface OwnId {
  /** A Message-ID in its angle brackets, or the id that a mail server gave to a letter. */
  readonly id: string;
  readonly kind: 'message' | 'queue';
  /** The host that logs a queue id; null: not known yet. */
  readonly host: string | null;
  /** When it was last of use (ms); null: it is now. */
  readonly seen: number | null;
}

/** To be committed together with how far the lines were read that it was learned from. */
export interface OwnChanges {
  readonly learned: readonly OwnId[];
  readonly forgotten: readonly string[];
}

/**
 * Knows the log lines that our own letters cause, so that they do not come back as news: lines that name one of our
 * Message-IDs as mail servers do, and lines of a queue id that such a line, or the server's answer, gave to a letter.
 * Only whole ids of mail that was really sent count, and a queue id counts on one host alone, until the server is done
 * with the letter: Postfix gives short ids again. So a forged line hides nothing but itself, and only from one who
 * knows an id: a recipient, or who can read the mail log.
 */
export interface OwnMail {
  /** A letter is about to go: from now on its lines may come. */
  sending(messageId: string): void;
  /** The server has taken a letter under this id. */
  answered(queueId: string): void;
  /** Whether a text could hold one of our Message-IDs at all: asked of many lines at once, it saves looking at each. */
  mayBeNamedIn(text: string): boolean;
  /** Whether any queue id is known, so that lines must be asked for it. */
  readonly knowsQueueIds: boolean;
  /**
   * Looks lines through for our Message-IDs and learns the queue ids in front of them; returns which lines name one.
   * Before they are judged: servers write lines of a letter before the one that names it. `read`: host and text of
   * a line.
   */
  learn(lines: readonly string[], read: (line: string) => LogText): ReadonlySet<number>;
  /** Whether a line, which names none of our Message-IDs, is of one of our letters. */
  isOwn(host: string, text: string): boolean;
  changes(): OwnChanges;
  /** The changes have been committed. */
  settle(): void;
  /** They have not been, and the lines will be read again. */
  revert(): void;
}

export interface LogText {
  readonly host: string;
  readonly text: string;
}

/** How many ids are remembered, some 2 MB; more are sent by nobody who reads their letters. */
export const MOST_IDS = 10_000;

/** A mail server gives up on a letter after 5 days (RFC 5321, 4.5.4.1), and then sends a bounce about it (ms). */
export const KEPT = 7 * DAY;

interface Known {
  readonly host: string | null;
  readonly seen: number;
}

const NONE: ReadonlySet<number> = new Set();

/** Begins with what the state has kept. While nothing is remembered it costs nothing. */
export function createOwnMail(kept: readonly OwnId[], now: () => number): OwnMail {
  const messages = new Map<string, Known>();
  const queueIds = new Map<string, Known>();
  /** `@HOST` of our Message-IDs: what a line is searched for first. As a rule there is one. */
  const hosts = new Set<string>();
  /** How long queue ids are: few lengths, so that a line is asked for one in a few steps. */
  const lengths: number[] = [];
  let learned = new Map<string, OwnId>();
  let forgotten = new Map<string, Known>();
  for (const { id, kind, host, seen } of kept) add(kind, id, { host, seen: seen ?? now() });

  function add(kind: OwnId['kind'], id: string, known: Known): void {
    const ids = kind === 'message' ? messages : queueIds;
    ids.delete(id); // so that the oldest comes first
    ids.set(id, known);
    if (kind === 'message') hosts.add(id.slice(id.indexOf('@'), -1));
    else if (!lengths.includes(id.length)) lengths.push(id.length);
    for (const [old, { seen }] of ids) {
      if (ids.size <= MOST_IDS && seen >= known.seen - KEPT) break;
      ids.delete(old);
    }
  }

  function learnQueueId(id: string, host: string): void {
    if (queueIds.get(id)?.host === host) return;
    const known = { host, seen: now() };
    add('queue', id, known);
    forgotten.delete(id);
    learned.set(id, { id, kind: 'queue', ...known });
  }

  function forget(id: string, known: Known): void {
    queueIds.delete(id);
    learned.delete(id);
    forgotten.set(id, known);
  }

  /** The queue id of ours that stands where a mail server writes one. */
  function knownIdIn(text: string): string | null {
    const start = startOfId(text);
    for (const length of lengths) {
      if (!endsThere(text, start, start + length)) continue;
      const id = text.slice(start, start + length);
      if (queueIds.has(id)) return id;
    }
    return null;
  }

  /** Whether a line names one of our Message-IDs, whole. */
  function names(line: string): boolean {
    for (const host of hosts) {
      let at = line.indexOf(host);
      for (let looked = 0; at >= 0 && looked < MOST_PLACES; looked++) {
        const local = LOCAL_PART.exec(line.slice(Math.max(at - LONGEST_LOCAL, 0), at))?.[1];
        const whole = local !== undefined && !/[\w.-]/.test(line.charAt(at + host.length));
        if (whole && messages.has(`<${local}${host}>`)) return true;
        at = line.indexOf(host, at + 1);
      }
    }
    return false;
  }

  return {
    sending: (messageId) => add('message', messageId, { host: null, seen: now() }),
    answered(queueId) {
      if (!queueIds.has(queueId)) add('queue', queueId, { host: null, seen: now() });
    },
    mayBeNamedIn: (text) => [...hosts].some((host) => text.includes(host)),
    get knowsQueueIds() {
      return queueIds.size > 0;
    },
    learn(lines, read) {
      if (messages.size === 0) return NONE;
      const named = new Set<number>();
      for (const [index, line] of lines.entries()) {
        if (!names(line)) continue;
        named.add(index);
        const { host, text } = read(line);
        const id = queueIdIn(text);
        if (id !== null) learnQueueId(id, host);
      }
      return named;
    },
    isOwn(host, text) {
      if (queueIds.size === 0) return false;
      const id = knownIdIn(text);
      const known = id === null ? undefined : queueIds.get(id);
      if (id === null || !known || (known.host !== null && known.host !== host)) return false;
      if (OTHER_MAIL.test(text)) {
        forget(id, known);
        return false;
      }
      if (known.host === null) learnQueueId(id, host);
      if (DONE.test(text)) forget(id, { host, seen: known.seen });
      return true;
    },
    changes: () => ({ learned: [...learned.values()], forgotten: [...forgotten.keys()] }),
    settle() {
      learned = new Map();
      forgotten = new Map();
    },
    revert() {
      for (const [id, known] of forgotten) add('queue', id, known);
      forgotten = new Map();
    },
  };
}

/** The key before a Message-ID, as Postfix, Sendmail, Dovecot, Amavis, SpamAssassin and Exim write it. */
const LOCAL_PART = /(?:\b(?:message-id|msgid|mid)(?:=|: )<|[ (]id=)([\w.-]+)$/i;
/** A line that says our host more often is no mail server's, and would only cost time. */
const MOST_PLACES = 20;
/** Longer than any key with any local part of ours (characters). */
const LONGEST_LOCAL = 100;

/** The line in which a server names the mail that got an id; asked of lines that do not name one of ours. */
const OTHER_MAIL = /\b(?:message-id|msgid)=<| <= /i;
/** The last line of a letter: Postfix's and Exim's. */
const DONE = /(?:: removed| Completed)$/;

/** Exim writes its own time in front, in its own log and, unless told otherwise, to syslog, too. */
const EXIM_TIME = /\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(?:\.\d+)?(?: [+-]\d{4})? (?:\[\d+\] )?/y;

/** A tag of syslog with its pid is not longer (characters). */
const LONGEST_TAG = 64;

/** Where mail servers write a queue id: `PROGRAM: ID: ...`, or Exim's `[PROGRAM: ][TIME ]ID ...`. */
function startOfId(text: string): number {
  const colon = text.indexOf(':');
  const tagged = colon > 0 && colon <= LONGEST_TAG && text.charCodeAt(colon + 1) === BLANK;
  const start = tagged && !isDigit(text.charCodeAt(0)) ? colon + 2 : 0;
  if (text.charCodeAt(start + 4) !== DASH || !isDigit(text.charCodeAt(start))) return start;
  EXIM_TIME.lastIndex = start;
  return EXIM_TIME.test(text) ? EXIM_TIME.lastIndex : start;
}

/** Whether an id may end there. One of Exim has a dash in the seventh place; other words before a blank are none. */
function endsThere(text: string, start: number, end: number): boolean {
  const behind = text.charCodeAt(end);
  return behind === COLON ? start > 0 : behind === BLANK && text.charCodeAt(start + 6) === DASH;
}

/** The id that stands there, known or not. */
function queueIdIn(text: string): string | null {
  const start = startOfId(text);
  const id = QUEUE_ID.exec(text.slice(start, start + LONGEST_ID + 1))?.[0];
  return id !== undefined && endsThere(text, start, start + id.length) ? id : null;
}

/** Postfix's have 6 characters or more, Exim's up to 23. */
const LONGEST_ID = 24;
const QUEUE_ID = /^[0-9A-Za-z-]{6,24}/;

const [BLANK, DASH, COLON] = [0x20, 0x2d, 0x3a];
