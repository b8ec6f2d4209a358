import { addCounts } from '../base/count.js';
import { HOUR } from '../base/time/duration.js';

/** `set fold`: how pages of a `now` queue are grouped in a storm. */
export interface FoldSettings {
  /** How long to hold further hits after each page (ms); the last step is used for all later pages. */
  readonly steps: readonly number[];
  /** How many pages may be sent within an hour. */
  readonly maxPages: number;
}

/** A storm of hits that has begun with a page. Times in ms. */
export interface Storm {
  readonly began: number;
  /** When the last page was made. */
  readonly last: number;
  /** When pages were sent within the last hour, by this storm and earlier ones. */
  readonly pages: readonly number[];
  /** How many pages of this storm were sent. */
  readonly told: number;
  /** When the next page may be sent. */
  readonly next: number;
  readonly lines: number;
  /** Lines after those of the first page. */
  readonly followed: number;
  /** When the first and the last line were written; if that is not known, when they were sent. */
  readonly from: number;
  readonly to: number;
  /** The first hosts of the storm, at most MAX_STORM_ENTRIES. */
  readonly hosts: readonly string[];
  /** Hashes of the messages of the storm. */
  readonly seen: readonly string[];
  /** The first of these messages, cut; left out in states of older versions. */
  readonly texts?: readonly string[] | undefined;
}

/** What a page says about its storm. Times in ms. */
export interface StormNote {
  /** `end`: the storm is over, and the letter holds nothing but this note. */
  readonly kind: 'page' | 'end';
  /** When the first and the last line of the storm were written. */
  readonly from: number;
  readonly to: number;
  /** In the whole storm, up to now. */
  readonly lines: number;
  readonly hosts: number;
  /** There may be more hosts: no more of them are remembered. */
  readonly moreHosts: boolean;
  /** Lines that were held since the last page. */
  readonly held: number;
  readonly fresh: Fresh | null;
  /** The first of its hosts and of its messages (cut); left out in states of older versions. */
  readonly names?: readonly string[] | undefined;
  readonly texts?: readonly string[] | undefined;
  /** How many different messages are known of it. */
  readonly messages?: number | undefined;
}

/** Messages that are new in a storm; null in its place if the storm has too many messages to know. */
export interface Fresh {
  readonly messages: number;
  /** There may be more: not all rows that were held were searched. */
  readonly atLeast: boolean;
  /** The first of them, shortened. */
  readonly named: readonly string[];
}

/** What a queue holds. */
export interface Waiting {
  readonly lines: number;
  readonly hosts: readonly string[];
  /** Hashes of the messages. */
  readonly messages: readonly string[];
  /** The messages themselves, in the same order. */
  readonly texts: readonly string[];
  /** There are more messages than these. */
  readonly moreMessages: boolean;
  /** When the first and the last line were written (ms); null if not known. */
  readonly first: number | null;
  readonly last: number | null;
}

export type FoldStep =
  /** There is nothing to do, or the queue is held. */
  | { readonly kind: 'hold' }
  /** The queue is sent as a page. */
  | { readonly kind: 'page'; readonly storm: Storm }
  /** The storm is over: a note sums it up, if something followed the first page. */
  | { readonly kind: 'end'; readonly storm: Storm };

/** How many hosts and messages a storm remembers: any beyond them count as known. */
export const MAX_STORM_ENTRIES = 1000;

/**
 * Decides what to do with the content of a `now` queue. The first hit is sent at once; further hits are held for each
 * step in turn and sent together. A message that is new in this storm is sent at once, too. `storm`: null if there is
 * none; a storm that is over is kept until its hour of pages has passed.
 */
export function fold(storm: Storm | null, waiting: Waiting, now: number, settings: FoldSettings): FoldStep {
  const current = storm && isSound(storm, now, settings) ? storm : null;
  const pages = recent(current, now);
  if (!current || current.told === 0)
    return waiting.lines > 0 && pages.length < settings.maxPages
      ? { kind: 'page', storm: next(begin(now, pages), waiting, now, settings) }
      : { kind: 'hold' };
  if (waiting.lines === 0)
    return now >= current.next ? { kind: 'end', storm: { ...current, pages, told: 0 } } : { kind: 'hold' };
  const due = now >= current.next || hasNewMessage(current, waiting);
  return due && pages.length < settings.maxPages
    ? { kind: 'page', storm: next({ ...current, pages }, waiting, now, settings) }
    : { kind: 'hold' };
}

