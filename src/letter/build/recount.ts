import { addCounts } from '../../base/count.js';
import { addToHour, type Hours } from '../../values/hours.js';
import { detailOf, NO_ROW_STATS } from '../../values/row-stats.js';
import { mergeNews, type News, type NewsRow } from '../history/news.js';
import type { HostCount } from '../letter.js';
import type { Sum } from './gathering.js';

/** The counts of a message on hosts whose rows have no room in the letter. */
export interface Rest {
  news: News;
  hosts: number;
  lines: number;
  first: number | null;
  last: number | null;
  readonly hours: Hours;
  /** The hosts with the most lines. */
  top: HostCount[];
}

/** Only JSON names more hosts than this. */
const MAX_TOP = 50;

/** Messages with totals over all hosts: these must be exact. */
export interface Totals {
  readonly news: ReadonlySet<string>;
  readonly shared: ReadonlySet<string>;
  readonly masked: ReadonlySet<string>;
}

/**
 * A second pass over the rows of a letter. It counts hosts and lines of messages for which the letter shows totals, but
 * has room for some of their rows only.
 */
export class Recount {
  /** The messages to recount. */
  readonly wanted: ReadonlySet<string>;
  readonly #whole: Totals;
  /** For each message, the hosts whose rows have room. */
  readonly #shown = new Map<string, Set<string>>();
  readonly #rests: Readonly<Record<News['kind'], Map<string, Rest>>> = {
    new: new Map(),
    louder: new Map(),
    back: new Map(),
    routine: new Map(),
  };
  /** What ON MANY HOSTS mentions, so that it is not left out: for hosts that the letter shows, and for others. */
  readonly mentionedOn = new Map<string, Sum>();
  readonly mentionedElsewhere: Sum = { messages: 0, lines: 0 };
  readonly #hosts: ReadonlySet<string>;
  /** For each shared message, the hosts that have a block and no row of this message. */
  readonly #mentioned = new Map<string, Set<string>>();

  /** `shown`: the rows that have room; `hosts`: those with a block of their own. */
  constructor(whole: Totals, shown: readonly NewsRow[], hosts: ReadonlySet<string>) {
    this.#whole = whole;
    this.#hosts = hosts;
    this.wanted = new Set([...whole.news, ...whole.shared, ...whole.masked]);
    for (const { host, message } of shown) {
      if (!this.wanted.has(message)) continue;
      const known = this.#shown.get(message);
      if (known) known.add(host);
      else this.#shown.set(message, new Set([host]));
    }
  }

  /** Adds any row of the letter; ignores rows that are not wanted or have room already. */
  add(row: NewsRow): void {
    const { host, message, news } = row;
    if (!this.wanted.has(message) || this.#shown.get(message)?.has(host)) return;
    addRest(this.#rests[news.kind], row);
    if (news.kind === 'routine' && this.#whole.shared.has(message)) this.#mention(row);
  }

  /** null: every row of the message has room. */
  rest(kind: News['kind'], message: string): Rest | null {
    return this.#rests[kind].get(message) ?? null;
  }

  /** Whether a host with a block sent a shared message, though it has no row of it. */
  isMentioned(message: string, host: string): boolean {
    return this.#mentioned.get(message)?.has(host) ?? false;
  }

  #mention({ host, message, count }: NewsRow): void {
    if (!this.#hosts.has(host)) return addTo(this.mentionedElsewhere, count);
    const hosts = this.#mentioned.get(message) ?? new Set();
    this.#mentioned.set(message, hosts.add(host));
    const sum = this.mentionedOn.get(host) ?? { messages: 0, lines: 0 };
    this.mentionedOn.set(host, sum);
    addTo(sum, count);
  }
}

function addRest(rests: Map<string, Rest>, row: NewsRow): void {
  const { host, message, news, count, first, last } = row;
  const known = rests.get(message);
  const rest = known ?? emptyRest(news);
  if (known) known.news = mergeNews(known.news, news);
  else rests.set(message, rest);
  rest.hosts += 1;
  rest.lines = addCounts(rest.lines, count);
  if (first !== null) rest.first = Math.min(first, rest.first ?? first);
  if (last !== null) rest.last = Math.max(last, rest.last ?? last);
  const { hours } = row.detail ?? detailOf({ ...NO_ROW_STATS, count, first, last });
  for (const [hour, lines] of hours) addToHour(rest.hours, hour, lines);
  rest.top.push({ host, count });
  if (rest.top.length >= 2 * MAX_TOP) rest.top = topOf(rest.top);
}

function addTo(sum: Sum, lines: number): void {
  sum.messages += 1;
  sum.lines = addCounts(sum.lines, lines);
}

function emptyRest(news: News): Rest {
  return { news, hosts: 0, lines: 0, first: null, last: null, hours: [], top: [] };
}

function topOf(hosts: readonly HostCount[]): HostCount[] {
  return hosts.toSorted((a, b) => b.count - a.count).slice(0, MAX_TOP);
}
