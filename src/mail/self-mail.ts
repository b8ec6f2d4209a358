import { DAY } from '../base/time/duration.js';
import type { FleetMark } from './fleet-mark.js';
import { endsThere, introducedIn, startOfId, writerOf } from './mail-log.js';

/** An id by which log lines about our own letters are recognised, as the state keeps it. */
export interface SelfMailId {
  /** A Message-ID in its angle brackets, or the id that a mail server gave to a letter. */
  readonly id: string;
  readonly kind: 'message' | 'queue';
  /** The host that logs a queue id; null: not known yet. */
  readonly host: string | null;
  /** The family of programs that log it (mail-log.ts); null: not known yet. */
  readonly family: string | null;
  /** When it was last seen (ms); null: now. */
  readonly seen: number | null;
}

/** To be committed together with the positions of the lines from which it was learned. */
export interface SelfMailChanges {
  readonly learned: readonly SelfMailId[];
  readonly forgotten: readonly string[];
}

/**
 * Recognises the log lines that our own letters cause, so that each letter does not cause the next. These are lines
 * with one of our Message-IDs, as mail servers write it, and lines with a queue id of ours, learned from the server's
 * answer or from a line that introduces the letter. Only whole ids of mail that was really sent count. A queue id
 * counts on one host, in lines of one mail server's programs, until that server is done with the letter: Postfix
 * reuses short ids. So a forged line hides itself and, if its author knows the queue id of a letter, that server's
 * lines about it. In a fleet the Message-IDs of all its letters are ours, known by the fleet's mark, since the node that
 * sends a letter is often not the one that reads the mail server's log.
 */
export interface SelfMail {
  /** This is a node of a fleet: from now on the letters of all its nodes are ours. */
  join(fleet: FleetMark): void;
  /** A letter is about to be sent: from now on there may be lines about it. */
  sending(messageId: string): void;
  /** The server has accepted a letter with this queue id. */
  answered(queueId: string): void;
  /** Whether a text of many lines may have one of our Message-IDs: a quick check that saves checking each line. */
  mayBeNamedIn(text: string): boolean;
  /** Whether any queue id is known, so that lines must be checked for it. */
  readonly knowsQueueIds: boolean;
  /**
   * Searches lines for our Message-IDs and learns the queue ids before them; returns the indexes of these lines. To be
   * called before `isOwn`: servers write lines about a letter before the one with its Message-ID. `read`: host and text
   * of a line.
   */
  learn(lines: readonly string[], read: (line: string, index: number) => LogText): ReadonlySet<number>;
  /** Whether a line without one of our Message-IDs is about one of our letters. */
  isOwn(host: string, text: string): boolean;
  changes(): SelfMailChanges;
  /** The changes have been committed. */
  onCommitted(): void;
  /** The commit failed; the lines will be read again. */
  revert(): void;
}

export interface LogText {
  readonly host: string;
  readonly text: string;
}

/** How many ids are remembered: some 2 MB. */
export const MAX_SELF_MAIL_IDS = 10_000;

/** A mail server gives up on a letter after 5 days (RFC 5321, 4.5.4.1), and then sends a bounce about it (ms). */
export const KEPT = 7 * DAY;

interface Known {
  readonly host: string | null;
  readonly family: string | null;
  readonly seen: number;
}

const NOWHERE = { host: null, family: null } as const;

const NONE: ReadonlySet<number> = new Set();

/** Begins with the ids from the state. Costs nothing while no id is known. */
export function createSelfMail(kept: readonly SelfMailId[], now: () => number): SelfMail {
  return new KnownMail(kept, now);
}

class KnownMail implements SelfMail {
  readonly #now: () => number;
  readonly #messages = new Map<string, Known>();
  readonly #queueIds = new Map<string, Known>();
  /** `@HOST` of our Message-IDs: lines are searched for it first. Usually there is one. */
  #hosts = new Set<string>();
  #fleet: FleetMark | null = null;
  /** The lengths of our queue ids: a few, so that a line is checked in a few steps. */
  readonly #lengths: number[] = [];
  #learned = new Map<string, SelfMailId>();
  #forgotten = new Map<string, Known>();

  constructor(kept: readonly SelfMailId[], now: () => number) {
    this.#now = now;
    for (const { id, kind, host, family, seen } of kept)
      this.#add(kind, id, { host, family, seen: seen ?? now() });
  }

  get knowsQueueIds(): boolean {
    return this.#queueIds.size > 0;
  }

