import { HOUR } from '../duration.js';
import type { Detail } from '../queue/detail.js';
import type { Item, Letter, LetterMessage, NewsItem, Parts } from './letter.js';

/**
 * The letter as a value for JSON, whole; times in ISO 8601, or null where no line had one. When it was made is not of
 * it, so that the same logs give the same value.
 */
export function renderJson(letter: Letter): unknown {
  const { queue, from, to, status, parts, hosts, limit, notes } = letter;
  return {
    queue,
    subject: `${letter.subject} [${queue}]`,
    from,
    to,
    status,
    ...(parts ? partsOf(parts) : {}),
    hosts: hosts.map(({ host, name, messages, more }) => ({
      host,
      name,
      messages: messages.map(messageOf),
      more,
    })),
    limit,
    notes,
  };
}

function partsOf({ isFirst, period, total, news, gone, shared }: Parts): object {
  return {
    isFirst,
    period: period && { from: iso(period.from), to: iso(period.to) },
    total,
    news: news.map((item) => ({ ...newsOf(item), ...itemOf(item) })),
    gone: gone.map(({ message, hosts, usual, last }) => ({ message, hosts, usual, last: iso(last) })),
    shared: shared.map((item) => ({ ...itemOf(item), without: item.without })),
  };
}

function newsOf({ news }: NewsItem): object {
  switch (news.kind) {
    case 'new':
      return { kind: news.kind, anywhere: news.anywhere };
    case 'louder':
      return { kind: news.kind, usual: news.usual };
    case 'back':
      return { kind: news.kind, before: iso(news.last) };
  }
}

function itemOf(item: Item): object {
  return { ...messageOf(item), hosts: item.hosts };
}

function messageOf({ count, message, first, last, detail }: LetterMessage): object {
  return { count, message, first: iso(first), last: iso(last), ...(detail ? detailOf(detail) : {}) };
}

function detailOf({ hours, masked }: Detail): object {
  return { hours: hours.map(([hour, lines]) => ({ from: iso(hour * HOUR), lines })), masked };
}

/** What is no time of this calendar is unknown. */
function iso(time: number | null): string | null {
  if (time === null) return null;
  const date = new Date(time);
  return Number.isNaN(date.getTime()) ? null : date.toISOString();
}
