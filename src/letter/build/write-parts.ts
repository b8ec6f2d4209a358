import { escapeControl } from '../../base/text/escape.js';
import {
  type Content,
  type GoneItem,
  hostsOf,
  type Item,
  type Letter,
  type NewsItem,
  type Parts,
  type SharedItem,
} from '../letter.js';
import { columnsOf, shorten } from '../render/columns.js';
import type { Describer } from '../words/describe-letter.js';
import type { PartKind, Words } from '../words/words.js';
import { type AddressItem, addressesOf } from './by-address.js';
import { headlines } from './headline.js';

/** A part of a letter in words, for text and HTML. Control characters are escaped, HTML is not yet. */
export interface RenderedPart {
  readonly kind: PartKind;
  readonly title: string;
  readonly items: readonly RenderedItem[];
}

export interface RenderedItem {
  /** Lines in this letter; null if the letter counts them elsewhere. */
  readonly count: number | null;
  /** The count as text: `[3x]`, `[usually 5x]`; null without a count. */
  readonly label: string | null;
  readonly message: string;
  /** Its usual count, if the label shows it; else empty. */
  readonly usual: string;
  /** Hosts and remarks. */
  readonly details: readonly string[];
  readonly when: string;
  readonly bar: string;
  readonly values: readonly string[];
  /** A line of it as it was logged; else empty. */
  readonly original: string;
  /** By which commands find it; else empty. */
  readonly id: string;
}

/** How many hosts of a message are named; the others are counted. */
const MAX_NAMED_HOSTS = 5;

/** Longer host names are shortened. */
const HOST_COLUMNS = 60;

/** Hosts of a message stand in one line below it, with room for what separates them from the rest. */
const MAX_LIST_COLUMNS = 70;

/** The parts before the host blocks; parts without items are left out. */
export function writeParts(parts: Parts, describer: Describer): RenderedPart[] {
  const { words } = describer;
  const news = (wanted: NewsItem['news']['kind']): RenderedItem[] =>
    parts.news
      .filter(({ news: { kind } }) => kind === wanted)
      .map((item) => ({
        ...writeItem(item, remarkOn(item, describer), describer),
        original: wanted === 'new' ? describer.original(item) : '',
      }));
  const items: Record<Exclude<PartKind, 'addresses' | 'masked'>, readonly RenderedItem[]> = {
    new: news('new'),
    louder: news('louder'),
    back: news('back'),
    gone: parts.gone.map((item) => writeGone(item, describer)),
    shared: parts.shared.map((item) => writeItem(item, without(item, words), describer)),
  };
  return (Object.keys(items) as (keyof typeof items)[])
    .map((kind) => ({ kind, title: words.titles[kind], items: items[kind] }))
    .filter(({ items }) => items.length > 0);
}

/**
 * What stands behind the host blocks of the text: addresses, then what other masks hid; of several queues, the masks of
 * each behind its own.
 */
export function writeValues(
  letter: Letter,
  describer: Describer,
): { readonly addresses: RenderedPart[]; maskedOf(content: Content): RenderedPart[] } {
  if (letter.parts === null) return { addresses: [], maskedOf: () => [] };
  const addresses = addressesOf(letter, describer.words);
  const told = new Set(addresses.map(({ address }) => address));
  return {
    addresses: addressPart(addresses, describer),
    maskedOf: ({ parts }) => (parts ? writeMasked(parts, describer, told) : []),
  };
}

/** Who did several things: addresses that more than one message names, each told once. */
export function writeAddresses(letter: Letter, describer: Describer): RenderedPart[] {
  return addressPart(addressesOf(letter, describer.words), describer);
}

function addressPart(addresses: readonly AddressItem[], { words }: Describer): RenderedPart[] {
  const items = addresses.map(({ lines, text }) => ({
    ...{ count: lines, label: null, message: text, usual: '', details: [], when: '', bar: '' },
    ...{ values: [], original: '', id: '' },
  }));
  return items.length === 0 ? [] : [{ kind: 'addresses', title: words.titles.addresses, items }];
}

/**
 * What stood under the masks of the most frequent routine, for the text, behind its host blocks: these are Tenshi's and
 * have no room for that. Their counts and hosts stand there. `told`: addresses that are told already.
 */
function writeMasked({ masked }: Parts, describer: Describer, told: ReadonlySet<string>): RenderedPart[] {
  const bare = { count: null, label: null, details: [], when: '', bar: '', id: '' };
  const items = masked
    .map((item) => ({ ...writeItem(item, '', describer), ...bare, ...describer.show(item, told) }))
    .filter(({ values }) => values.length > 0);
  return items.length === 0 ? [] : [{ kind: 'masked', title: describer.words.titles.masked, items }];
}

/** The first lines of a letter. */
export interface Opening {
  /** What the letter is for: what happens, what changed, or what is over; empty where it says nothing of that. */
  readonly verdict: string;
  /** What else happens, and what is to be said of it. */
  readonly more: readonly string[];
  /** Of which time the letter tells, and of how much; may be empty. */
  readonly size: string;
}

/** What stands first: in a letter of trouble what happens, worst first; in a report what changed. */
export function openingOf(letter: Letter, describer: Describer): Opening {
  const { parts, kind, form } = letter;
  const storm = letter.storm === null ? [] : [capitalised(escapeControl(letter.storm))];
  if (form !== 'full') return { verdict: '', more: [], size: '' };
  if (parts === null) return { verdict: storm[0] ?? '', more: [], size: '' };
  if (parts.total.messages === 0) return openingOfNothing(letter, parts, describer);
  const size = sizeOf(parts, describer);
  const changed = verdict(letter, parts, describer);
  const heads = kind === 'trouble' ? headlines(letter) : [];
  const silent = silence(parts, describer);
  const absent = absence(parts, describer);
  const isTold = (parts.isFirst && heads.length > 0) || (silent.length > 0 && !hasChanged(parts));
  const [first = '', ...more] = [...heads, ...(isTold ? [] : [changed]), ...silent, ...absent, ...storm];
  return { verdict: first, more, size };
}

