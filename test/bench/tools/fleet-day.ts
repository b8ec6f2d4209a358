import { compare } from '../../../src/base/compare.js';
import { HOUR } from '../../../src/base/time/duration.js';
import { encodeBlock, type RunRow } from '../../../src/store/sqlite/run-block.js';
import type { RowStats } from '../../../src/values/row-stats.js';
import { ValueCounts } from '../../../src/values/space-saving.js';

/**
 * What a node of a large fleet counts in a day: 10,000 different messages, so that a thousand of them hand in 10 million.
 * Each node is a host of its own, so a message that all say is a row for each.
 */
export const NODE_DAY = {
  /** Routine of the system, with masks: all nodes say it, day after day. */
  everywhere: 4000,
  /** Routine of services, with masks: so many of SERVICES, day after day. */
  services: 3000,
  /** Of this node alone, day after day. */
  own: 2500,
  /** Never said before, and never again: numbers that no rule masks. */
  fresh: 500,
} as const;

/** How many messages of services there are in the whole fleet. */
const SERVICES = 30_000;

/** How many rows a node hands in each day, and how many of its rows a ledger of so many days holds. */
export const ROWS_A_DAY = NODE_DAY.everywhere + NODE_DAY.services + NODE_DAY.own + NODE_DAY.fresh;
export const ledgerRowsOf = (days: number): number => ROWS_A_DAY + NODE_DAY.fresh * (days - 1);

/** As `store/sqlite/block-reader.ts` has it. */
const ROWS_OF_A_BLOCK = 1000;

/** The rows of a node, as blocks. `began`: when its day began (ms). */
export function* blocksOf(node: number, day: number, began: number): Generator<Buffer> {
  const rows = rowsOf(node, day, began);
  for (let from = 0; from < rows.length; from += ROWS_OF_A_BLOCK)
    yield encodeBlock(rows.slice(from, from + ROWS_OF_A_BLOCK));
}

/** In the order of messages; the host is always the same. */
export function rowsOf(node: number, day: number, began: number): RunRow[] {
  const host = hostOf(node);
  return messagesOf(node, day)
    .sort(compare)
    .map((message) => {
      const isMasked = message.includes('___');
      const count = isMasked ? 1 + (hash(`${message} ${day}`) % 300) : 1 + (hash(message) % 5);
      const first = began + (hash(`${message} ${node}`) % HOUR);
      const last = count === 1 ? first : first + 23 * HOUR - (hash(message) % HOUR);
      return { host, message, count, first, last, stats: statsOf(message, count, first, isMasked) };
    });
}

export function hostOf(node: number): string {
  return `web${String(node).padStart(4, '0')}.example.org`;
}

function messagesOf(node: number, day: number): string[] {
  const messages: string[] = [];
  for (let at = 0; at < NODE_DAY.everywhere; at++) messages.push(masked('system', at));
  const step = SERVICES / NODE_DAY.services;
  for (let at = 0; at < NODE_DAY.services; at++)
    messages.push(masked('service', Math.floor(at * step) + ((hash(`${node} ${at}`) >>> 9) % step)));
  for (let at = 0; at < NODE_DAY.own; at++)
    messages.push(
      `app${at % 40}[main]: pool ${mix(`${node} ${at}`)} of site ${node} was renewed by its owner`,
    );
  for (let at = 0; at < NODE_DAY.fresh; at++)
    messages.push(
      `app${at % 40}[main]: request ${mix(`${node} ${day} ${at}`)} has failed: connection was refused`,
    );
  return messages;
}

function masked(kind: string, at: number): string {
  return `${kind}-${at % 200}: unit ${mix(`${kind} ${at}`)} of ___ took ___ ms, and was ended in order`;
}

/** Hours, and of masks three values each. */
function statsOf(message: string, count: number, first: number, isMasked: boolean): RowStats {
  if (count === 1) return { hours: 'implied', masked: isMasked ? masksOf(message, 1) : null };
  const hours: number[] = [];
  const times = Math.min(count, 24);
  const from = Math.floor(first / HOUR);
  for (let hour = 0; hour < times; hour++)
    hours.push(from + Math.floor((hour * 23) / Math.max(1, times - 1)), Math.ceil((count - hour) / times));
  return { hours, masked: isMasked ? masksOf(message, count) : null };
}

function masksOf(message: string, count: number): RowStats['masked'] {
  return [0, 1].map((mask) => {
    const different = Math.min(count, 3);
    const counts = Array.from({ length: different }, (_, at) => ({
      value: mix(`${message} ${mask} ${at}`),
      sure: Math.ceil((count - at) / different),
      error: 0,
    }));
    return { name: null, values: new ValueCounts(counts), first: counts[0]?.value ?? null };
  });
}

/** A number that looks random, and is the same for the same text (FNV-1a). */
function hash(text: string): number {
  let state = 0x811c9dc5;
  for (let at = 0; at < text.length; at++) state = Math.imul(state ^ text.charCodeAt(at), 0x01000193);
  return state >>> 0;
}

function mix(text: string): string {
  return hash(text).toString(36) + hash(`${text}.`).toString(36);
}
