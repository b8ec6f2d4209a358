import type { Detail } from '../values/detail.js';
import type { News } from './history/news.js';
import type { Language } from './words/language.js';

/** A masked message of a host: how often it came, and when it was first and last seen (ms, null if unknown). */
export interface LetterMessage {
  readonly count: number;
  readonly message: string;
  readonly first: number | null;
  readonly last: number | null;
  /** Left out if nothing more is known. */
  readonly detail?: Detail;
  /** The id of its queue and message, by which commands find it; left out: not known yet. */
  readonly id?: string;
}

/** A message in a part before the host blocks, for all hosts that sent it. */
export interface Item extends LetterMessage {
  /** Hosts with the most lines first. `count`, `first` and `last` cover all of them. */
  readonly hosts: readonly HostCount[];
  /** How many further hosts sent it, whose rows the letter has no room for; left out: none. */
  readonly moreHosts?: number;
}

export interface HostCount {
  readonly host: string;
  readonly count: number;
}

export type NewsItem = Item & { readonly news: Exclude<News, { readonly kind: 'routine' }> };

/** A message that many hosts sent; `without`: the hosts of the letter that did not, if they are few. */
export interface SharedItem extends Item {
  readonly without: readonly string[];
}

/** A message that was in most letters before and is missing now. `usual`: its usual count on all hosts. */
export interface GoneItem {
  readonly message: string;
  readonly hosts: readonly string[];
  readonly usual: number;
  /** When it was last seen (ms). */
  readonly last: number;
  readonly id?: string;
}

/** How many different messages changed, whether the letter has room for them or not. */
export interface Changes {
  readonly new: number;
  readonly louder: number;
  readonly back: number;
  readonly gone: number;
  /** There are more of some kind: too many to count exactly. */
  readonly atLeast: boolean;
}

/** A number of messages and their lines. */
export interface Amount {
  readonly messages: number;
  readonly lines: number;
}

/** The parts before the host blocks. Every message of a host appears once: in one of the parts, or in its block. */
export interface Parts {
  /** The ledger does not know the queue yet, so nothing can be called new. */
  readonly isFirst: boolean;
  /** The period that it covers (ms): that of its queue or (digest) of its lines; null if no line has a time. */
  readonly period: { readonly from: number; readonly to: number } | null;
  /** All that was counted, shown or not. */
  readonly total: Amount & { readonly hosts: number };
  readonly changes: Changes;
  /** NEW, LOUDER, BACK, in this order; in each the most frequent messages first. */
  readonly news: readonly NewsItem[];
  readonly gone: readonly GoneItem[];
  /** Hosts that were in nearly all letters before, and of which this one has nothing; left out: none. */
  readonly silent?: readonly string[];
  /** It is not of all nodes of a fleet, so what it does not have may be there all the same; left out: it is. */
  readonly partial?: PartOfFleet | undefined;
  readonly shared: readonly SharedItem[];
  /** The most frequent masked messages of the host blocks, each on all its hosts. */
  readonly masked: readonly Item[];
}

/** How many nodes of a fleet a letter is of. Where none is missing, others have a letter of the same queue apart. */
export interface PartOfFleet {
  /** So many have not reported in time. */
  readonly missing: number;
  readonly all: number;
}

/** How many hosts sent it. */
export function hostsOf({ hosts, moreHosts = 0 }: Item): number {
  return hosts.length + moreHosts;
}

/** The messages of a host. `more`: the exact amount that a limit left out. */
export interface HostSection {
  readonly host: string;
  /** The DNS name of the host, if `set resolve` is on and it has one. */
  readonly name: string | null;
  readonly messages: readonly LetterMessage[];
  readonly more: Amount | null;
}

/** One of several queues of a letter. */
export interface LetterSection {
  readonly queue: string;
  readonly title: string;
  readonly kind: LetterKind;
  /** As in a letter of this queue alone. */
  readonly parts: Parts | null;
  readonly hosts: readonly HostSection[];
}

/** `plain`: Tenshi's bare text mail; `pager`: a line a message, and nothing else. */
export type LetterForm = 'full' | 'plain' | 'pager';