  /** What the mark tells needs no place in the lists: its letters have as many hosts as the fleet. */
  join(fleet: FleetMark): void {
    this.#fleet = fleet;
    for (const id of this.#messages.keys()) if (this.#isOfFleet(id.slice(1, -1))) this.#messages.delete(id);
    this.#hosts = new Set([...this.#messages.keys()].map(hostOf));
  }

  sending(messageId: string): void {
    if (this.#isOfFleet(messageId.slice(1, -1))) return;
    this.#add('message', messageId, { ...NOWHERE, seen: this.#now() });
  }

  answered(queueId: string): void {
    if (!this.#queueIds.has(queueId)) this.#add('queue', queueId, { ...NOWHERE, seen: this.#now() });
  }

  mayBeNamedIn(text: string): boolean {
    if (this.#fleet !== null && text.includes(endOf(this.#fleet))) return true;
    return [...this.#hosts].some((host) => text.includes(host));
  }

  learn(lines: readonly string[], read: (line: string, index: number) => LogText): ReadonlySet<number> {
    if (this.#messages.size === 0 && this.#fleet === null) return NONE;
    const named = new Set<number>();
    for (const [index, line] of lines.entries()) {
      if (!this.#names(line)) continue;
      named.add(index);
      const { host, text } = read(line, index);
      const introduced = introducedIn(text);
      if (introduced) this.#learnQueueId(introduced.id, host, introduced.family);
    }
    return named;
  }

  isOwn(host: string, text: string): boolean {
    if (this.#queueIds.size === 0) return false;
    const id = this.#knownIdIn(text);
    const known = id === null ? undefined : this.#queueIds.get(id);
    if (id === null || !known) return false;
    const family = writerOf(text)?.family;
    if (family === undefined || !isOf(known, host, family)) return false;
    if (OTHER_MAIL.test(text)) {
      this.#forget(id, known);
      return false;
    }
    if (known.host === null || known.family === null) this.#learnQueueId(id, host, family);
    if (DONE.test(text)) this.#forget(id, { host, family, seen: known.seen });
    return true;
  }

  changes(): SelfMailChanges {
    return { learned: [...this.#learned.values()], forgotten: [...this.#forgotten.keys()] };
  }

  onCommitted(): void {
    this.#learned = new Map();
    this.#forgotten = new Map();
  }

  revert(): void {
    for (const [id, known] of this.#forgotten) this.#add('queue', id, known);
    this.#forgotten = new Map();
  }

  #add(kind: SelfMailId['kind'], id: string, known: Known): void {
    const ids = kind === 'message' ? this.#messages : this.#queueIds;
    ids.delete(id); // so that the oldest comes first
    ids.set(id, known);
    if (kind === 'message') this.#hosts.add(hostOf(id));
    else if (!this.#lengths.includes(id.length)) this.#lengths.push(id.length);
    for (const [old, { seen }] of ids) {
      if (ids.size <= MAX_SELF_MAIL_IDS && seen >= known.seen - KEPT) break;
      ids.delete(old);
    }
  }

  #learnQueueId(id: string, host: string, family: string): void {
    const before = this.#queueIds.get(id);
    if (before?.host === host && before.family === family) return;
    const known = { host, family, seen: this.#now() };
    this.#add('queue', id, known);
    this.#forgotten.delete(id);
    this.#learned.set(id, { id, kind: 'queue', ...known });
  }

  #forget(id: string, known: Known): void {
    this.#queueIds.delete(id);
    this.#learned.delete(id);
    this.#forgotten.set(id, known);
  }

  /** A queue id of ours at the place where a mail server writes one. */
  #knownIdIn(text: string): string | null {
    const start = startOfId(text);
    for (const length of this.#lengths) {
      if (!endsThere(text, start, start + length)) continue;
      const id = text.slice(start, start + length);
      if (this.#queueIds.has(id)) return id;
    }
    return null;
  }

  /** Whether a line names one of our Message-IDs, whole. */
  #names(line: string): boolean {
    for (const host of this.#hosts)
      for (const at of placesOf(host, line)) {
        const local = localPartIn(line, at);
        const whole = local !== undefined && !/[\w.-]/.test(line.charAt(at + host.length));
        if (whole && this.#messages.has(`<${local}${host}>`)) return true;
      }
    return this.#fleet !== null && this.#namesOneOf(this.#fleet, line);
  }

  #namesOneOf(fleet: FleetMark, line: string): boolean {
    const end = endOf(fleet);
    return placesOf(end, line).some((at) => {
      const sign = at + end.length - 1;
      const local = localPartIn(line, sign);
      HOST.lastIndex = sign;
      return local !== undefined && this.#isOfFleet(`${local}${HOST.exec(line)?.[0] ?? ''}`);
    });
  }

  /** `id`: without angle brackets. */
  #isOfFleet(id: string): boolean {
    return this.#fleet?.knows(id, this.#now()) ?? false;
  }
}

/** `@HOST` of a Message-ID in its angle brackets. */
function hostOf(id: string): string {
  return id.slice(id.indexOf('@'), -1);
}

/** How the left sides of the Message-IDs of a fleet end. */
function endOf({ mark }: FleetMark): string {
  return `.${mark}@`;
}

const NOWHERE_IN_IT: readonly number[] = [];

function placesOf(part: string, line: string): readonly number[] {
  let at = line.indexOf(part);
  if (at < 0) return NOWHERE_IN_IT;
  const places: number[] = [];
  for (; at >= 0 && places.length < MAX_PLACES; at = line.indexOf(part, at + 1)) places.push(at);
  return places;
}

/** The left side of a Message-ID behind the key of a mail server, before the `@` at this place. */
function localPartIn(line: string, at: number): string | undefined {
  return LOCAL_PART.exec(line.slice(Math.max(at - MAX_LOCAL, 0), at))?.[1];
}

/** Whether a known id may belong to this host and family; unknown ones match any. */
function isOf(known: Known, host: string, family: string): boolean {
  return (known.host ?? host) === host && (known.family ?? family) === family;
}

/** The key before a Message-ID, as Postfix, Sendmail, Dovecot, Amavis, SpamAssassin and Exim write it. */
const LOCAL_PART = /(?:\b(?:message-id|msgid|mid)(?:=|: )<|[ (]id=)([\w.-]+)$/i;
const HOST = /@[\w.-]*/y;
/** How many occurrences of our host are checked in a line; lines of mail servers have fewer. */
const MAX_PLACES = 20;
/** Characters of a key with a local part of ours, at most. */
const MAX_LOCAL = 100;

/** The line that introduces a letter; in lines without one of our Message-IDs the letter is not ours. */
const OTHER_MAIL = /\b(?:message-id|msgid)=<| <= /i;
/** The last line of a letter: Postfix's and Exim's. */
const DONE = /(?:: removed| Completed)$/;
