import { isIP } from 'node:net';
import { compare } from '../../base/compare.js';
import { addCounts } from '../../base/count.js';
import { escapeControl } from '../../base/text/escape.js';
import { contentsOf, type Letter, type LetterMessage } from '../letter.js';
import { columnsOf, shorten } from '../render/columns.js';
import type { Words } from '../words/words.js';
import { withoutUptime } from './headline.js';
import { masksOf } from './show-message.js';

/** An address that several messages of a letter name. */
export interface AddressItem {
  readonly address: string;
  /** Lines in all; no more than there were. */
  readonly lines: number;
  /** In words: `203.0.113.5: 48x Failed password for root, 12x Invalid user; 3 hosts`. */
  readonly text: string;
}

/** So many addresses are told, the most frequent first, each with so many of its messages. */
const MAX_ADDRESSES = 5;
const MAX_SAID = 3;

/** So many messages are looked over, the most frequent first: a letter of many takes no longer. */
const MAX_LOOKED_OVER = 1000;

/** A message stands for itself by so much of it (columns): less, where more of them fit into the line then. */
const SAID_COLUMNS = [40, 28, 20] as const;

/** An address has one line, behind a dash. */
const MAX_ADDRESS_COLUMNS = 74;

/** What is known of an address. */
interface Trace {
  lines: number;
  readonly messages: Set<string>;
  /** By what was said. */
  readonly said: Map<string, number>;
  /** null: it is not known which hosts. */
  hosts: Set<string> | null;
}

/** Addresses that stand under the masks of two messages or more, each told once for all of them. */
export function addressesOf(letter: Letter, words: Words): AddressItem[] {
  const traces = new Map<string, Trace>();
  for (const { host, message } of lookedOver(letter)) follow(message, host, letter.mask, traces);
  return [...traces]
    .filter(([, { messages }]) => messages.size > 1)
    .sort(([a, one], [b, other]) => other.lines - one.lines || compare(a, b))
    .slice(0, MAX_ADDRESSES)
    .map(([address, trace]) => ({ address, lines: trace.lines, text: describe(address, trace, words) }));
}

interface LookedOver {
  /** null: of several hosts. */
  readonly host: string | null;
  readonly message: LetterMessage;
}

function lookedOver(letter: Letter): LookedOver[] {
  const contents = contentsOf(letter);
  const found = contents.flatMap(({ parts }) => [...(parts?.news ?? []), ...(parts?.shared ?? [])]);
  const items = found.map((item) => ({
    host: item.hosts.length === 1 && !item.moreHosts ? (item.hosts[0]?.host ?? null) : null,
    message: item,
  }));
  const rows = contents.flatMap(({ hosts }) =>
    hosts.flatMap(({ host, messages }) => messages.map((message) => ({ host, message }))),
  );
  return [...items, ...rows]
    .filter(({ message }) => message.detail?.masked.length)
    .sort((a, b) => b.message.count - a.message.count)
    .slice(0, MAX_LOOKED_OVER);
}

/** Of a message that names two addresses in different masks, the first one counts. */
function follow(message: LetterMessage, host: string | null, mask: string, traces: Map<string, Trace>): void {
  const masks = masksOf(message, mask);
  const found = masks.find(({ top }) => top.length > 0 && top.every(({ value }) => isIP(value) !== 0));
  if (!found) return;
  const said = saidIn(message.message, masks[0]?.before ?? '');
  for (const { value, count } of found.top) {
    const trace = traces.get(value) ?? { lines: 0, messages: new Set(), said: new Map(), hosts: new Set() };
    traces.set(value, trace);
    trace.lines = addCounts(trace.lines, count);
    trace.messages.add(message.message);
    trace.said.set(said, addCounts(trace.said.get(said) ?? 0, count));
    trace.hosts = host === null ? null : (trace.hosts?.add(host) ?? null);
  }
}

/** What a message says before its first mask, without the program: `Failed password for root`. */
function saidIn(message: string, before: string): string {
  const said = before
    .replace(/^(?:kernel: \[$|[\w./-]+(?:\[\d+\])?: (?=.))/, '')
    .replace(/[\s:=<([]+$/, '')
    .replace(/ (?:from|by|to|of|for|on|at)$/, '');
  return said === '' ? withoutUptime(message).replace(/^kernel: /, '') : said;
}

function describe(address: string, { said, hosts }: Trace, words: Words): string {
  const most = [...said].sort(([a, one], [b, other]) => other - one || compare(a, b)).slice(0, MAX_SAID);
  const where = hosts === null || hosts.size === 0 ? '' : escapeControl(words.where([...hosts]));
  const write = (some: typeof most, columns: number): string => {
    const pieces = some.map(([text, count]) =>
      words.subject.happens(count, shorten(escapeControl(text), columns)),
    );
    return words.byAddress(address, pieces.join(words.comma), where);
  };
  for (let count = most.length; count > 0; count--)
    for (const columns of SAID_COLUMNS) {
      const text = write(most.slice(0, count), columns);
      if (columnsOf(text) <= MAX_ADDRESS_COLUMNS) return text;
    }
  return write(most.slice(0, 1), SAID_COLUMNS[0]);
}