/** What the letters of a queue are for: trouble that may need somebody, a report of what changed, or a glance. */
export const LETTER_KINDS = ['trouble', 'report', 'trash'] as const;
export type LetterKind = (typeof LETTER_KINDS)[number];

/** A digest as data. Text, HTML, pager lines and JSON are renderings of it. */
export interface Letter {
  readonly queue: string;
  /** Without ` [queue]`, which every rendering appends. */
  readonly subject: string;
  readonly from: string;
  /** Recipients as written, without `pager:`. */
  readonly to: readonly string[];
  readonly form: LetterForm;
  readonly kind: LetterKind;
  /** What it tells of the storm that it belongs to, as a sentence; null: of none. */
  readonly storm: string | null;
  /** Since when it waited for the hours of its queue (ms): its text then has the times of messages; null: it did not. */
  readonly waited: number | null;
  /** Why a signal caused it (`terminating`, `reloading`, `flushing`), or null. */
  readonly status: string | null;
  /** When it was made. */
  readonly made: number;
  /** When the last letter of this queue was made; null for `now` queues. */
  readonly since: number | null;
  /** An IANA zone for the times that it shows; null: that of this machine. */
  readonly timezone: string | null;
  readonly language: Language;
  /** What stands in messages for a masked group. */
  readonly mask: string;
  /** Whether its text shows the ids of entries; its HTML always does. */
  readonly ids: boolean;
  /** The Handlebars template of its HTML (a path); null: the one that ships. */
  readonly template: string | null;
  /** With which letters of its queue it forms a thread. */
  readonly thread: Threading;
  /** The host that makes the letter. */
  readonly origin: string;
  /** It is a letter of a fleet, whose editor may be another host each time: what tells this fleet from others. Left out: of a host. */
  readonly fleet?: string | undefined;
  /** The parts before the host blocks; null in pager letters and with `set letter plain`. With sections: totals only. */
  readonly parts: Parts | null;
  /** Where it holds several queues: those that have something, in the order in which it shows them; then `hosts` is empty. */
  readonly sections: readonly LetterSection[];
  readonly hosts: readonly HostSection[];
  /** `set limit` or `set pager_limit`; null: no limit. */
  readonly limit: number | null;
  /** Sentences for the reader: lines without a prefix, what a limit left out, delivery problems. */
  readonly notes: readonly string[];
  /** Rules for what it tells (`set suggest`); null: none. Only full letters have any. */
  readonly proposals: Proposals | null;
}

/** Proposed rules. */
export interface Proposals {
  /** Each as several lines for a file of rules, with a comment and a sample; no control characters in them. */
  readonly rules: readonly string[];
  /** Of how many messages they were made where there are more; null: of all. */
  readonly lookedAt: number | null;
}

/** What a letter holds of a queue. */
export type Content = Pick<LetterSection, 'kind' | 'parts' | 'hosts'>;

/** What a letter holds, queue by queue, the worst first. */
export function contentsOf({
  sections,
  kind,
  parts,
  hosts,
}: Pick<Letter, 'sections' | keyof Content>): readonly Content[] {
  return sections.length > 0 ? sections : [{ kind, parts, hosts }];
}

/** A letter as mail, ready for the outbox: it never changes again. */
export interface SealedLetter {
  readonly queue: string;
  readonly subject: string;
  readonly messageId: string;
  readonly from: string;
  readonly to: readonly string[];
  readonly mime: Buffer;
  /** When it was sealed (ms). */
  readonly sealed: number;
  /** What recipients that are URLs get, by URL; left out: there are none. */
  readonly posts?: ReadonlyMap<string, LetterPost>;
  /** What goes by a second way if this cannot leave until then (`set fallback`); left out: nothing. */
  readonly standby?: Standby;
}

/** A letter as the body of an HTTP request. */
export interface LetterPost {
  /** The media type. */
  readonly type: string;
  /** The subject, for services that show one beside the text; null: it is in the body. */
  readonly title: string | null;
  readonly body: string;
}

/** A letter for the second way: it says of itself that it is one. */
export interface Standby {
  readonly letter: SealedLetter;
  /** When it goes if the first one could not leave (ms). */
  readonly due: number;
}

/** Which letters of a queue a mail program shows as one conversation: none, or those of a day or a week. */
export type Threading = 'none' | 'day' | 'week';
