import { compare } from '../../base/compare.js';
import { addCounts } from '../../base/count.js';
import { type TallyRow, UNPREFIXED_HOST } from '../../queue/tally.js';
import type { News, NewsRow } from '../history/news.js';
import { ChangeCounts } from './change-counts.js';

/** How many messages a letter shows, whatever the config says: nobody reads more, and memory is bounded. */
export const MAX_LETTER_MESSAGES = 10_000;

/**
 * Upper limit of the messages of a letter as mail (bytes), text and HTML parts together, estimated on the safe side: many
 * servers reject mail over 10 MB (Postfix: `message_size_limit`), and nobody reads a rejected letter.
 */
export const MAX_LETTER_BYTES = 9_000_000;

/** A running total. */
export interface Sum {
  messages: number;
  lines: number;
}

/** The rows that a letter has room for, and totals over all rows. */
export interface GatheredRows {
  /** News first, then the rest in the order of the host blocks. */
  readonly shown: readonly NewsRow[];
  /** Totals without news, shown or not, for each host of which something is shown. */
  readonly sums: ReadonlyMap<string, Sum>;
  /** Totals without news of all hosts of which nothing is shown. */
  readonly others: Sum;
  /** Totals of the news, shown or not. */
  readonly news: Sum;
  readonly total: Sum;
  /** How many different messages are new, louder or back, shown or not. */
  readonly changes: ChangeCounts;
  /** How many hosts there are, and how many have messages that are not news. */
  readonly hosts: number;
  readonly routineHosts: number;
  /** When the first and the last line were written (ms); null if no line has a time. */
  readonly seen: { readonly from: number; readonly to: number } | null;
}

export interface Gathering {
  add(row: TallyRow | NewsRow): void;
  finish(): GatheredRows;
}

type Order = (a: NewsRow, b: NewsRow) => number;

/** For rows that are not compared with history. */
export const ROUTINE: News = { kind: 'routine' };

/**
 * Keeps the first rows, in the order of the letter, that it has room for. It sorts and cuts whenever it holds twice as
 * many: a row that is cut then would also be cut at the end, so the order of arrival makes no difference. `limit`: of the
 * messages in each host block. `queues`: how many queues of a letter share its room.
 */
export function createGathering(sortOrder: 'ascending' | 'descending', limit: number, queues = 1): Gathering {
  const room = {
    messages: Math.floor(MAX_LETTER_MESSAGES / queues),
    bytes: Math.floor(MAX_LETTER_BYTES / queues),
  };
  const order = letterOrder(sortOrder);
  const sums = new Map<string, Sum>();
  const others = { messages: 0, lines: 0 };
  const news = { messages: 0, lines: 0 };
  const total = { messages: 0, lines: 0 };
  const hosts = new HostCount();
  const routineHosts = new HostCount();
  const changes = new ChangeCounts();
  let shown: NewsRow[] = [];
  let bytes = 0;
  let from = Number.POSITIVE_INFINITY;
  let to = Number.NEGATIVE_INFINITY;

  function count({ host, message, count: lines, news: { kind }, first, last }: NewsRow): void {
    add(total, { messages: 1, lines });
    hosts.add(host);
    from = Math.min(from, first ?? from);
    to = Math.max(to, last ?? to);
    if (kind !== 'routine') {
      changes.add(kind, message);
      return add(news, { messages: 1, lines });
    }
    routineHosts.add(host);
    const sum = sums.get(host);
    if (sum) add(sum, { messages: 1, lines });
    else sums.set(host, { messages: 1, lines });
  }

  /** Sorts the rows and drops those without room. */
  function cut(): void {
    const cut = takeFirst(shown.sort(order), limit, room);
    shown = cut.rows;
    bytes = cut.bytes;
    forgetHidden(shown, sums, others);
  }

  return {
    add(row) {
      const full: NewsRow = 'news' in row ? row : { ...row, news: ROUTINE };
      shown.push(full);
      count(full);
      bytes += bytesOf(row.message);
      if (shown.length > 2 * room.messages || bytes > 2 * room.bytes) cut();
    },
    finish() {
      cut();
      const seen = from <= to ? { from, to } : null;
      const counted = { hosts: hosts.count, routineHosts: routineHosts.count };
      return { shown, sums, others, news, total, changes, ...counted, seen };
    },
  };
}

