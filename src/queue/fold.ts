import { HOUR } from '../duration.js';
/** `set fold`: how pages of a `now` queue are held back in a storm. */
export interface FoldSettings {
  /** How long to hold further hits after each page (ms); the last one holds for all later pages. */
  readonly steps: readonly number[];
  /** How many pages may go within an hour. */
  readonly mostPages: number;
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
  /** The hosts of the storm; the first ones only, when they are many. */
  readonly hosts: readonly string[];
  /** What was said in it: hashes of messages. */
  readonly seen: readonly string[];
}

/** What a page tells of the storm that it belongs to. Times in ms. */
export interface StormNote {
  /** `end`: it is over, and the note is all that there is to tell. */
  readonly kind: 'page' | 'end';
  readonly began: number;
  readonly last: number;
  /** In the whole storm, up to now. */
  readonly lines: number;
  readonly hosts: number;
  /** Lines that were held since the last page. */
  readonly held: number;
  /** Messages that are new in this storm: how many, and the first of them, cut. */
  readonly fresh: { readonly messages: number; readonly named: readonly string[] };
}

/** What waits in the queue. */
export interface Waiting {
  readonly lines: number;
  readonly hosts: readonly string[];
  /** Hashes of the messages. */
  readonly messages: readonly string[];
  /** The messages themselves, in the same order. */
  readonly texts: readonly string[];
}

export type FoldStep =
  /** Nothing is to be done, or what waits is held. */
  | { readonly kind: 'hold' }
  /** What waits goes as a page. */
  | { readonly kind: 'page'; readonly storm: Storm }
  /** It has been quiet: a note sums up, when something followed the first page. */
  | { readonly kind: 'end'; readonly storm: Storm };

/** How many hosts and messages of a storm are remembered: what is beyond them counts as known. */
export const MOST_REMEMBERED = 1000;

/**
 * Decides what becomes of what waits in a `now` queue. The first hit goes at once; further ones are held for the steps
 * in turn, and told together. A message that was not seen in this storm goes at once, too. `storm`: null when there is
 * none; a storm that is over is kept until its hour of pages has passed.
 */
export function fold(storm: Storm | null, waiting: Waiting, now: number, settings: FoldSettings): FoldStep {
  const current = storm && isSound(storm, now, settings) ? storm : null;
  const pages = (current?.pages ?? []).filter((time) => time > now - HOUR);
  if (!current || current.told === 0)
    return waiting.lines > 0 && pages.length < settings.mostPages
      ? { kind: 'page', storm: next(begin(now, pages), waiting, now, settings) }
      : { kind: 'hold' };
  if (waiting.lines === 0)
    return now >= current.next ? { kind: 'end', storm: { ...current, pages, told: 0 } } : { kind: 'hold' };
  const due = now >= current.next || breaksThrough(current, waiting);
  return due && pages.length < settings.mostPages
    ? { kind: 'page', storm: next({ ...current, pages }, waiting, now, settings) }
    : { kind: 'hold' };
}

/** What seems to be further off than the longest step was noted by a clock that ran wrong. */
function isSound({ next, last }: Storm, now: number, { steps }: FoldSettings): boolean {
  return next - now <= Math.max(...steps) && last <= now + HOUR;
}

function begin(now: number, pages: readonly number[]): Storm {
  return { began: now, last: now, pages, told: 0, next: now, lines: 0, followed: 0, hosts: [], seen: [] };
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
    lines: storm.lines + waiting.lines,
    followed: storm.followed + (storm.told > 0 ? waiting.lines : 0),
    hosts: remember(storm.hosts, waiting.hosts),
    seen: remember(storm.seen, waiting.messages),
  };
}

function breaksThrough({ seen }: Storm, { messages }: Waiting): boolean {
  if (seen.length >= MOST_REMEMBERED) return false;
  const known = new Set(seen);
  return messages.some((message) => !known.has(message));
}

function remember(known: readonly string[], more: readonly string[]): string[] {
  return [...new Set([...known, ...more])].slice(0, MOST_REMEMBERED);
}

/** A page names so many of the messages that are new in its storm, each cut at so many characters. */
const MOST_NAMED = 5;
const LONGEST_NAMED = 200;

/**
 * What a letter tells of its storm; null where there is nothing to tell: the first page is news enough. `before`: the
 * storm as it was; `waiting`: what the letter tells.
 */
export function stormNote(
  kind: StormNote['kind'],
  before: Storm | null,
  storm: Storm,
  { lines: held, messages, texts }: Waiting,
): StormNote | null {
  if (storm.followed === 0) return null;
  const { began, last, lines, hosts } = storm;
  const known = new Set(before?.seen);
  const isFull = known.size >= MOST_REMEMBERED;
  const fresh = isFull ? [] : texts.filter((_, at) => !known.has(messages[at] ?? ''));
  const named = fresh.slice(0, MOST_NAMED).map((text) => text.slice(0, LONGEST_NAMED));
  return { kind, began, last, lines, hosts: hosts.length, held, fresh: { messages: fresh.length, named } };
}
