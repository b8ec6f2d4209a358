import type { News } from '../history/news.js';
import type { Amount, Changes } from '../letter.js';
import type { Language } from './language.js';

/** What changed, and (gone) what is missing. */
export type Change = Exclude<News['kind'], 'routine'> | 'gone';

/** The parts of a letter around its host blocks. `addresses`: those that several messages name; `masked`: what stood under the masks of frequent routine. */
export type PartKind = Change | 'shared' | 'addresses' | 'masked';

/** What the values of a capture group look like, where the rule does not name the group. */
export type ValueKind = 'addresses' | 'numbers' | 'values';

/** A capture group as it is told. */
export interface Group {
  /** The group's own name, else how its values look. */
  readonly what: { readonly name: string } | { readonly look: ValueKind };
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

/** What a page tells of its storm. */
export interface StormTold {
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
  readonly fresh: FreshTold | null;
}

/** What was not said before in a storm: how many messages (there may be more), and some of them. */
export interface FreshTold {
  readonly messages: number;
  readonly atLeast: boolean;
  readonly named: readonly string[];
}

/** Of all lines that were read while a letter was counted. */
export interface Completeness {
  readonly lines: number;
  /** Without a known prefix, or without a host. */
  readonly unparsed: number;
  /** Lost, as they could not be held. */
  readonly dropped: number;
  /** Messages that were first said before the letter's time. */
  readonly late: number;
  /** A time, as the letter shows times. */
  readonly since: string;
}

/** Lines of a log that may never have been read, and why. */
export interface LinesLost {
  readonly how: 'emptied' | 'replaced' | 'deleted' | 'unreadable';
  /** null: of some other logs. */
  readonly log: string | null;
  readonly times: number;
}

/** All words of a letter in one language; what is missing in one does not compile. */
export interface Words {
  readonly language: Language;
  /** The first line of a letter. */
  readonly verdict: {
    readonly first: string;
    /** Nothing changed; `since`: the letter before, null where that is not known. */
    unchanged(kind: 'trouble' | 'report', since: string | null): string;
    /** At least one of them is more than 0. */
    changes(counts: Changes): string;
    /** What the letter is for, before a verdict: a glance. */
    glance(verdict: string): string;
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
    changes(counts: Changes): string;
    lines(count: number): string;
    happens(count: number, message: string): string;
    /** A storm is over; `text`: what was said. */
    over(text: string): string;
  };
  readonly titles: Readonly<Record<PartKind, string>>;
  /** Headings of columns. */
  readonly columns: { readonly count: string; readonly message: string };
  /** `[3x]`: never what a host block writes. */
  times(count: number): string;
  usuallyTimes(count: number): string;
  /** Between pieces of a detail, and between things of a list. */
  readonly pieces: string;
  readonly comma: string;

  /** `Nov 20`, of numbers as they are written (month from 1). `year`: null where it need not be told. */
  day(month: number, day: number, year: number | null): string;
  /** A stretch of time within the letter's. */
  span(first: string, last: string): string;
  period(from: string, to: string): string;
  size(total: Amount & { readonly hosts: number }): string;
  /** What a column of the bars is. */
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
  /** Stands for a value without a character. */
  readonly nothing: string;

  status(status: string): string;
  /** `12 more messages (340 lines)` */
  leftOut(amount: Amount): string;
  readonly notes: {
    /** Below a host's block. */
    leftOut(amount: Amount): string;
    /** What has no place in the letter at all. */
    noRoom(what: 'news' | 'hosts', amount: Amount): string;
    onlyAttached(amount: Amount, gone: number): string;
    /** Behind a message that is cut in the letter. */
    cut(characters: number): string;
    unprefixed(lines: number): string;
    /** Lines that no rule took, and the most frequent of them, with `#` for numbers. */
    unknown(lines: number): string;
    unknownMost(of: { readonly count: number; readonly about: boolean; readonly line: string }): string;
    /** Of a page in a storm. Times as the letter shows times. */
    storm(of: StormTold): string;
    droppedDatagrams(count: number): string;
    overflowed(lines: number): string;
    /** So many lines claimed more than `most` repeats; how many repeats beyond were not counted. */
    capped(of: { readonly lines: number; readonly most: number; readonly uncounted: number }): string;
    /** The letter counts no higher than that. */
    countedOut(most: number): string;
    /** So many lines were those of the mail server about our own letters. */
    selfMail(lines: number): string;
    linesLost(of: LinesLost): string;
    /** There was no room for more of these. */
    moreLinesLost(logs: number): string;
    /** The last line: how complete the letter is. `since`: a time. */
    completeness(of: Completeness): string;
    belowThreshold(amount: Amount): string;
    /** There was no room for what stood under the masks of so many messages. */
    valuesLeftOut(messages: number): string;
    /** So many messages of this letter are not entered in the ledger. */
    notRemembered(messages: number): string;
    /** The ledger holds no more than so many messages; what was last seen before a time is forgotten. */
    ledgerFull(messages: number, since: string): string;
    badTemplate(template: string, reason: string): string;
    noPage(reason: string): string;
  };
}