/** How many host names are kept to count the hosts of a letter (25 MB at most). */
const MAX_HOSTS = 100_000;

/**
 * Counts different hosts. Rows from the state come host by host, so the number is always exact; in any other order it is
 * exact up to MAX_HOSTS.
 */
export class HostCount {
  readonly #known = new Set<string>();
  #last: string | null = null;
  count = 0;

  add(host: string): void {
    if (host === this.#last) return;
    this.#last = host;
    if (this.#known.has(host)) return;
    if (this.#known.size < MAX_HOSTS) this.#known.add(host);
    this.count += 1;
  }
}

/** Bytes around a message or a host in both parts: its HTML tags, encoded. */
const FRAME_BYTES = 400;

function takeFirst(
  sorted: readonly NewsRow[],
  limit: number,
  room: { readonly messages: number; readonly bytes: number },
): { rows: NewsRow[]; bytes: number } {
  const rows: NewsRow[] = [];
  let bytes = 0;
  let host: string | null = null;
  let ofHost = 0;
  for (const row of sorted) {
    if (rows.length >= room.messages || bytes >= room.bytes) break;
    const routine = row.news.kind === 'routine';
    if (routine && row.host !== host) ofHost = 0;
    if (routine) ofHost += 1;
    host = routine ? row.host : null;
    if (routine && ofHost > limit) continue;
    bytes += bytesOf(row.message) + (ofHost === 1 || !routine ? bytesOf(row.host) : 0);
    rows.push(row);
  }
  return { rows, bytes };
}

/** Moves the totals of hosts of which nothing is shown any more to `others`. */
function forgetHidden(shown: readonly NewsRow[], sums: Map<string, Sum>, others: Sum): void {
  const hosts = new Set(shown.filter(({ news }) => news.kind === 'routine').map(({ host }) => host));
  for (const [host, sum] of sums) {
    if (hosts.has(host)) continue;
    add(others, sum);
    sums.delete(host);
  }
}

/** Upper limit of the bytes of a text in both parts, frame included: `"` takes six in HTML, a kana nine in each part. */
function bytesOf(text: string): number {
  let bytes = FRAME_BYTES;
  for (let at = 0; at < text.length; at += 1) bytes += PLAIN[text.charCodeAt(at)] ?? ODD_BYTES;
  return bytes;
}

const ODD_BYTES = 18;

/** Bytes of a character that needs no encoding in either part; undefined for all others. */
const PLAIN: readonly (number | undefined)[] = Array.from({ length: 127 }, (_, code) =>
  code >= 32 && !`&<>"'\`=`.includes(String.fromCharCode(code)) ? 2 : undefined,
);

function add(sum: Sum, { messages, lines }: Sum): void {
  sum.messages += messages;
  sum.lines = addCounts(sum.lines, lines);
}

/** News first, by importance, then by count; then the rest, host by host. */
function letterOrder(sortOrder: 'ascending' | 'descending'): Order {
  const sign = sortOrder === 'ascending' ? 1 : -1;
  return (a, b) => {
    const worth = WORTH[a.news.kind] - WORTH[b.news.kind];
    if (worth !== 0) return worth;
    if (a.news.kind !== 'routine') return b.count - a.count || compare(a.message, b.message) || byHost(a, b);
    return byHost(a, b) || sign * (a.count - b.count) || compare(a.message, b.message);
  };
}

/** The order of the kinds of news in a letter. */
export const WORTH: Readonly<Record<News['kind'], number>> = { new: 0, louder: 1, back: 2, routine: 3 };

function byHost(a: NewsRow, b: NewsRow): number {
  return rank(a.host) - rank(b.host) || compare(a.host, b.host);
}

function rank(host: string): number {
  return host.startsWith(UNPREFIXED_HOST) ? 1 : 0;
}
