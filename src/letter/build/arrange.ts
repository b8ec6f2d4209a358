import { compare } from '../../base/compare.js';
import { addCounts } from '../../base/count.js';
import { groupBy } from '../../base/group-by.js';
import { mergeNews, type NewsRow } from '../history/news.js';
import {
  type HostSection,
  hostsOf,
  type Item,
  type Letter,
  type LetterMessage,
  type NewsItem,
  type Parts,
  type SharedItem,
} from '../letter.js';
import type { Words } from '../words/words.js';
import { type GatheredRows, type Sum, WORTH } from './gathering.js';
import { itemOf } from './item-of.js';
import { Recount } from './recount.js';

type Arranged = Pick<Letter, 'hosts' | 'notes'> &
  Pick<Parts, 'total' | 'changes' | 'news' | 'shared' | 'masked'>;

/** A message is shared if at least this many hosts, and half of those of the letter, sent it. */
const MIN_SHARED_HOSTS = 3;

/** Hosts without a shared message are named if they are no more than this. */
const MAX_NAMED_WITHOUT = 3;

/** The masked values of routine messages are shown for the most frequent ones only, so that routine letters stay short. */
const MIN_MASKED_LINES = 10;
const MAX_MASKED_ITEMS = 5;

/** Rows of one message. */
type Rows = readonly NewsRow[];

/**
 * Assigns each row of a letter to the news, to the messages that many hosts share, or to the block of its host. Totals
 * cover all rows, if rows without room are passed to `recount` once more.
 */
export class Arrangement {
  readonly recount: Recount;
  readonly #gathered: GatheredRows;
  readonly #routine: readonly NewsRow[];
  readonly #shared: readonly Rows[];
  readonly #left: readonly NewsRow[];
  readonly #masked: readonly Rows[];

