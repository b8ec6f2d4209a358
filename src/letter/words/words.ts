import type { News } from '../history/news.js';
import type { Amount, Changes } from '../letter.js';
import type { Language } from './language.js';

/** Kinds of changes; `gone`: missing messages. */
export type Change = Exclude<News['kind'], 'routine'> | 'gone';

/** The parts of a letter before its host blocks. `masked`: the masked values of frequent routine messages. */
export type PartKind = Change | 'shared' | 'masked';

/** The kind of the values of a capture group, for groups that the rule does not name. */
export type ValueKind = 'addresses' | 'numbers' | 'values';

/** A capture group with its values. */
export interface Group {
  /** The name of the group, or else the kind of its values. */
  readonly what: { readonly name: string } | { readonly kind: ValueKind };
  readonly distinct: number;
  /** `distinct` is an estimate. */
  readonly about: boolean;
  /** There may be more. */
  readonly atLeast: boolean;
  /** The counts of values may be too low. */
  readonly low: boolean;
  /** Values with their counts, the most frequent first; empty if none of them stands out. */
  readonly listed: readonly string[];
  /** Whether there are more values than those listed. */
  readonly more: boolean;
}

/** What a page says about its storm. */
export interface StormMention {
  readonly kind: 'page' | 'end';
  readonly lines: number;
  readonly hosts: number;
  /** There may be more hosts than that. */
  readonly moreHosts: boolean;
  readonly span: string;
  /** Lines since the last page. */
  readonly held: number;
  readonly fresh: FreshMention | null;
}

/** New messages of a storm: how many (`atLeast`: there may be more), and some of them. */
export interface FreshMention {
  readonly messages: number;
  readonly atLeast: boolean;
  readonly named: readonly string[];
}

/** Counts of all lines that were read while a letter was counted. */
export interface Completeness {
  readonly lines: number;
  /** Without a known prefix, or without a host. */
  readonly unparsed: number;
  /** Lost, since they could not be buffered. */
  readonly lost: number;
  /** Messages that were first written before the period of the letter. */
  readonly late: number;
  /** A time, as the letter shows times. */
  readonly since: string;
}

/** Lines of a log that may never have been read, and why. */
export interface LinesLost {
  readonly how: 'emptied' | 'replaced' | 'deleted' | 'unreadable' | 'vacuumed';
  /** null: other logs. */
  readonly log: string | null;
  readonly times: number;
}

/** All words of a letter in one language. A language that lacks one does not compile. */
export interface Words {
  readonly language: Language;
  /** The first line of a letter. */
  readonly verdict: {
    readonly first: string;
    readonly routine: string;
    /** At least one of the counts is above 0. */
    changes(counts: Changes): string;
  };
  readonly titles: Readonly<Record<PartKind, string>>;
  /** Headings of columns. */
  readonly columns: { readonly count: string; readonly message: string };
  /** `[3x]`: not the form of counts in a host block. */
  times(count: number): string;
  usuallyTimes(count: number): string;
  /** Separators of the pieces of a detail, and of the items of a list. */
  readonly pieces: string;
  readonly comma: string;

  /** `Nov 20`; month and day count from 1. `year`: null if it is not shown. */
  day(month: number, day: number, year: number | null): string;
  /** A span of time within the period of the letter. */
  span(first: string, last: string): string;
  period(from: string, to: string): string;
  size(total: Amount & { readonly hosts: number }): string;
  /** Explains the columns of the bars. */
  axis(hours: number, from: string): string;

  neverSeen: string;
  /** Known on other hosts, but not on these. */
  newHere(hosts: number): string;
  usually(count: number): string;
  lastSeen(time: string): string;
  /** How many hosts, and some of them with their counts. */
  hosts(count: number, named: string): string;
  /** Instead of the name of one. */
  manyHosts(count: number): string;
  more(count: number): string;
  notOn(hosts: string): string;
  group(group: Group): string;
  /** In place of an empty value. */
  readonly nothing: string;

  status(status: string): string;
  /** `12 more messages (340 lines)` */
  leftOut(amount: Amount): string;
  readonly notes: {
    /** Below a host's block. */
    leftOut(amount: Amount): string;
    /** Messages that the letter has no room for. */
    noRoom(what: 'news' | 'hosts', amount: Amount): string;
    onlyAttached(amount: Amount, gone: number): string;
    /** After a message that was cut. */
    cut(characters: number): string;
    unprefixed(lines: number): string;
    /** Lines that match no rule, and the most frequent of them, with `#` for numbers. */
    unknown(lines: number): string;
    unknownMost(of: { readonly count: number; readonly about: boolean; readonly line: string }): string;
    /** The note of a page in a storm. */
    storm(of: StormMention): string;
    droppedDatagrams(count: number): string;
    overflowed(lines: number): string;
    /** `lines` lines claimed more than `most` repeats each; `uncounted` repeats were not counted. */
    capped(of: { readonly lines: number; readonly most: number; readonly uncounted: number }): string;
    /** The letter counts no higher than `most`. */
    countedOut(most: number): string;
    /** `lines` lines were written by the mail server about our own letters. */
    selfMail(lines: number): string;
    linesLost(of: LinesLost): string;
    /** Further logs that the letter does not name. */
    moreLinesLost(logs: number): string;
    /** The last line: how complete the letter is. */
    completeness(of: Completeness): string;
    belowThreshold(amount: Amount): string;
    /** There was no room for the masked values of this many messages. */
    valuesLeftOut(messages: number): string;
    /** This many messages of the letter are not entered into the ledger. */
    notRemembered(messages: number): string;
    /** The ledger holds at most `messages` messages; those last seen before `since` are deleted. */
    ledgerFull(messages: number, since: string): string;
    badTemplate(template: string, reason: string): string;
    noPage(reason: string): string;
  };
}
