import { compare } from '../compare.js';
import { addCounts } from '../count.js';
import { groupBy } from '../group-by.js';
import { type Gathered, type Sum, WORTH } from './gathering.js';
import { itemOf } from './item-of.js';
import type { HostSection, Letter, LetterMessage, NewsItem, Parts, SharedItem } from './letter.js';
import type { NewsRow } from './news.js';
import type { Words } from './words/words.js';

type Arranged = Pick<Letter, 'hosts' | 'notes'> & Pick<Parts, 'total' | 'news' | 'shared'>;

/** A message is told once for all hosts when at least so many, and half of the letter's, said it. */
const FEWEST_HOSTS = 3;

/** The hosts that did not say what all others said are worth naming when they are no more than this. */
const MOST_WITHOUT = 3;

/** Gives each row its place: among the news, told once for many hosts, or in its host's block. */
export function arrange(gathered: Gathered, hasParts: boolean, { notes }: Words): Arranged {
  const routine = gathered.shown.filter(({ news }) => news.kind === 'routine');
  const news = newsItems(gathered.shown);
  const shared = hasParts ? sharedItems(routine) : [];
  const told = new Set(shared.map(({ message }) => message));
  const left = routine.filter(({ message }) => !told.has(message));
  const newsLeft = {
    messages: gathered.news.messages - news.reduce((sum, { hosts }) => sum + hosts.length, 0),
    lines: gathered.news.lines - news.reduce((sum, { count }) => addCounts(sum, count), 0),
  };
  return {
    total: { ...gathered.total, hosts: gathered.hosts },
    news,
    shared,
    hosts: sectionsOf(routine, left, gathered.sums),
    notes: [
      ...(newsLeft.messages > 0 ? [notes.noRoom('news', newsLeft)] : []),
      ...(gathered.others.messages > 0 ? [notes.noRoom('hosts', gathered.others)] : []),
    ],
  };
}

function newsItems(rows: readonly NewsRow[]): NewsItem[] {
  const kinds = (['new', 'louder', 'back'] as const).map((kind) =>
    rows.filter(({ news }) => news.kind === kind),
  );
  return kinds
    .flatMap((ofKind) => [...groupBy(ofKind, ({ message }) => message).values()].map(newsItem))
    .sort(
      (a, b) => WORTH[a.news.kind] - WORTH[b.news.kind] || b.count - a.count || compare(a.message, b.message),
    );
}

/** One message of one kind of news, on all hosts where it is. */
function newsItem(rows: readonly NewsRow[]): NewsItem {
  const news = rows.map((row) => row.news).reduce(merge);
  if (news.kind === 'routine') throw new Error('routine is no news');
  return { ...itemOf(rows), news };
}

function merge(a: NewsRow['news'], b: NewsRow['news']): NewsRow['news'] {
  if (a.kind === 'new' && b.kind === 'new') return { kind: 'new', anywhere: a.anywhere || b.anywhere };
  if (a.kind === 'back' && b.kind === 'back') return { kind: 'back', last: Math.max(a.last, b.last) };
  if (a.kind === 'louder' && b.kind === 'louder')
    return { kind: 'louder', usual: addCounts(a.usual, b.usual) };
  return a;
}

function sharedItems(rows: readonly NewsRow[]): SharedItem[] {
  const hosts = [...new Set(rows.map(({ host }) => host))];
  if (hosts.length < FEWEST_HOSTS) return [];
  return [...groupBy(rows, ({ message }) => message).values()]
    .filter((ofMessage) => ofMessage.length >= Math.max(FEWEST_HOSTS, hosts.length / 2))
    .map((ofMessage): SharedItem => {
      const with_ = new Set(ofMessage.map(({ host }) => host));
      const without = hosts.filter((host) => !with_.has(host));
      return { ...itemOf(ofMessage), without: without.length <= MOST_WITHOUT ? without : [] };
    })
    .sort((a, b) => b.count - a.count || compare(a.message, b.message));
}

/** The host blocks. `all`: what each host has of the letter; `left`: what of it is not told elsewhere. */
function sectionsOf(
  all: readonly NewsRow[],
  left: readonly NewsRow[],
  sums: ReadonlyMap<string, Sum>,
): HostSection[] {
  const shown = groupBy(left, ({ host }) => host);
  return [...groupBy(all, ({ host }) => host)]
    .map(([host, rows]) => ({
      host,
      name: null,
      messages: (shown.get(host) ?? []).map(messageOf),
      more: moreOf(rows, sums.get(host)),
    }))
    .filter(({ messages, more }) => messages.length > 0 || more !== null);
}

function messageOf({ count, message, first, last, detail }: NewsRow): LetterMessage {
  return { count, message, first, last, ...(detail ? { detail } : {}) };
}

function moreOf(rows: readonly NewsRow[], sum: Sum | undefined): HostSection['more'] {
  if (!sum) return null;
  const messages = sum.messages - rows.length;
  const lines = sum.lines - rows.reduce((lines, { count }) => addCounts(lines, count), 0);
  return messages > 0 ? { messages, lines } : null;
}
