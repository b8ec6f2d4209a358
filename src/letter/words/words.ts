import type { News } from '../history/news.js';
import type { Amount, Changes, PartOfFleet } from '../letter.js';
import type { Language } from './language.js';

/** Kinds of changes; `gone`: missing messages. */
export type Change = Exclude<News['kind'], 'routine'> | 'gone';

/**
 * The parts of a letter around its host blocks. `addresses`: those that several messages name; `masked`: the masked
 * values of frequent routine messages.
 */
export type PartKind = Change | 'shared' | 'addresses' | 'masked';

/** The kind of the values of a capture group, for groups that the rule does not name. */
export type ValueKind = 'addresses' | 'numbers' | 'values';

/** A capture group with its values. */
export interface Group {
  /** The name of the group, or else the kind of its values. */
  readonly what: { readonly name: string } | { readonly kind: ValueKind };
  readonly distinct: number;
  /** `distinct` is a good guess, or there may be more; at most one of the two is said. */
  readonly about: boolean;
  readonly atLeast: boolean;
  /** Values with their counts, the most frequent first; empty where none of them stands out. */
  readonly listed: readonly string[];
  /** How many values more there are than those listed; whether that is certain. */
  readonly more: number;
  readonly isMoreKnown: boolean;
}

/** What a page says about its storm. */
export interface StormMention {
  readonly kind: 'page' | 'end';
  readonly lines: number;
  readonly hosts: number;
  /** There may be more hosts than that. */
  readonly moreHosts: boolean;
  /** Some of the hosts, and one of its messages; empty where they are not known. */
  readonly names: readonly string[];
  readonly what: string;
  /** How many messages it has beside that one. */
  readonly moreMessages: number;
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

/** A snoozed entry. */
export interface SnoozeMention {
  readonly id: string;
  readonly message: string;
  readonly reason: string;
  /** Times, as the letter shows them. */
  readonly since: string;
  /** Lines that were held back. */
  readonly total: number;
}

/** All words of a letter in one language. A language that lacks one does not compile. */
export interface Words {
  readonly language: Language;
  /** The first line of a letter. */
  readonly verdict: {
    readonly first: string;
    /** Nothing changed; `since`: the letter before, null where that is not known. */
    unchanged(kind: 'trouble' | 'report', since: string | null): string;
    /** Nothing to tell since then, in a letter that comes all the same. */
    nothing(since: string): string;
    /** At least one of them is more than 0. */
    changes(counts: Changes): string;
    /** What the letter is for, before a verdict: a glance. */
    glance(verdict: string): string;
    /** Hosts that were in nearly all letters before, and are not in this one; `more`: beside those that are named. */
    silent(of: { readonly hosts: readonly string[]; readonly more: number }): string;
    /** So many nodes of a fleet are missing in it; at least one. */
    absent(of: PartOfFleet): string;
  };
  /** A time of the day before. */
  readonly yesterday: string;
  /** What happens, in a line: `17x I/O error on sdb, web1, since 19:23, going on`. `when` may be empty. */
  readonly happens: {
    line(of: {
      readonly count: number;
      readonly message: string;
      readonly where: string;
      readonly when: string;
    }): string;
    at(time: string): string;
    goingOn(since: string): string;
  };
  /** The verdict as a subject has it. */
  readonly subject: {
    readonly first: string;
    readonly unchanged: string;
    readonly nothing: string;
    changes(counts: Changes): string;
    lines(count: number): string;
    happens(count: number, message: string): string;
    /** A storm is over; `text`: what was said. */
    over(text: string): string;
    /** A letter that goes by the second way. */
    secondWay(subject: string): string;
  };
  /** Above proposed rules. `lookedAt`: of how many messages they were made where there are more. */
  proposals(lookedAt: number | null): string;
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
  /** A line as it was logged. */
  original(line: string): string;
  /** Known, but on other hosts than these. */
  newHere(hosts: number): string;
  usually(count: number): string;
  lastSeen(time: string): string;
  /** How many hosts, and some of them with their counts. */
  hosts(count: number, named: string): string;
  /** The name of one host, or how many they are. */
  where(hosts: readonly string[]): string;
  /** What an address did, and where (may be empty). */
  byAddress(address: string, said: string, where: string): string;
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
    /** Lines of a snoozed entry that the letter holds back, and how many were held back in all. */
    snoozed(of: SnoozeMention & { readonly lines: number; readonly until: string }): string;
    /** An entry that is no longer snoozed. */
    awake(of: SnoozeMention & { readonly why: 'time' | 'grown' | 'hand' }): string;
    /** Snoozes that the letter does not name. */
    moreSnoozed(count: number): string;
    /** A page that waited for the hours of its queue since then; `over`: it did not wait longer, as there were more lines. */
    waited(since: string, over: number | null): string;
    /** A page that would wait for them still. */
    waits(since: string, until: string): string;
    overflowed(lines: number): string;
    /** Messages of RELP that may have come twice. */
    repeatable(messages: number): string;
    /** `lines` lines claimed more than `most` repeats each; `uncounted` repeats were not counted. */
    capped(of: { readonly lines: number; readonly most: number; readonly uncounted: number }): string;
    /** The letter counts no higher than `most`. */
    countedOut(most: number): string;
    /** `lines` lines were written by the mail server about our own letters. */
    selfMail(lines: number): string;
    linesLost(of: LinesLost): string;
    /** Further logs that the letter does not name. */
    moreLinesLost(logs: number): string;
    /** A line of tayori itself that no rule took. */
    said(of: { readonly text: string; readonly times: number }): string;
    moreSaid(lines: number): string;
    /** A rule of trash that took ten times as many lines as usual; `line`: one of them. */
    trashGrew(of: {
      readonly rule: string;
      readonly lines: number;
      readonly usual: number;
      readonly line: string;
    }): string;
    /** A rule of trash that took lines of a program for the first time. */
    trashNew(of: { readonly rule: string; readonly program: string; readonly line: string }): string;
    moreTrash(notes: number): string;
    /** The letter was made without the fleet. `reason`: null: it can be used again. */
    direct(reason: string | null): string;
    /** Lines that were read while nothing came for the queue, and for how long nobody watched (ms). */
    watched(of: { readonly lines: number; readonly unwatched: number }): string;
    /** What was followed, and what could not be; '': nothing. */
    followed(sources: string): string;
    notFollowed(logs: string): string;
    andMore(count: number): string;
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
    /** The last line of a text that was cut. `elsewhere`: others got the letter as well. */
    postCut(elsewhere: boolean): string;
    /** A letter that goes by the second way; `to`: who should have got it; of several, some may have. */
    secondWay(to: readonly string[]): string;
    /** Whether a rule whose day has passed is still wanted. `place`: file and line; `note`: '' for none. */
    overdueRule(of: OverdueRule): string;
    moreOverdue(rules: number): string;
  };
  /** What a letter says of the nodes that it is of; times as it shows times. */
  readonly fleet: {
    /** Whose counts it holds. `missing`: known nodes that have not reported, and when each was last heard of. */
    nodes(of: {
      readonly all: number;
      readonly counted: number;
      readonly missing: readonly { readonly name: string; readonly seen: string }[];
      /** How many are missing beside these. */
      readonly more: number;
    }): string;
    /** A letter that a signal asked for, which holds what these nodes had. */
    only(nodes: readonly string[], more: number): string;
    /** Lines that came too late for the letter that was due then. */
    late(of: { readonly node: string; readonly lines: number; readonly due: string }): string;
    moreLate(of: { readonly nodes: number; readonly lines: number }): string;
    /** How far the clock of a node is ahead (ms); negative: behind. */
    clock(node: string, ahead: number): string;
    moreClocks(nodes: number): string;
    /** Nodes that define the queue differently: what of their definition is different, and what stands here. */
    differs(of: {
      readonly nodes: readonly string[];
      readonly more: number;
      readonly there: string;
      readonly here: string;
    }): string;
    /** A note that one or several nodes have added. */
    remark(nodes: readonly string[], more: number, text: string): string;
    moreRemarks(count: number): string;
    /** A node as the name of what was followed. */
    node(name: string): string;
  };
}

/** A rule whose day has passed (`#: note; until 2027-01-31`). */
export interface OverdueRule {
  readonly place: string;
  readonly queues: string;
  readonly note: string;
  readonly day: string;
}
