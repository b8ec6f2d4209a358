import { addCounts } from '../base/count.js';
import { HOUR } from '../base/time/duration.js';

/** `set fold`: how pages of a `now` queue are held back in a storm. */
export interface FoldSettings {
  /** How long to hold further hits after each page (ms); the last one holds for all later pages. */
  readonly steps: readonly number[];
  /** How many pages may go within an hour. */
  readonly maxPages: number;
}

/** A storm of hits that has begun with a page. Times in ms. */
export interface Storm {
  readonly began: number;
  /** When the last hits were told. */
  readonly last: number;
  /** How many pages went, this storm's and earlier ones', within the last hour. */
  readonly pages: readonly number[];
  /** How many pages of this storm went. */
  readonly told: number;
  /** When the next page may go. */
  readonly next: number;
  readonly lines: number;
  /** How many of them came after those of the first page. */
  readonly followed: number;
  /** When the first and the last of them were written, or were told where that is not known. */
  readonly from: number;
  readonly to: number;
  /** The hosts of the storm; the first ones only, when they are many. */
  readonly hosts: readonly string[];
  /** What was said in it: hashes of messages. */
  readonly seen: readonly string[];
  /** The first of these messages, cut; left out in states of older versions. */
  readonly texts?: readonly string[] | undefined;
}

/** What a page tells of the storm that it belongs to. Times in ms. */
export interface StormNote {
  /** `end`: it is over, and the note is all that there is to tell. */
  readonly kind: 'page' | 'end';
  /** When the first and the last line of the storm were written. */
  readonly from: number;
  readonly to: number;
  /** In the whole storm, up to now. */
  readonly lines: number;
  readonly hosts: number;
  /** There may be more hosts: no more of them are told apart. */
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

/** Messages that are new in a storm. A storm of too many different ones has null in its place: they are not known. */
export interface Fresh {
  readonly messages: number;
  /** There may be more: not all that was held was looked over. */
  readonly atLeast: boolean;
  /** The first of them, cut. */
  readonly named: readonly string[];
}

/** What waits in the queue. */
export interface Waiting {
  readonly lines: number;
  readonly hosts: readonly string[];
  /** Hashes of the messages. */
  readonly messages: readonly string[];
  /** The messages themselves, in the same order. */
  readonly texts: readonly string[];
  /** There are more messages than these. */
  readonly moreMessages: boolean;
  /** When the first and the last line were written (ms); null when it is not known. */
  readonly first: number | null;
  readonly last: number | null;
}

export type FoldStep =
  /** Nothing is to be done, or what waits is held. */
  | { readonly kind: 'hold' }
  /** What waits goes as a page. */
  | { readonly kind: 'page'; readonly storm: Storm }
  /** It has been quiet: a note sums up, when something followed the first page. */
  | { readonly kind: 'end'; readonly storm: Storm };

/** How many hosts and messages of a storm are remembered: what is beyond them counts as known. */
export const MAX_STORM_ENTRIES = 1000;

/**
 * Decides what becomes of what waits in a `now` queue. The first hit goes at once; further ones are held for the steps
 * in turn, and told together. A message that was not seen in this storm goes at once, too. `storm`: null when there is
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
  const due = now >= current.next || breaksThrough(current, waiting);
  return due && pages.length < settings.maxPages
    ? { kind: 'page', storm: next({ ...current, pages }, waiting, now, settings) }
    : { kind: 'hold' };
}

/**
 * Until when hits of a queue are held that come now (ms), unless one of them breaks through; null when they would go at
 * once.
 */
export function heldUntil(storm: Storm | null, now: number, settings: FoldSettings): number | null {
  if (!storm || !isSound(storm, now, settings)) return null;
  const pages = recent(storm, now);
  const free = (pages[pages.length - settings.maxPages] ?? Number.NEGATIVE_INFINITY) + HOUR;
  const until = Math.max(free, storm.told === 0 ? now : storm.next);
  return until > now ? until : null;
}

/** When the pages went of the last hour. */
function recent(storm: Storm | null, now: number): number[] {
  return (storm?.pages ?? []).filter((time) => time > now - HOUR);
}

/** What seems to be further off than the longest step was noted by a clock that ran wrong. */
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
    ...addTold(storm, waiting, now),
    pages: [...storm.pages, now],
    told,
    next: now + (steps[Math.min(told, steps.length) - 1] ?? 0),
  };
}

/** A storm with what was told of it, be it by a page or by a letter that a signal caused. */
export function addTold(storm: Storm, waiting: Waiting, now: number): Storm {
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

function breaksThrough({ seen }: Storm, { messages }: Waiting): boolean {
  if (seen.length >= MAX_STORM_ENTRIES) return false;
  const known = new Set(seen);
  return messages.some((message) => !known.has(message));
}

function remember(known: readonly string[], more: readonly string[]): string[] {
  return [...new Set([...known, ...more])].slice(0, MAX_STORM_ENTRIES);
}

/** A page names so many of the messages that are new in its storm, each cut at so many characters. */
const MAX_NAMED_MESSAGES = 5;
const MAX_NAMED_LENGTH = 200;

/** A note of a storm names so many of its hosts. */
const MAX_NAMED_HOSTS = 3;

/**
 * What a letter tells of its storm; null where there is nothing to tell: the first page is news enough. `before`: the
 * storm as it was; `waiting`: what the letter tells.
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