  constructor(gathered: GatheredRows, hasParts: boolean) {
    this.#gathered = gathered;
    this.#routine = gathered.shown.filter(({ news }) => news.kind === 'routine');
    this.#shared = hasParts ? sharedOf(this.#routine) : [];
    const shared = new Set(this.#shared.map(messageOf));
    this.#left = this.#routine.filter(({ message }) => !shared.has(message));
    this.#masked = hasParts ? frequentMasked(this.#left) : [];
    this.recount = this.#recount();
  }

  /** `gone`: how many messages are gone. */
  arrange(gone: number, { notes }: Words): Arranged {
    const { total, hosts, changes } = this.#gathered;
    const news = this.#newsItems();
    const shared = this.#sharedItems();
    const newsLeft = left(this.#gathered.news, news);
    const others = minus(this.#gathered.others, this.recount.mentionedElsewhere);
    return {
      total: { ...total, hosts },
      changes: {
        new: changes.count('new'),
        louder: changes.count('louder'),
        back: changes.count('back'),
        gone,
        atLeast: changes.atLeast,
      },
      news,
      shared,
      masked: this.#masked.map((rows) => this.#item(rows)),
      hosts: this.#sections(),
      notes: [
        ...(newsLeft.messages > 0 ? [notes.noRoom('news', newsLeft)] : []),
        ...(others.messages > 0 ? [notes.noRoom('hosts', others)] : []),
      ],
    };
  }

  /** If every row has room, nothing needs recounting. */
  #recount(): Recount {
    const { shown, news, total } = this.#gathered;
    const newsRows = shown.length - this.#routine.length;
    const isNewsCut = newsRows < news.messages;
    const isRoutineCut = this.#routine.length < total.messages - news.messages;
    const ofNews = isNewsCut ? shown.filter(({ news }) => news.kind !== 'routine') : [];
    return new Recount(
      {
        news: new Set(ofNews.map(({ message }) => message)),
        shared: new Set(isRoutineCut ? this.#shared.map(messageOf) : []),
        masked: new Set(isRoutineCut ? this.#masked.map(messageOf) : []),
      },
      shown,
      new Set(this.#gathered.sums.keys()),
    );
  }

  #item(rows: Rows): Item {
    const [one] = rows;
    return itemOf(rows, one ? this.recount.rest(one.news.kind, one.message) : null);
  }

  #newsItems(): NewsItem[] {
    const kinds = (['new', 'louder', 'back'] as const).map((kind) =>
      this.#gathered.shown.filter(({ news }) => news.kind === kind),
    );
    return kinds
      .flatMap((ofKind) => [...groupBy(ofKind, ({ message }) => message).values()])
      .map((rows) => this.#newsItem(rows))
      .sort(
        (a, b) =>
          WORTH[a.news.kind] - WORTH[b.news.kind] || b.count - a.count || compare(a.message, b.message),
      );
  }

  /** One message of one kind of news, on all its hosts. */
  #newsItem(rows: Rows): NewsItem {
    const [one] = rows;
    const rest = one ? this.recount.rest(one.news.kind, one.message) : null;
    const news = [...rows.map((row) => row.news), ...(rest ? [rest.news] : [])].reduce(mergeNews);
    if (news.kind === 'routine') throw new Error('routine is no news');
    return { ...itemOf(rows, rest), news };
  }

  #sharedItems(): SharedItem[] {
    const hosts = [...new Set(this.#routine.map(({ host }) => host))];
    return this.#shared
      .map((rows): SharedItem => {
        const item = this.#item(rows);
        return { ...item, without: this.#without(rows, item, hosts) };
      })
      .sort((a, b) => b.count - a.count || compare(a.message, b.message));
  }

  /** The hosts that did not send it, if they are few and the letter shows them all. */
  #without(rows: Rows, item: Item, hosts: readonly string[]): string[] {
    const few = this.#gathered.routineHosts - hostsOf(item);
    if (few > MAX_NAMED_WITHOUT) return [];
    const said = new Set(rows.map(({ host }) => host));
    const without = hosts.filter((host) => !said.has(host) && !this.recount.isMentioned(item.message, host));
    return without.length === few ? without : [];
  }

  /** The host blocks: the messages of each host that no other part shows. */
  #sections(): HostSection[] {
    const shown = groupBy(this.#left, ({ host }) => host);
    return [...groupBy(this.#routine, ({ host }) => host)]
      .map(([host, rows]) => ({
        host,
        name: null,
        messages: (shown.get(host) ?? []).map(letterMessage),
        more: this.#more(host, rows),
      }))
      .filter(({ messages, more }) => messages.length > 0 || more !== null);
  }

  #more(host: string, rows: Rows): HostSection['more'] {
    const sum = this.#gathered.sums.get(host);
    const mentioned = this.recount.mentionedOn.get(host) ?? { messages: 0, lines: 0 };
    const more = sum ? minus(minus(sum, mentioned), sumOf(rows)) : null;
    return more && more.messages > 0 ? more : null;
  }
}

function messageOf([one]: Rows): string {
  return one?.message ?? '';
}

function sharedOf(routine: readonly NewsRow[]): Rows[] {
  const hosts = new Set(routine.map(({ host }) => host)).size;
  if (hosts < MIN_SHARED_HOSTS) return [];
  return [...groupBy(routine, ({ message }) => message).values()].filter(
    (rows) => rows.length >= Math.max(MIN_SHARED_HOSTS, hosts / 2),
  );
}

/** The most frequent messages with masks, each on all hosts that have a row of it. */
function frequentMasked(rows: readonly NewsRow[]): Rows[] {
  const masked = rows.filter(({ detail }) => detail?.masked.length);
  const count = (of: Rows): number => sumOf(of).lines;
  return [...groupBy(masked, ({ message }) => message).values()]
    .filter((of) => count(of) >= MIN_MASKED_LINES)
    .sort((a, b) => count(b) - count(a) || compare(messageOf(a), messageOf(b)))
    .slice(0, MAX_MASKED_ITEMS);
}

function letterMessage({ count, message, first, last, detail }: NewsRow): LetterMessage {
  return { count, message, first, last, ...(detail ? { detail } : {}) };
}

/** The part of a sum that the items do not cover. */
function left(sum: Sum, items: readonly Item[]): Sum {
  const covered = {
    messages: items.reduce((messages, item) => messages + hostsOf(item), 0),
    lines: items.reduce((lines, { count }) => addCounts(lines, count), 0),
  };
  return minus(sum, covered);
}

function sumOf(rows: Rows): Sum {
  return { messages: rows.length, lines: rows.reduce((lines, { count }) => addCounts(lines, count), 0) };
}

/** Sums stop at MAX_COUNT, so a difference is never below 0. */
function minus(a: Sum, b: Sum): Sum {
  return { messages: a.messages - b.messages, lines: Math.max(a.lines - b.lines, 0) };
}
