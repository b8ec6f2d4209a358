import type { TallyRow } from '../queue/tally.js';
import { leftOut } from './left-out.js';
import type { HostSection, Letter } from './letter.js';

export interface LetterFrame extends Omit<Letter, 'hosts'> {
  readonly sortOrder: 'ascending' | 'descending';
}

/** The most messages that one letter shows, whatever the config says: nobody reads more, and memory is bounded. */
export const MOST_MESSAGES = 10_000;

/**
 * The most bytes a letter's messages may come to as mail, text and HTML parts together, counted on the safe side:
 * many servers refuse mail over 10 MB (Postfix: `message_size_limit`), and a refused letter tells nobody anything.
 */
export const MOST_BYTES = 9_000_000;

/** The host that stands for lines without a prefix; it comes last. */
export const UNPREFIXED_HOST = '[unprefixed logs]';

/** Makes a letter of rows that come piece by piece. */
export interface LetterBuilder {
  add(rows: Iterable<TallyRow>): void;
  /** The letter; null when there is nothing to tell. */
  finish(): Letter | null;
}

/**
 * Makes a letter of a tally; null when there is nothing to tell. Rows may come in any order and in any number: only
 * what a letter can show is held. Hosts are in the order of their code units; messages by count, then by text.
 * What a limit leaves out is counted exactly: in the host's `more`, or for hosts behind the end, in a note.
 */
export function buildLetter(rows: Iterable<TallyRow>, frame: LetterFrame): Letter | null {
  const builder = createLetterBuilder(frame);
  builder.add(rows);
  return builder.finish();
}

/** As `buildLetter`, for a tally of millions of rows, which would take too long at one go. */
export function createLetterBuilder({ sortOrder, ...frame }: LetterFrame): LetterBuilder {
  const gatherer = createGatherer(letterOrder(sortOrder), frame.limit || Number.POSITIVE_INFINITY);
  return {
    add: gatherer.add,
    finish() {
      const { shown, sums, others } = gatherer.finish();
      if (shown.length === 0) return null;
      const notes = others.messages > 0 ? [...frame.notes, noteOn(others)] : frame.notes;
      return { ...frame, hosts: sectionsOf(shown, sums), notes };
    },
  };
}

/** How much was counted. */
interface Sum {
  messages: number;
  lines: number;
}

interface Gathered {
  /** In the letter's order. */
  shown: TallyRow[];
  /** All that was counted, shown or not, of each host that is shown. */
  readonly sums: Map<string, Sum>;
  /** What was counted of hosts of which nothing is shown. */
  readonly others: Sum;
}

type Order = (a: TallyRow, b: TallyRow) => number;

/** What stands around a message, or a host, in both parts: its tags in HTML, encoded. */
const FRAME_BYTES = 400;

/**
 * The first rows in the letter's order that it has room for. They are sorted and cut whenever twice as many are held:
 * what is cut of some rows would be cut of all of them, too, so that the order of coming makes no difference.
 */
function createGatherer(
  order: Order,
  limit: number,
): { add(rows: Iterable<TallyRow>): void; finish(): Gathered } {
  const gathered: Gathered = { shown: [], sums: new Map(), others: { messages: 0, lines: 0 } };
  let bytes = 0;
  return {
    add(rows) {
      for (const row of rows) {
        gathered.shown.push(row);
        count(gathered.sums, row);
        bytes += bytesOf(row.message);
        if (gathered.shown.length <= 2 * MOST_MESSAGES && bytes <= 2 * MOST_BYTES) continue;
        bytes = cut(gathered, order, limit);
      }
    },
    finish() {
      cut(gathered, order, limit);
      return gathered;
    },
  };
}

function count(sums: Map<string, Sum>, row: TallyRow): void {
  const sum = sums.get(row.host);
  if (sum) add(sum, { messages: 1, lines: row.count });
  else sums.set(row.host, { messages: 1, lines: row.count });
}

/** Puts the rows in order and lets go of those there is no room for; returns the bytes of the others. */
function cut(gathered: Gathered, order: Order, limit: number): number {
  const shown: TallyRow[] = [];
  let bytes = 0;
  let host: string | null = null;
  let ofHost = 0;
  for (const row of gathered.shown.sort(order)) {
    if (shown.length >= MOST_MESSAGES || bytes >= MOST_BYTES) break;
    if (row.host !== host) ofHost = 0;
    host = row.host;
    ofHost += 1;
    if (ofHost > limit) continue;
    bytes += bytesOf(row.message) + (ofHost === 1 ? bytesOf(host) : 0);
    shown.push(row);
  }
  gathered.shown = shown;
  forgetHidden(gathered);
  return bytes;
}

/** The sums of hosts of which nothing is shown any more are held as one. */
function forgetHidden({ shown, sums, others }: Gathered): void {
  const hosts = new Set(shown.map(({ host }) => host));
  for (const [host, sum] of sums) {
    if (hosts.has(host)) continue;
    add(others, sum);
    sums.delete(host);
  }
}

/** Bytes of foreign text in both parts, frame included, at most: `"` is six in HTML, a kana nine in each part. */
function bytesOf(text: string): number {
  let bytes = FRAME_BYTES;
  for (let at = 0; at < text.length; at += 1) bytes += PLAIN[text.charCodeAt(at)] ?? ODD_BYTES;
  return bytes;
}

const ODD_BYTES = 18;

/** What a character costs that is itself in both parts; undefined for all others. */
const PLAIN: readonly (number | undefined)[] = Array.from({ length: 127 }, (_, code) =>
  code >= 32 && !`&<>"'\`=`.includes(String.fromCharCode(code)) ? 2 : undefined,
);

function sectionsOf(shown: readonly TallyRow[], sums: ReadonlyMap<string, Sum>): HostSection[] {
  const byHost = new Map<string, TallyRow[]>();
  for (const row of shown) {
    const rows = byHost.get(row.host);
    if (rows) rows.push(row);
    else byHost.set(row.host, [row]);
  }
  return [...byHost].map(([host, rows]) => ({
    host,
    name: null,
    messages: rows.map(({ count, message, first, last }) => ({ count, message, first, last })),
    more: moreOf(rows, sums.get(host)),
  }));
}

function moreOf(rows: readonly TallyRow[], sum: Sum | undefined): HostSection['more'] {
  if (!sum) return null;
  const messages = sum.messages - rows.length;
  const lines = sum.lines - rows.reduce((lines, { count }) => lines + count, 0);
  return messages > 0 ? { messages, lines } : null;
}

function noteOn(others: Sum): string {
  return `the letter is full: of further hosts, ${leftOut(others)} are left out`;
}

function add(sum: Sum, { messages, lines }: Sum): void {
  sum.messages += messages;
  sum.lines += lines;
}

function letterOrder(sortOrder: LetterFrame['sortOrder']): Order {
  const sign = sortOrder === 'ascending' ? 1 : -1;
  return (a, b) =>
    rank(a.host) - rank(b.host) ||
    compare(a.host, b.host) ||
    sign * (a.count - b.count) ||
    compare(a.message, b.message);
}

function rank(host: string): number {
  return host === UNPREFIXED_HOST ? 1 : 0;
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
