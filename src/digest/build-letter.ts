import type { TallyRow } from '../queue/tally.js';
import type { HostSection, Letter, LetterMessage } from './letter.js';

export interface LetterFrame extends Omit<Letter, 'hosts'> {
  readonly sortOrder: 'ascending' | 'descending';
}

/** The most messages that one letter shows, whatever the config says: nobody reads more, and memory is bounded. */
export const MOST_MESSAGES = 10_000;

/** The host that stands for lines without a prefix; it comes last. */
export const UNPREFIXED_HOST = '[unprefixed logs]';

/**
 * Makes a letter of a tally; null when there is nothing to tell. Rows come host by host. Hosts are in the order of
 * their code units; messages by count, then by text. What a limit leaves out is counted exactly.
 */
export function buildLetter(rows: Iterable<TallyRow>, frame: LetterFrame): Letter | null {
  const { sortOrder, ...rest } = frame;
  const hosts: HostSection[] = [];
  let room = MOST_MESSAGES;
  for (const [host, messages] of byHost(rows)) {
    const section = buildSection(host, messages, { ...frame, room });
    room -= section.messages.length;
    hosts.push(section);
  }
  hosts.sort((a, b) => rank(a.host) - rank(b.host) || compare(a.host, b.host));
  return hosts.length === 0 ? null : { ...rest, hosts };
}

/** A host's messages, kept while they may still be shown, and the sums of the rest. */
interface Gathered {
  readonly kept: LetterMessage[];
  messages: number;
  lines: number;
}

function* byHost(rows: Iterable<TallyRow>): Generator<[string, Iterable<TallyRow>]> {
  const iterator = rows[Symbol.iterator]();
  let row = iterator.next();
  while (!row.done) {
    const { host } = row.value;
    yield [
      host,
      {
        *[Symbol.iterator]() {
          for (; !row.done && row.value.host === host; row = iterator.next()) yield row.value;
        },
      },
    ];
  }
}

function buildSection(
  host: string,
  rows: Iterable<TallyRow>,
  { limit, sortOrder, room }: LetterFrame & { readonly room: number },
): HostSection {
  const order = sortOrder === 'ascending' ? 1 : -1;
  const most = Math.min(limit ?? Number.POSITIVE_INFINITY, room);
  const gathered = gather(rows, most, (a, b) => order * (a.count - b.count) || compare(a.message, b.message));
  const shown = gathered.kept.reduce((sum, { count }) => sum + count, 0);
  const messages = gathered.messages - gathered.kept.length;
  const more = messages > 0 ? { messages, lines: gathered.lines - shown } : null;
  return { host, name: null, messages: gathered.kept, more };
}

/** The first `most` rows in order; never holds more than twice as many. */
function gather(
  rows: Iterable<TallyRow>,
  most: number,
  order: (a: LetterMessage, b: LetterMessage) => number,
): Gathered {
  const gathered: Gathered = { kept: [], messages: 0, lines: 0 };
  const { kept } = gathered;
  for (const { count, message, first, last } of rows) {
    kept.push({ count, message, first, last });
    gathered.messages += 1;
    gathered.lines += count;
    if (kept.length >= 2 * most + 1000) kept.sort(order).splice(most);
  }
  kept.sort(order).splice(Math.min(most, kept.length));
  return gathered;
}

function rank(host: string): number {
  return host === UNPREFIXED_HOST ? 1 : 0;
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