/**
 * Until when hits that come now are held (ms), unless a new message is among them; null if they would be sent at once.
 */
export function heldUntil(storm: Storm | null, now: number, settings: FoldSettings): number | null {
  if (!storm || !isSound(storm, now, settings)) return null;
  const pages = recent(storm, now);
  const free = (pages[pages.length - settings.maxPages] ?? Number.NEGATIVE_INFINITY) + HOUR;
  const until = Math.max(free, storm.told === 0 ? now : storm.next);
  return until > now ? until : null;
}

/** When the pages of the last hour were sent. */
function recent(storm: Storm | null, now: number): number[] {
  return (storm?.pages ?? []).filter((time) => time > now - HOUR);
}

/** A time that is further away than the longest step was written by a clock that was wrong. */
function isSound({ next, last }: Storm, now: number, { steps }: FoldSettings): boolean {
  return next - now <= Math.max(...steps) && last <= now + HOUR;
}

function begin(now: number, pages: readonly number[]): Storm {
  return {
    began: now,
    last: now,
    pages,
    told: 0,
    next: now,
    lines: 0,
    followed: 0,
    from: Number.POSITIVE_INFINITY,
    to: Number.NEGATIVE_INFINITY,
    hosts: [],
    seen: [],
    texts: [],
  };
}

function next(storm: Storm, waiting: Waiting, now: number, { steps }: FoldSettings): Storm {
  const told = storm.told + 1;
  return {
    ...addMentioned(storm, waiting, now),
    pages: [...storm.pages, now],
    told,
    next: now + (steps[Math.min(told, steps.length) - 1] ?? 0),
  };
}

/** The storm after a letter mentioned the content of the queue: a page, or a letter that a signal caused. */
export function addMentioned(storm: Storm, waiting: Waiting, now: number): Storm {
  return {
    ...storm,
    last: now,
    lines: addCounts(storm.lines, waiting.lines),
    followed: addCounts(storm.followed, storm.told > 0 ? waiting.lines : 0),
    from: Math.min(storm.from, waiting.first ?? now),
    to: Math.max(storm.to, waiting.last ?? now),
    hosts: remember(storm.hosts, waiting.hosts),
    seen: remember(storm.seen, waiting.messages),
    texts: remember(storm.texts ?? [], waiting.texts.map(cutText)).slice(0, MAX_NAMED_MESSAGES),
  };
}

function hasNewMessage({ seen }: Storm, { messages }: Waiting): boolean {
  if (seen.length >= MAX_STORM_ENTRIES) return false;
  const known = new Set(seen);
  return messages.some((message) => !known.has(message));
}

function remember(known: readonly string[], more: readonly string[]): string[] {
  return [...new Set([...known, ...more])].slice(0, MAX_STORM_ENTRIES);
}

/** How many new messages of a storm a page names, and the length of each (characters). */
const MAX_NAMED_MESSAGES = 5;
const MAX_NAMED_LENGTH = 200;

/** A note of a storm names so many of its hosts. */
const MAX_NAMED_HOSTS = 3;

/**
 * The note of a letter about its storm; null if there is nothing to add to the first page. `before`: the storm before
 * this letter; `waiting`: the content of the letter.
 */
export function stormNote(
  kind: StormNote['kind'],
  before: Storm | null,
  storm: Storm,
  waiting: Waiting,
): StormNote | null {
  if (storm.followed === 0) return null;
  const { from, to, lines, hosts, texts, seen } = storm;
  const moreHosts = hosts.length >= MAX_STORM_ENTRIES;
  const fresh = freshOf(before, waiting);
  const names = hosts.slice(0, MAX_NAMED_HOSTS);
  const named = { names, texts, messages: seen.length };
  return { kind, from, to, lines, hosts: hosts.length, moreHosts, held: waiting.lines, fresh, ...named };
}

function freshOf(before: Storm | null, { messages, texts, moreMessages }: Waiting): Fresh | null {
  const known = new Set(before?.seen);
  const fresh = texts.filter((_, at) => !known.has(messages[at] ?? ''));
  if (known.size >= MAX_STORM_ENTRIES || (fresh.length === 0 && moreMessages)) return null;
  const named = fresh.slice(0, MAX_NAMED_MESSAGES).map(cutText);
  return { messages: fresh.length, atLeast: moreMessages, named };
}

function cutText(text: string): string {
  return text.slice(0, MAX_NAMED_LENGTH);
}
