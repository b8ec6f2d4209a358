import type { Detail } from '../values/detail.js';
import type { News } from './history/news.js';
import type { Language } from './words/language.js';

/** One masked message of one host: how often, and when it was first and last seen (ms, null when unknown). */
export interface LetterMessage {
  readonly count: number;
  readonly message: string;
  readonly first: number | null;
  readonly last: number | null;
  /** Left out where nothing more is known. */
  readonly detail?: Detail;
}

/** A message that stands before the host blocks, for all hosts that said it. */
export interface Item extends LetterMessage {
  /** Most lines first. `count`, `first` and `last` are of all of them. */
  readonly hosts: readonly HostCount[];
  /** How many hosts more have said it, whose rows the letter has no room for; left out: none. */
  readonly moreHosts?: number;
}

export interface HostCount {
  readonly host: string;
  readonly count: number;
}

export type NewsItem = Item & { readonly news: Exclude<News, { readonly kind: 'routine' }> };

/** A message that many hosts said; `without`: the hosts of the letter that did not, when they are few. */
export interface SharedItem extends Item {
  readonly without: readonly string[];
}

/** A message that was in most letters before, and is missing. `usual`: what it used to count in all. */
export interface GoneItem {
  readonly message: string;
  readonly hosts: readonly string[];
  readonly usual: number;
  /** When it was last seen (ms). */
  readonly last: number;
}

/** How many different messages changed, whether the letter has room for them or not. */
export interface Changes {
  readonly new: number;
  readonly louder: number;
  readonly back: number;
  readonly gone: number;
  /** There are more of some: too many to be told apart. */
  readonly atLeast: boolean;
}

/** How much there is of something. */
export interface Amount {
  readonly messages: number;
  readonly lines: number;
}

/** What stands before the host blocks. Every message of a host stands once: in one of the parts, or in its block. */
export interface Parts {
  /** Nothing is known of the queue yet, so that nothing can be called new. */
  readonly isFirst: boolean;
  /** Of which time it tells (ms): of its queue's, or (digest) of its lines'; null when no line had one. */
  readonly period: { readonly from: number; readonly to: number } | null;
  /** All that it tells of, shown or not. */
  readonly total: Amount & { readonly hosts: number };
  readonly changes: Changes;
  /** NEW, LOUDER, BACK, in this order; within each the most frequent first. */
  readonly news: readonly NewsItem[];
  readonly gone: readonly GoneItem[];
  readonly shared: readonly SharedItem[];
  /** The most frequent messages of the host blocks that have masks, each on all its hosts. */
  readonly masked: readonly Item[];
}

/** How many hosts have said it. */
export function hostsOf({ hosts, moreHosts = 0 }: Item): number {
  return hosts.length + moreHosts;
}

/** What one host said. `more` tells exactly what a limit left out. */
export interface HostSection {
  readonly host: string;
  /** The host's DNS name where `set resolve` asked for it. */
  readonly name: string | null;
  readonly messages: readonly LetterMessage[];
  readonly more: Amount | null;
}

/** `plain`: Tenshi's bare text mail; `pager`: a line a message, and nothing else. */
export type LetterForm = 'full' | 'plain' | 'pager';

/** What the letters of a queue are for: trouble that may need somebody, a report of what changed, or a glance. */
export const LETTER_KINDS = ['trouble', 'report', 'trash'] as const;
export type LetterKind = (typeof LETTER_KINDS)[number];

/** A digest as data. Text, HTML, pager lines and JSON are renderings of it. */
export interface Letter {
  readonly queue: string;
  /** Without the queue's name, which every rendering appends as ` [queue]`. */
  readonly subject: string;
  readonly from: string;
  /** Recipients as written, `pager:` taken off. */
  readonly to: readonly string[];
  readonly form: LetterForm;
  readonly kind: LetterKind;
  /** What it tells of the storm that it belongs to, as a sentence; null: of none. */
  readonly storm: string | null;
  /** Why a signal caused it (`terminating`, `reloading`, `flushing`), or null. */
  readonly status: string | null;
  /** When it was made. */
  readonly made: number;
  /** When the last letter of this queue was made; null for `now` queues. */
  readonly since: number | null;
  /** An IANA zone for the times it shows; null: this machine's. */
  readonly timezone: string | null;
  readonly language: Language;
  /** What stands in messages for a masked group. */
  readonly mask: string;
  /** The Handlebars template of its HTML (a path); null: the one that ships. */
  readonly template: string | null;
  /** Which letters of its queue it stands with. */
  readonly thread: Threading;
  /** The host that makes the letter. */
  readonly origin: string;
  /** What stands before the host blocks; null in pager letters and with `set letter plain`. */
  readonly parts: Parts | null;
  readonly hosts: readonly HostSection[];
  /** `set limit` or `set pager_limit` in force, null when none. */
  readonly limit: number | null;
  /** Sentences that the reader must know: lines without a prefix, what a limit left out, trouble with mail. */
  readonly notes: readonly string[];
}

/** A letter made into mail, ready for the outbox: it never changes again. */
export interface SealedLetter {
  readonly queue: string;
  readonly subject: string;
  readonly messageId: string;
  readonly from: string;
  readonly to: readonly string[];
  readonly mime: Buffer;
  /** When it was sealed (ms). */
  readonly sealed: number;
}

/** Which letters of a queue a mail program shows as one conversation: none, or those of a day or a week. */
export type Threading = 'none' | 'day' | 'week';
