import type { GoneItem, Item, NewsItem, Parts, SharedItem } from './letter.js';
import { createTimes, type Times } from './times.js';
import { visible } from './visible.js';

/** How many hosts of a message are named; the rest is counted. */
const MOST_HOSTS = 5;

/**
 * What stands before the host blocks: what changed, line by line. No line looks like one of a host block: counts stand
 * in brackets.
 */
export function renderParts(parts: Parts, timezone: string | null): string[] {
  const times = createTimes(parts.period, timezone);
  const kind = (wanted: NewsItem['news']['kind']): NewsItem[] =>
    parts.news.filter(({ news }) => news.kind === wanted);
  return [
    verdict(parts),
    size(parts, times),
    ...section('NEW', kind('new'), (item) => renderItem(item, novelty(item), times)),
    ...section('LOUDER', kind('louder'), (item) => renderItem(item, usual(item), times)),
    ...section('BACK', kind('back'), (item) => renderItem(item, absence(item, times), times)),
    ...section('GONE', parts.gone, (item) => renderGone(item, times)),
    ...section('ON MANY HOSTS', parts.shared, (item) => renderItem(item, without(item), times)),
  ];
}

/** The first line: whether anything changed. */
export function verdict({ isFirst, news, gone }: Parts): string {
  if (isFirst) return 'The first letter of its kind: there is nothing to compare it with yet.';
  const count = (kind: NewsItem['news']['kind']): number =>
    news.filter((item) => item.news.kind === kind).length;
  const changes = [
    [count('new'), 'new'],
    [count('louder'), 'louder'],
    [count('back'), 'back'],
    [gone.length, 'gone'],
  ] as const;
  const told = changes.filter(([amount]) => amount > 0).map(([amount, what]) => `${amount} ${what}`);
  return told.length === 0
    ? 'Routine: nothing is new, nothing is missing.'
    : `${told.join(', ')}; the rest is routine.`;
}

function size({ period, total }: Parts, times: Times): string {
  const { lines, messages, hosts } = total;
  const amounts = `${amount(lines, 'line')} in ${amount(messages, 'message')} of ${amount(hosts, 'host')}`;
  return period === null ? amounts : `${times.day(period.from)} to ${times.day(period.to)}, ${amounts}`;
}

function section<T>(title: string, items: readonly T[], render: (item: T) => string[]): string[] {
  return items.length === 0 ? [] : ['', title, ...items.flatMap(render)];
}

function renderItem(item: Item, remark: string, times: Times): string[] {
  const when = times.span(item.first, item.last);
  const details = [hostsOf(item), remark, when].filter((text) => text !== '');
  return [`  [${item.count}x] ${visible(item.message)}`, `       ${details.join('; ')}`];
}

function renderGone({ message, hosts, usual, last }: GoneItem, times: Times): string[] {
  const named = listOf(hosts.map(visible));
  return [`  [usually ${usual}x] ${visible(message)}`, `       ${named}; last seen ${times.day(last)}`];
}

/** `web1`, or `3 hosts (web1 311, db2 4, db1 1)`. */
function hostsOf({ hosts }: Item): string {
  const [one] = hosts;
  if (hosts.length === 1 && one) return visible(one.host);
  return `${hosts.length} hosts (${listOf(hosts.map(({ host, count }) => `${visible(host)} ${count}`))})`;
}

function listOf(words: readonly string[]): string {
  const more = words.length - MOST_HOSTS;
  const named = words.slice(0, MOST_HOSTS).join(', ');
  return more > 0 ? `${named}, ${more} more` : named;
}

function novelty({ news, hosts }: NewsItem): string {
  if (news.kind !== 'new' || !news.anywhere) return 'never seen before';
  return hosts.length === 1 ? 'new here, known on other hosts' : 'new there, known on other hosts';
}

function usual({ news }: NewsItem): string {
  return news.kind === 'louder' ? `usually ${news.usual}` : '';
}

function absence({ news }: NewsItem, times: Times): string {
  return news.kind === 'back' ? `last seen ${times.day(news.last)}` : '';
}

function without({ without }: SharedItem): string {
  return without.length === 0 ? '' : `not on ${without.map(visible).join(', ')}`;
}

function amount(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? '' : 's'}`;
}