/** The line below the title of a section: how much it tells. */
export function sizeOfSection({ parts }: Content, { words }: Describer): string {
  return parts === null ? '' : words.size(parts.total);
}

/** Of a letter that comes though nothing did; what is usual may be missing. */
function openingOfNothing({ made, since }: Letter, parts: Parts, describer: Describer): Opening {
  const { words, day } = describer;
  const verdict = words.verdict.nothing(day(since ?? parts.period?.from ?? made));
  const gone = parts.changes.gone > 0 ? [words.verdict.changes(parts.changes)] : [];
  return { verdict, more: [...gone, ...silence(parts, describer), ...absence(parts, describer)], size: '' };
}

/** How many hosts that fell silent are named. */
const MAX_SILENT_HOSTS = 10;

function silence({ silent = [] }: Parts, { words }: Describer): string[] {
  const hosts = silent.slice(0, MAX_SILENT_HOSTS).map(escapeControl);
  const more = silent.length - hosts.length;
  return hosts.length === 0 ? [] : [words.verdict.silent({ hosts, more })];
}

function absence({ partial }: Parts, { words }: Describer): string[] {
  return partial && partial.missing > 0 ? [words.verdict.absent(partial)] : [];
}

function hasChanged({ isFirst, changes }: Parts): boolean {
  return isFirst || changes.new + changes.louder + changes.back + changes.gone > 0;
}

/** Whether anything changed. Nobody knows what is missing in a letter that is not of all. */
function verdict(
  { kind, since }: Letter,
  { isFirst, changes, partial }: Parts,
  describer: Describer,
): string {
  const { verdict: words, yesterday } = describer.words;
  const { new: fresh, louder, back, gone } = changes;
  const before = since === null ? null : describer.isYesterday(since) ? yesterday : describer.day(since);
  const nothing = (): string => words.unchanged(kind === 'trouble' || partial ? 'trouble' : 'report', before);
  const told = isFirst
    ? words.first
    : fresh + louder + back + gone === 0
      ? nothing()
      : words.changes(changes);
  return kind === 'trash' && !isFirst ? words.glance(told) : told;
}

function capitalised(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** Of which time the letter tells, and of how much. */
function sizeOf({ period, total }: Parts, { words, day }: Describer): string {
  const size = words.size(total);
  return period === null ? size : `${words.period(day(period.from), day(period.to))}${words.comma}${size}`;
}

function writeItem(item: Item, remark: string, describer: Describer): RenderedItem {
  const { message, values } = describer.show(item);
  return {
    count: item.count,
    label: describer.words.times(item.count),
    message,
    usual: '',
    details: [namesOf(item, describer.words), remark].filter((text) => text !== ''),
    when: describer.span(item.first, item.last),
    bar: describer.bar(item),
    values,
    original: '',
    id: item.id ?? '',
  };
}

function writeGone(
  { message, hosts, usual, last, id = '' }: GoneItem,
  { words, day }: Describer,
): RenderedItem {
  return {
    count: 0,
    label: words.usuallyTimes(usual),
    message: escapeControl(message),
    usual: words.usually(usual),
    details: [goneFrom(hosts, words), words.lastSeen(day(last))],
    when: '',
    bar: '',
    values: [],
    original: '',
    id,
  };
}

function goneFrom(hosts: readonly string[], words: Words): string {
  const named = hosts.slice(0, MAX_NAMED_HOSTS).map(nameOf);
  return inOneLine(named.length, (most) => listOf(named.slice(0, most), words, hosts.length));
}

/** `web1`, or `3 hosts (web1 311, db2 4, db1 1)`. */
function namesOf(item: Item, words: Words): string {
  const { hosts } = item;
  const [one] = hosts;
  const all = hostsOf(item);
  if (all === 1 && one) return nameOf(one.host);
  const named = hosts.slice(0, MAX_NAMED_HOSTS).map(({ host, count }) => `${nameOf(host)} ${count}`);
  return inOneLine(named.length, (most) => words.hosts(all, listOf(named.slice(0, most), words, all)));
}

/** With as many names as a line has room for, and at least one. */
function inOneLine(most: number, write: (most: number) => string): string {
  const text = write(most);
  return most > 1 && columnsOf(text) > MAX_LIST_COLUMNS ? inOneLine(most - 1, write) : text;
}

/** Host names are untrusted text, too. */
function nameOf(host: string): string {
  return shorten(escapeControl(host), HOST_COLUMNS);
}

/** `all`: how many there are, named or not. */
function listOf(named: readonly string[], words: Words, all: number): string {
  const more = all - named.length;
  return [...named, ...(more > 0 ? [words.more(more)] : [])].join(words.comma);
}

function remarkOn(item: NewsItem, { words, day }: Describer): string {
  const { news } = item;
  switch (news.kind) {
    case 'new':
      return news.anywhere ? words.newHere(hostsOf(item)) : words.neverSeen;
    case 'louder':
      return words.usually(news.usual);
    case 'back':
      return words.lastSeen(day(news.last));
  }
}

function without({ without }: SharedItem, words: Words): string {
  return without.length === 0 ? '' : words.notOn(without.map(nameOf).join(words.comma));
}
