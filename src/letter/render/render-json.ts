import { showRecipient } from '../../base/text/web-address.js';
import { HOUR } from '../../base/time/duration.js';
import { isoTime } from '../../base/time/iso-time.js';
import type { Detail } from '../../values/detail.js';
import type { Item, Letter, LetterMessage, NewsItem, Parts } from '../letter.js';

/**
 * The whole letter as a value for JSON; times in ISO 8601, or null if no line had one. The time when it was made is left
 * out, so that the same logs give the same value.
 */
export function renderJson(letter: Letter): unknown {
  const { queue, from, to, status, parts, sections, hosts, limit, storm, notes, proposals } = letter;
  return {
    queue,
    subject: `${letter.subject} [${queue}]`,
    from,
    to: to.map(showRecipient),
    status,
    ...(sections.length > 0 ? sectionsOf(letter) : contentOf({ parts, hosts })),
    limit,
    notes: storm === null ? notes : [storm, ...notes],
    ...(proposals === null ? {} : { proposals: proposals.rules }),
  };
}

/** Totals, and each queue of the letter. */
function sectionsOf({ parts, sections }: Letter): object {
  return {
    ...(parts ? totalsOf(parts) : {}),
    sections: sections.map(({ queue, title, kind, parts, hosts }) => ({
      queue,
      title,
      kind,
      ...contentOf({ parts, hosts }),
    })),
  };
}

function contentOf({ parts, hosts }: Pick<Letter, 'parts' | 'hosts'>): object {
  return {
    ...(parts ? partsOf(parts) : {}),
    hosts: hosts.map(({ host, name, messages, more }) => ({
      host,
      name,
      messages: messages.map(messageOf),
      more,
    })),
  };
}

function totalsOf({ isFirst, period, total, changes, silent }: Parts): object {
  return {
    isFirst,
    period: period && { from: isoTime(period.from), to: isoTime(period.to) },
    total,
    changes,
    ...(silent === undefined ? {} : { silent }),
  };
}

function partsOf(parts: Parts): object {
  const { news, gone, shared } = parts;
  return {
    ...totalsOf(parts),
    news: news.map((item) => ({ ...newsOf(item), ...itemOf(item) })),
    gone: gone.map(({ message, hosts, usual, last, id }) => ({
      ...{ message, hosts, usual, last: isoTime(last) },
      ...(id === undefined ? {} : { id }),
    })),
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
      return { kind: news.kind, before: isoTime(news.last) };
  }
}

function itemOf(item: Item): object {
  const { hosts, moreHosts } = item;
  return { ...messageOf(item), hosts, ...(moreHosts === undefined ? {} : { moreHosts }) };
}

function messageOf({ count, message, first, last, detail, id }: LetterMessage): object {
  return {
    count,
    message,
    first: isoTime(first),
    last: isoTime(last),
    ...(detail ? detailOf(detail) : {}),
    ...(id === undefined ? {} : { id }),
  };
}

function detailOf({ hours, masked }: Detail): object {
  return { hours: hours.map(([hour, lines]) => ({ from: isoTime(hour * HOUR), lines })), masked };
}
