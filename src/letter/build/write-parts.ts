import { escapeControl } from '../../base/text/escape.js';
import { type GoneItem, hostsOf, type Item, type NewsItem, type Parts, type SharedItem } from '../letter.js';
import { shorten } from '../render/columns.js';
import type { Describer } from '../words/describe-letter.js';
import type { Change, PartKind, Words } from '../words/words.js';

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
}

/** How many hosts of a message are named; the others are counted. */
const MAX_NAMED_HOSTS = 5;

/** Longer host names are shortened. */
const HOST_COLUMNS = 60;

/** How many values of a mask are named. */
const MAX_NAMED_VALUES = 5;

/** The parts before the host blocks; parts without items are left out. */
export function writeParts(parts: Parts, describer: Describer): RenderedPart[] {
  const { words } = describer;
  const news = (wanted: NewsItem['news']['kind']): RenderedItem[] =>
    parts.news
      .filter(({ news: { kind } }) => kind === wanted)
      .map((item) => writeItem(item, remarkOn(item, describer), describer));
  const items: Record<Change | 'shared', readonly RenderedItem[]> = {
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
 * The masked values of the most frequent routine messages, for the text: its host blocks have the layout of Tenshi, with
 * no room for values. The counts are shown there.
 */
export function writeMasked({ masked }: Parts, describer: Describer): RenderedPart[] {
  const items = masked.map((item) => ({ ...writeItem(item, '', describer), count: null, label: null }));
  return items.length === 0 ? [] : [{ kind: 'masked', title: describer.words.titles.masked, items }];
}

/** The first line: whether anything changed. */
export function verdict({ isFirst, changes }: Parts, { verdict: words }: Words): string {
  if (isFirst) return words.first;
  const { new: fresh, louder, back, gone } = changes;
  return fresh + louder + back + gone === 0 ? words.routine : words.changes(changes);
}

/** The second line: the period of the letter and its totals. */
export function sizeOf({ period, total }: Parts, { words, day }: Describer): string {
  const size = words.size(total);
  return period === null ? size : `${words.period(day(period.from), day(period.to))}${words.comma}${size}`;
}

function writeItem(item: Item, remark: string, describer: Describer): RenderedItem {
  return {
    count: item.count,
    label: describer.words.times(item.count),
    message: escapeControl(item.message),
    usual: '',
    details: [namesOf(item, describer.words), remark].filter((text) => text !== ''),
    when: describer.span(item.first, item.last),
    bar: describer.bar(item),
    values: describer.values(item, MAX_NAMED_VALUES),
  };
}

function writeGone({ message, hosts, usual, last }: GoneItem, { words, day }: Describer): RenderedItem {
  return {
    count: 0,
    label: words.usuallyTimes(usual),
    message: escapeControl(message),
    usual: words.usually(usual),
    details: [listOf(hosts.map(nameOf), words), words.lastSeen(day(last))],
    when: '',
    bar: '',
    values: [],
  };
}

/** `web1`, or `3 hosts (web1 311, db2 4, db1 1)`. */
function namesOf(item: Item, words: Words): string {
  const { hosts } = item;
  const [one] = hosts;
  const all = hostsOf(item);
  if (all === 1 && one) return nameOf(one.host);
  const named = hosts.slice(0, MAX_NAMED_HOSTS).map(({ host, count }) => `${nameOf(host)} ${count}`);
  return words.hosts(all, listOf(named, words, all));
}

/** Host names are untrusted text, too. */
function nameOf(host: string): string {
  return shorten(escapeControl(host), HOST_COLUMNS);
}

function listOf(named: readonly string[], words: Words, all = named.length): string {
  const more = all - MAX_NAMED_HOSTS;
  return [...named.slice(0, MAX_NAMED_HOSTS), ...(more > 0 ? [words.more(more)] : [])].join(words.comma);
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
