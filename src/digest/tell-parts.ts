import { compare } from '../compare.js';
import { shorten } from './columns.js';
import type { Describer } from './describe-letter.js';
import { type HostRow, itemOf } from './item-of.js';
import type {
  GoneItem,
  HostCount,
  HostSection,
  Item,
  Letter,
  NewsItem,
  Parts,
  SharedItem,
} from './letter.js';
import { visible } from './visible.js';
import type { Change, PartKind, Words } from './words/words.js';

/** A part of a letter in words, for text and HTML alike. Foreign text in it is visible, and not yet escaped. */
export interface ToldPart {
  readonly kind: PartKind;
  readonly title: string;
  readonly items: readonly ToldItem[];
}

export interface ToldItem {
  /** Lines in this letter; null where they are counted elsewhere in it. */
  readonly count: number | null;
  /** How the text writes the count: `[3x]`, `[usually 5x]`; null without one. */
  readonly label: string | null;
  readonly message: string;
  /** What it used to count, where the label says so; else empty. */
  readonly usual: string;
  /** Hosts, and what is to be said of it. */
  readonly details: readonly string[];
  readonly when: string;
  readonly bar: string;
  readonly values: readonly string[];
}

/** How many hosts of a message are named; the rest is counted. */
const MOST_HOSTS = 5;

/** Of a longer name its beginning is shown. */
const HOST_COLUMNS = 60;

/** How many values of a mask are named. */
const MOST_VALUES = 5;

/** Routine with fewer lines does not make a reader wonder what is under its masks. */
const FEWEST_MASKED = 10;

/** The routine letter stays short. */
const MOST_MASKED = 5;

/** What stands before the host blocks, part by part; parts without items are left out. */
export function tellParts(parts: Parts, describer: Describer): ToldPart[] {
  const { words } = describer;
  const news = (wanted: NewsItem['news']['kind']): ToldItem[] =>
    parts.news
      .filter(({ news: { kind } }) => kind === wanted)
      .map((item) => tellItem(item, remarkOn(item, describer), describer));
  const told: Record<Change | 'shared', readonly ToldItem[]> = {
    new: news('new'),
    louder: news('louder'),
    back: news('back'),
    gone: parts.gone.map((item) => tellGone(item, describer)),
    shared: parts.shared.map((item) => tellItem(item, without(item, words), describer)),
  };
  return (Object.keys(told) as (keyof typeof told)[])
    .map((kind) => ({ kind, title: words.titles[kind], items: told[kind] }))
    .filter(({ items }) => items.length > 0);
}

/**
 * What stood under the masks of the most frequent routine, for the text: its host blocks are Tenshi's and have no room
 * for that. Their counts stand there.
 */
export function tellMasked(hosts: Letter['hosts'], describer: Describer): ToldPart[] {
  const items = frequentMasked(hosts).map((rows) => ({
    ...tellItem(itemOf(rows), '', describer),
    count: null,
    label: null,
  }));
  return items.length === 0 ? [] : [{ kind: 'masked', title: describer.words.titles.masked, items }];
}

/** The first line: whether anything changed. */
export function verdict({ isFirst, news, gone }: Parts, { verdict: words }: Words): string {
  if (isFirst) return words.first;
  if (news.length + gone.length === 0) return words.routine;
  const count = (kind: NewsItem['news']['kind']): number =>
    news.filter((item) => item.news.kind === kind).length;
  return words.changes({
    new: count('new'),
    louder: count('louder'),
    back: count('back'),
    gone: gone.length,
  });
}

/** The second line: of which time the letter tells, and of how much. */
export function sizeOf({ period, total }: Parts, { words, day }: Describer): string {
  const size = words.size(total);
  return period === null ? size : `${words.period(day(period.from), day(period.to))}${words.comma}${size}`;
}

function tellItem(item: Item, remark: string, describer: Describer): ToldItem {
  return {
    count: item.count,
    label: describer.words.times(item.count),
    message: visible(item.message),
    usual: '',
    details: [hostsOf(item.hosts, describer.words), remark].filter((text) => text !== ''),
    when: describer.span(item.first, item.last),
    bar: describer.bar(item),
    values: describer.values(item, MOST_VALUES),
  };
}

function tellGone({ message, hosts, usual, last }: GoneItem, { words, day }: Describer): ToldItem {
  return {
    count: 0,
    label: words.usuallyTimes(usual),
    message: visible(message),
    usual: words.usually(usual),
    details: [listOf(hosts.map(nameOf), words), words.lastSeen(day(last))],
    when: '',
    bar: '',
    values: [],
  };
}

/** `web1`, or `3 hosts (web1 311, db2 4, db1 1)`. */
function hostsOf(hosts: readonly HostCount[], words: Words): string {
  const [one] = hosts;
  if (hosts.length === 1 && one) return nameOf(one.host);
  const named = hosts.slice(0, MOST_HOSTS).map(({ host, count }) => `${nameOf(host)} ${count}`);
  return words.hosts(hosts.length, listOf(named, words, hosts.length));
}

/** A host's name is foreign text, too. */
function nameOf(host: string): string {
  return shorten(visible(host), HOST_COLUMNS);
}

function listOf(named: readonly string[], words: Words, all = named.length): string {
  const more = all - MOST_HOSTS;
  return [...named.slice(0, MOST_HOSTS), ...(more > 0 ? [words.more(more)] : [])].join(words.comma);
}

function remarkOn({ news, hosts }: NewsItem, { words, day }: Describer): string {
  switch (news.kind) {
    case 'new':
      return news.anywhere ? words.newHere(hosts.length) : words.neverSeen;
    case 'louder':
      return words.usually(news.usual);
    case 'back':
      return words.lastSeen(day(news.last));
  }
}

function without({ without }: SharedItem, words: Words): string {
  return without.length === 0 ? '' : words.notOn(without.map(nameOf).join(words.comma));
}

/** The most frequent messages with masks in the host blocks, each as what all hosts have of it. */
function frequentMasked(hosts: readonly HostSection[]): HostRow[][] {
  const messages = new Map<string, { count: number; rows: HostRow[] }>();
  for (const { host, messages: ofHost } of hosts)
    for (const message of ofHost) {
      if (!message.detail?.masked.length) continue;
      const known = messages.get(message.message) ?? { count: 0, rows: [] };
      known.count += message.count;
      known.rows.push({ ...message, host });
      messages.set(message.message, known);
    }
  return [...messages]
    .filter(([, { count }]) => count >= FEWEST_MASKED)
    .sort(([a, one], [b, other]) => other.count - one.count || compare(a, b))
    .slice(0, MOST_MASKED)
    .map(([, { rows }]) => rows);
}
